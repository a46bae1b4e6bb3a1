import { LpaError } from '@/lib/phone/lpa-error'

/** A refusal by its codes, anything else in words. */
export const codesOf = (error: unknown): string =>
  error instanceof LpaError && error.subjectCode
    ? `${error.subjectCode}/${error.reasonCode}`
    : `${error instanceof Error ? error.message : error}`

/** How often each refusal came, for people. */
export function tally(outcomes: string[]): string {
  const counts = new Map<string, number>()
  for (const outcome of outcomes) counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
  return [...counts].map(([outcome, count]) => `${count} × ${outcome}`).join(', ')
}
