import { AUDIT_ACTIONS } from '@/lib/accounts/audit'
import type { AuditCursor, AuditFilters } from '@/lib/db/audit-rows'

export type SearchParameters = Record<string, string | string[] | undefined>

const single = (value: string | string[] | undefined): string =>
  ((Array.isArray(value) ? value[0] : value) ?? '')
    .replace(/\p{Cc}/gu, ' ')
    .trim()
    .slice(0, 200)

const dayMs = 86_400_000

/** The beginning of a day in UTC, `later` days on; undefined for what is no date. */
function day(text: string, later = 0): Date | undefined {
  const at = /^[12][0-9]{3}-[0-9]{2}-[0-9]{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN
  return Number.isNaN(at) ? undefined : new Date(at + later * dayMs)
}

/** A view of the audit as the URL has it. */
export interface AuditView {
  who: string
  what: string
  target: string
  result: string
  from: string
  to: string
}

const NAMES = ['who', 'what', 'target', 'result', 'from', 'to'] as const

/** Reads the view from the URL; what makes no sense is as good as absent. */
export function readAuditView(parameters: SearchParameters): AuditView {
  const what = single(parameters.what)
  const from = single(parameters.from)
  const to = single(parameters.to)
  return {
    who: single(parameters.who),
    what: AUDIT_ACTIONS.includes(what) ? what : '',
    target: single(parameters.target),
    result: single(parameters.result),
    from: day(from) ? from : '',
    to: day(to) ? to : '',
  }
}

export const filtersOf = ({ who, what, target, result, from, to }: AuditView): AuditFilters => ({
  who: who || undefined,
  what: what || undefined,
  target: target || undefined,
  result: result || undefined,
  from: day(from),
  before: day(to, 1),
})

/** The view as parameters of a URL, without what it leaves open. */
export const viewParameters = (view: AuditView): Record<string, string> =>
  Object.fromEntries(NAMES.flatMap(name => (view[name] ? [[name, view[name]]] : [])))

/** Where a page begins, as it stands in the URL. */
export const writeCursor = ({ at, id }: AuditCursor): string => `${at.getTime()}.${id}`

export function readCursor(value: string | string[] | undefined): AuditCursor | undefined {
  const parts = /^([0-9]{1,14})\.([0-9]{1,18})$/.exec(single(value))
  return parts ? { at: new Date(Number(parts[1])), id: parts[2] ?? '' } : undefined
}
