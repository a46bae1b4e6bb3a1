'use client'

import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { useCallback } from 'react'
import { toast } from 'sonner'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { Notice } from '@/components/ui/notice'
import { RelativeTime } from '@/components/ui/relative-time'
import { problemTitle, useAction } from '@/components/use-action'
import { APPROVAL_KINDS } from '@/lib/accounts/approvals/kinds'
import type { ApprovalSetting } from '@/lib/accounts/approvals/settings'
import { changeRule } from './approval-actions'

const said = {
  on: 'From now on it takes a second person.',
  off: 'One person is enough again.',
  waiting: 'A second person has to agree now.',
}

interface RuleProps {
  rule: ApprovalSetting
  mayChange: boolean
  pending: boolean
  change: (required: boolean) => void
}

const Rule = ({ rule: { kind, required, changedAt, changedBy, lifting }, mayChange, pending, change }: RuleProps) => (
  <li className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2 py-3">
    <div className="min-w-0 flex-1 basis-64">
      <p className="font-medium">{APPROVAL_KINDS[kind].title}</p>
      <p className="text-quiet">{APPROVAL_KINDS[kind].setting}</p>
      {changedAt && changedBy ? (
        <p className="mt-1 break-words text-quiet text-xs">
          Switched {required ? 'on' : 'off'} by {changedBy} <RelativeTime at={changedAt} />
        </p>
      ) : null}
      {lifting ? (
        <p className="mt-1 break-words text-xs">
          {lifting.requestedBy} asked to switch it off <RelativeTime at={lifting.requestedAt} />.{' '}
          <Link href="/approvals" className="text-accent underline">
            It waits for a second person
          </Link>
          .
        </p>
      ) : null}
    </div>
    <div className="flex items-center gap-3">
      <span className={required ? 'font-medium text-good' : 'text-quiet'}>{required ? 'On' : 'Off'}</span>
      {mayChange && !lifting ? (
        <Button
          size="sm"
          disabled={pending}
          onClick={() => change(!required)}
          aria-label={`${required ? 'Ask to switch off' : 'Switch on'}: ${APPROVAL_KINDS[kind].title}`}
        >
          {required ? 'Ask to switch off' : 'Switch on'}
        </Button>
      ) : null}
    </div>
  </li>
)

/** What takes two people. */
export function SecondPersonCard({ rules, mayChange }: { rules: ApprovalSetting[]; mayChange: boolean }) {
  const router = useRouter()
  const done = useCallback(
    ({ state }: { state: keyof typeof said }) => {
      toast.success(said[state])
      router.refresh()
    },
    [router],
  )
  const { run, pending, message } = useAction(changeRule, done)
  return (
    <Card
      title="Second person"
      description="What takes two people. Switching a rule off takes two as well; nobody approves what they asked for."
    >
      <ul className="-my-3 divide-y">
        {rules.map(rule => (
          <Rule
            key={rule.kind}
            rule={rule}
            mayChange={mayChange}
            pending={pending}
            change={required => run({ kind: rule.kind, required })}
          />
        ))}
      </ul>
      {message ? (
        <Notice tone="bad" title={problemTitle('Nothing was changed.', message)} live className="mt-4">
          {message}
        </Notice>
      ) : null}
    </Card>
  )
}
