import { countWords } from '@/components/number-words'
import type { TypeDraft } from './draft'

type Policy = Pick<TypeDraft, 'reuseDevice' | 'reuseAfterDeletion' | 'reuseLimit' | 'reuseWaitHours' | 'returnsToStock'>

const whole = (typed: string): number | undefined => (/^[0-9]{1,9}$/.test(typed.trim()) ? Number(typed) : undefined)

const devices = { any: 'Any device may', same: 'Only the eUICC that had it may' }

function moveWords({ reuseDevice, reuseAfterDeletion, reuseLimit, reuseWaitHours }: Policy): string[] {
  if (reuseDevice === 'none') return ['A profile is downloaded once. Whoever changes phones gets another one in its place.']
  const limit = whole(reuseLimit)
  const hours = whole(reuseWaitHours)
  if (limit === 0) return ['No moves are left from the start: whoever changes phones gets another profile in its place.']
  const often = limit === undefined ? '' : limit === 1 ? ' once' : ` up to ${countWords(limit, 'time')}`
  return [
    `${devices[reuseDevice]} download a profile again${often}${reuseAfterDeletion ? ', after its phone has reported that it was deleted there' : ', also while it is still on the old phone'}.`,
    ...(hours ? [`Between two codes lie at least ${countWords(hours, 'hour')}.`] : []),
  ]
}

/** What a type's settings for a new phone come to, as an agent would say it. */
export const reuseWords = (policy: Policy): string =>
  [
    ...moveWords(policy),
    policy.returnsToStock === 'afterDeletion'
      ? 'What was deleted may go back to stock, for somebody else.'
      : 'What somebody once had never goes back to stock.',
  ].join(' ')
