import type { ReuseRule } from '@/lib/orders/reuse/policy'

/** What the rules of the policy for a new phone are called. */
export const RULE_WORDS: Record<ReuseRule, string> = {
  state: 'State',
  device: 'Which device',
  deletion: 'Deletion',
  times: 'How often',
  wait: 'Wait',
}
