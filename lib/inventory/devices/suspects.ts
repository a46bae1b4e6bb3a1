/** What attempts are told apart by. */
export const DIMENSIONS = ['tac', 'eum', 'svn', 'type'] as const
export type Dimension = (typeof DIMENSIONS)[number]

/** Attempts that are alike in all of it. What is not known is empty. */
export interface AttemptGroup extends Record<Dimension, string> {
  installed: number
  /** Of those that count against device or type */
  failed: number
}

/** One of a dimension, or two together. */
export type SuspectOf = Partial<Record<Dimension, string>>

export interface Figures {
  installed: number
  failed: number
}

/** Devices, manufacturers, versions, types or two of these together that fail far more often than all the others. */
export interface Suspect extends Figures {
  of: SuspectOf
  others: Figures
}

/** Singles before pairs: of two that are the same attempts, the simpler one is named. */
const CANDIDATES: readonly (readonly Dimension[])[] = [
  ['tac'],
  ['eum'],
  ['svn'],
  ['type'],
  ['tac', 'type'],
  ['eum', 'type'],
  ['svn', 'type'],
  ['tac', 'svn'],
]

export const leastAttempts = 20
export const leastFailures = 5
/** 1 in 2,000 by chance, one side: some thousand pairs are looked at. */
const surely = 3.29
const usually = 1.96
const farPoints = 0.05
const farTimes = 2

/** Wilson's score interval for a share of `part` in `whole`, at `z` standard deviations. */
export function wilson(part: number, whole: number, z: number): { lower: number; upper: number } {
  if (whole === 0) return { lower: 0, upper: 1 }
  const share = part / whole
  const centre = (share + z ** 2 / (2 * whole)) / (1 + z ** 2 / whole)
  const half = (z * Math.sqrt((share * (1 - share)) / whole + z ** 2 / (4 * whole ** 2))) / (1 + z ** 2 / whole)
  return { lower: Math.max(0, centre - half), upper: Math.min(1, centre + half) }
}

const all = ({ installed, failed }: Figures): number => installed + failed

/** Whether the one fails far above the others: at the least at which its rate may lie, against the most at which theirs may. */
export function isFarAbove(one: Figures, others: Figures): boolean {
  if (all(one) < leastAttempts || one.failed < leastFailures || all(others) < leastAttempts) return false
  const { lower } = wilson(one.failed, all(one), surely)
  const { upper } = wilson(others.failed, all(others), usually)
  return lower >= upper + farPoints || lower >= upper * farTimes
}

/** How many standard deviations apart the two rates are. */
function distance(one: Figures, others: Figures): number {
  const pooled = (one.failed + others.failed) / (all(one) + all(others))
  const deviation = Math.sqrt(pooled * (1 - pooled) * (1 / all(one) + 1 / all(others)))
  return (one.failed / all(one) - others.failed / all(others)) / deviation
}

/** A value that no group has in common by more than not being known, or being one of many rare ones. */
export const rare = '*'
const isNamed = (value: string): boolean => value !== '' && value !== rare

const sum = (groups: Iterable<Figures>): Figures => {
  const total = { installed: 0, failed: 0 }
  for (const { installed, failed } of groups) {
    total.installed += installed
    total.failed += failed
  }
  return total
}

function farthest(groups: readonly AttemptGroup[]): Suspect | undefined {
  const total = sum(groups)
  let found: { suspect: Suspect; distance: number } | undefined
  for (const dimensions of CANDIDATES) {
    const figures = new Map<string, Suspect>()
    for (const group of groups) {
      if (!dimensions.every(dimension => isNamed(group[dimension]))) continue
      const key = dimensions.map(dimension => group[dimension]).join('\n')
      const known = figures.get(key)
      if (known) {
        known.installed += group.installed
        known.failed += group.failed
      } else {
        const of = Object.fromEntries(dimensions.map(dimension => [dimension, group[dimension]]))
        figures.set(key, { of, installed: group.installed, failed: group.failed, others: total })
      }
    }
    for (const suspect of figures.values()) {
      suspect.others = { installed: total.installed - suspect.installed, failed: total.failed - suspect.failed }
      if (!isFarAbove(suspect, suspect.others)) continue
      const far = distance(suspect, suspect.others)
      if (!found || far > found.distance * (1 + 1e-9)) found = { suspect, distance: far }
    }
  }
  return found?.suspect
}

/**
 * What fails far above the rest, the clearest first. After each its attempts are left out: what only looked bad because of it, a manufacturer
 * whose chips sit in one bad device, is not named beside it, and stays in the running for what is bad about itself.
 */
export function suspectsOf(groups: readonly AttemptGroup[], most = 10): Suspect[] {
  const suspects: Suspect[] = []
  let left = groups
  while (suspects.length < most) {
    const next = farthest(left)
    if (!next) break
    suspects.push(next)
    left = left.filter(group => !matches(group, next.of))
  }
  return suspects
}

export const matches = (group: Record<Dimension, string>, of: SuspectOf): boolean =>
  DIMENSIONS.every(dimension => of[dimension] === undefined || group[dimension] === of[dimension])
