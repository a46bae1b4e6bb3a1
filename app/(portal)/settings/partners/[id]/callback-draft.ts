import type { CallbackRow } from '@/lib/db/partners/callback-rows'
import { defaultPoints, POINT_NAMES, type PointName } from '@/lib/partners/notification-points'

/** A callback as a person edits it. */
export interface CallbackDraft {
  url: string
  inTheClear: boolean
  /** Number of each point as it is typed; undefined: not told */
  points: Partial<Record<PointName, string>>
  trusts: 'system' | 'own'
  /** PEM */
  trustedCa: string
  shows: 'ours' | 'own'
  /** PEM of a new certificate and its key; empty: those that are kept */
  certificate: string
  key: string
}

const isPlain = (url: string): boolean => /^\s*http:/i.test(url)

const typed = (points: Partial<Record<string, number>>): CallbackDraft['points'] =>
  Object.fromEntries(POINT_NAMES.flatMap(name => (points[name] === undefined ? [] : [[name, String(points[name])]])))

export const draftOf = (callback: CallbackRow | null): CallbackDraft => ({
  url: callback?.url ?? '',
  inTheClear: callback !== null && isPlain(callback.url),
  points: typed(callback?.points ?? defaultPoints()),
  trusts: callback?.trustedCa ? 'own' : 'system',
  trustedCa: callback?.trustedCa ?? '',
  shows: callback?.clientCertificate ? 'own' : 'ours',
  certificate: '',
  key: '',
})

export const asksForClear = (draft: CallbackDraft): boolean => isPlain(draft.url)

/** What the action takes. A point without a whole number is not a number there, and refused with a sentence. */
export function inputOf(draft: CallbackDraft) {
  const { url, inTheClear, points, trusts, trustedCa, shows, certificate, key } = draft
  const numbers = Object.entries(points).map(([name, text]) => [name, /^\d{1,4}$/.test(text.trim()) ? Number(text) : Number.NaN])
  const client =
    shows === 'ours' ? ({ shows } as const) : certificate || key ? ({ shows, certificate, key } as const) : ({ shows: 'kept' } as const)
  return {
    url,
    inTheClear,
    points: Object.fromEntries(numbers) as Partial<Record<PointName, number>>,
    client,
    ...(trusts === 'own' ? { trustedCa } : {}),
  }
}
