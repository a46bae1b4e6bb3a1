import { type EntryKind, OUTCOMES, type Outcome, type TrafficCursor, type TrafficFilters } from '@/lib/db/partners/workbench'

export type SearchParameters = Record<string, string | string[] | undefined>

const single = (value: string | string[] | undefined): string =>
  ((Array.isArray(value) ? value[0] : value) ?? '')
    .replace(/\p{Cc}/gu, ' ')
    .trim()
    .slice(0, 100)

const dayMs = 86_400_000

/** The beginning of a day in UTC, `later` days on; undefined for what is no date. */
function day(text: string, later = 0): Date | undefined {
  const at = /^[12][0-9]{3}-[0-9]{2}-[0-9]{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN
  return Number.isNaN(at) ? undefined : new Date(at + later * dayMs)
}

const uuid = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'
const correspondent = new RegExp(`^(partner|webhook):(${uuid})$`)

/** A view of the workbench as the URL has it. */
export interface TrafficView {
  /** calls, told, or both */
  way: string
  /** partner:<id> or webhook:<id> */
  who: string
  what: string
  result: string
  /** Digits: whole, or how it begins */
  iccid: string
  from: string
  to: string
}

const NAMES = ['way', 'who', 'what', 'result', 'iccid', 'from', 'to'] as const
const WAYS: Record<string, EntryKind> = { calls: 'call', told: 'message' }

const isOutcome = (text: string): text is Outcome => OUTCOMES.some(outcome => outcome === text)

/** Reads the view from the URL; what makes no sense is as good as absent. */
export function readTrafficView(parameters: SearchParameters): TrafficView {
  const way = single(parameters.way)
  const who = single(parameters.who)
  const what = single(parameters.what)
  const result = single(parameters.result)
  const iccid = single(parameters.iccid).replace(/[\sFf]/g, '')
  const from = single(parameters.from)
  const to = single(parameters.to)
  return {
    way: Object.hasOwn(WAYS, way) ? way : '',
    who: correspondent.test(who) ? who : '',
    what: /^[A-Za-z.-]+$/.test(what) ? what : '',
    result: isOutcome(result) ? result : '',
    iccid: /^[0-9]{1,20}$/.test(iccid) ? iccid : '',
    from: day(from) ? from : '',
    to: day(to) ? to : '',
  }
}

export function filtersOf({ way, who, what, result, iccid, from, to }: TrafficView): TrafficFilters {
  const [, kind, id] = correspondent.exec(who) ?? []
  return {
    kind: WAYS[way],
    partnerId: kind === 'partner' ? id : undefined,
    endpointId: kind === 'webhook' ? id : undefined,
    name: what || undefined,
    outcome: isOutcome(result) ? result : undefined,
    iccid: iccid || undefined,
    from: day(from),
    before: day(to, 1),
  }
}

/** The view as parameters of a URL, without what it leaves open. */
export const viewParameters = (view: TrafficView): Record<string, string> =>
  Object.fromEntries(NAMES.flatMap(name => (view[name] ? [[name, view[name]]] : [])))

/** Where a page begins, as it stands in the URL. */
export const writeCursor = ({ at, kind, id }: TrafficCursor): string => `${at.getTime()}.${kind}.${id}`

export function readCursor(value: string | string[] | undefined): TrafficCursor | undefined {
  const [, at, kind, id] = /^([0-9]{1,14})\.(call|message)\.([0-9]{1,18})$/.exec(single(value)) ?? []
  return at && kind && id ? { at: new Date(Number(at)), kind: kind === 'call' ? 'call' : 'message', id } : undefined
}
