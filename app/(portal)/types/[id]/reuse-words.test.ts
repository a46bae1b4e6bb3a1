import { expect, test } from 'vitest'
import { reuseWords } from './reuse-words'

const policy = {
  reuseDevice: 'any',
  reuseAfterDeletion: true,
  reuseLimit: '5',
  reuseWaitHours: '0',
  returnsToStock: 'never',
} as const

test.each([
  [
    {},
    'Any device may download a profile again up to 5 times, after its phone has reported that it was deleted there. What somebody once had never goes back to stock.',
  ],
  [
    { reuseDevice: 'same', reuseAfterDeletion: false, reuseLimit: '', reuseWaitHours: '24' },
    'Only the eUICC that had it may download a profile again, also while it is still on the old phone. Between two codes lie at least 24 hours. What somebody once had never goes back to stock.',
  ],
  [
    { reuseDevice: 'none', returnsToStock: 'afterDeletion' },
    'A profile is downloaded once. Whoever changes phones gets another one in its place. What was deleted may go back to stock, for somebody else.',
  ],
] as const)('%o is said in words', (change, words) => expect(reuseWords({ ...policy, ...change })).toBe(words))
