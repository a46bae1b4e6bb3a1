import type { Series } from '@/components/charts/series'
import type { AttemptResult } from '@/lib/db/attempts/tally'
import type { ProfileState } from '@/lib/rsp/lifecycle'

/** A token, lightened towards the surface: parts that lie side by side differ in lightness as well. */
const tint = (token: string, percent: number): string => `color-mix(in oklab, var(--${token}) ${percent}%, var(--surface))`

/** How attempts went, from the bottom of a column to its top. */
export const RESULT_SERIES: readonly (Series & { key: AttemptResult })[] = [
  { key: 'installed', word: 'Installed', colour: tint('good', 75) },
  { key: 'cancelled', word: 'Cancelled', colour: tint('control', 80) },
  { key: 'refused', word: 'Refused', colour: tint('warn', 70) },
  { key: 'failed', word: 'Installation failed', colour: tint('danger', 95) },
  { key: 'noResult', word: 'No result', colour: tint('info', 50) },
  { key: 'open', word: 'Under way', colour: tint('accent', 25) },
]

export const RATE_SERIES: readonly Series[] = [{ key: 'rate', word: 'Installed', colour: 'var(--good)' }]

export const TIME_SERIES: readonly Series[] = [
  { key: 'median', word: 'Half of them within', colour: 'var(--accent)' },
  { key: 'p90', word: 'Nine of ten within', colour: 'var(--warn)' },
]

/** Fills of a stock's states, in the order of a normal life. */
export const STATE_COLOURS: Record<ProfileState, string> = {
  Available: tint('accent', 90),
  Allocated: tint('warn', 40),
  Linked: tint('warn', 60),
  Confirmed: tint('info', 35),
  Released: tint('info', 60),
  Downloaded: tint('info', 95),
  Installed: tint('good', 60),
  Error: tint('danger', 95),
  Unavailable: tint('control', 75),
}
