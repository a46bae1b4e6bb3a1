import { CircleCheck, CircleX } from 'lucide-react'
import { classNames } from '@/components/class-names'
import type { ReuseReason } from '@/lib/orders/reuse/policy'
import { RULE_WORDS } from './rule-words'

/** What the policy of the type says, rule by rule, and whether each holds. */
export const PolicyRules = ({ reasons, type }: { reasons: ReuseReason[]; type: string }) => (
  <section aria-label="What the policy says" className="rounded-md border">
    <h3 className="border-b px-3 py-2 font-medium text-sm">What the policy of type {type} says</h3>
    <ul className="divide-y">
      {reasons.map(({ rule, holds, sentence }) => {
        const Icon = holds ? CircleCheck : CircleX
        return (
          <li key={rule} className="flex gap-2.5 px-3 py-2">
            <Icon className={classNames('mt-0.5 size-4 shrink-0', holds ? 'text-good' : 'text-bad')} aria-hidden />
            <div className="min-w-0">
              <p className="text-quiet text-xs">
                {RULE_WORDS[rule]}
                <span className="sr-only">: {holds ? 'fulfilled' : 'not fulfilled'}</span>
              </p>
              <p>{sentence}</p>
            </div>
          </li>
        )
      })}
    </ul>
  </section>
)
