import { perProcess } from '@/lib/db/per-process'
import { networkOf } from './sign-in-attempts'

const perMinute = 30
const mostNetworks = 10_000

interface Refused {
  count: number
  until: number
}

/**
 * Counts a request that was refused, by the network it comes from. Keys in force are never held up: only refusals become dearer, so
 * that whoever guesses gets short answers that cost nothing.
 * @returns seconds for which further refusals from there are answered with 429; 0 while there were few
 */
export function countRefused(address: string, now: Date): number {
  const seen = perProcess('refused-callers', () => new Map<string, Refused>())
  const network = networkOf(address)
  const at = now.getTime()
  const last = seen.get(network)
  const kept = last && last.until > at ? last : { count: 0, until: at + 60_000 }
  kept.count += 1
  seen.delete(network)
  seen.set(network, kept)
  const oldest = seen.size > mostNetworks ? seen.keys().next().value : undefined
  if (oldest !== undefined) seen.delete(oldest)
  return kept.count > perMinute ? Math.max(1, Math.ceil((kept.until - at) / 1_000)) : 0
}
