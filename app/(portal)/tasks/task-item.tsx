'use client'

import Link from 'next/link'
import { timeLeftWords } from '@/components/batch/duration-words'
import { numberWords } from '@/components/number-words'
import { Button } from '@/components/ui/button'
import { ConfirmDialog } from '@/components/ui/confirm-dialog'
import { Notice } from '@/components/ui/notice'
import { Progress } from '@/components/ui/progress'
import { RelativeTime } from '@/components/ui/relative-time'
import { useAction } from '@/components/use-action'
import { cancel } from './actions'
import type { TaskView } from './snapshot'
import { TaskBadge } from './task-badge'

function progressWords({ state, total, done, failed, perSecond, secondsLeft }: TaskView): string {
  const handled = done + failed
  if (state === 'waiting') return 'It has not begun yet.'
  if (total === null && handled === 0) return state === 'running' ? 'It has just begun…' : ''
  return [
    total === null ? numberWords(done) : `${numberWords(done)} of ${numberWords(total)} done`,
    failed > 0 ? `${numberWords(failed)} could not be done` : undefined,
    perSecond && perSecond >= 1 ? `${numberWords(Math.round(perSecond))} a second` : undefined,
    secondsLeft === undefined ? undefined : timeLeftWords(secondsLeft),
  ]
    .filter(Boolean)
    .join(', ')
}

interface TaskItemProps {
  task: TaskView
  /** Looks at the tasks anew. */
  onChanged: () => void
}

/** One task: what it is, how far it is, what came of it. */
export function TaskItem({ task, onChanged }: TaskItemProps) {
  const {
    id,
    title,
    state,
    total,
    done,
    failed,
    sentence,
    link,
    failures,
    failure,
    cancelRequested,
    createdAt,
    startedBy,
    endedAt,
    mine,
    mayCancel,
  } = task
  const { run, pending, message } = useAction(cancel, onChanged)
  const isOpen = state === 'waiting' || state === 'running'
  const words = progressWords(task)
  const ending = cancelRequested || pending
  return (
    <article aria-label={title} className="flex min-w-0 flex-col gap-2.5 rounded-lg border bg-surface p-4">
      <header className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <h2 className="min-w-0 break-words font-semibold text-base">{title}</h2>
        <TaskBadge state={state} />
      </header>
      {state === 'running' ? (
        <Progress label={`Progress of: ${title}`} value={total ? Math.min(1, (done + failed) / total) : undefined} />
      ) : null}
      {words ? <p className="tabular-nums">{words}</p> : null}
      {sentence ? <p className="break-words">{sentence}</p> : null}
      {failures.length > 0 ? (
        <details className="rounded-md bg-warn-soft px-3 py-2">
          <summary className="font-medium text-warn">Why some were left</summary>
          <ul className="mt-1.5 flex flex-col gap-1">
            {failures.map(each => (
              <li key={each} className="break-words">
                {each}
              </li>
            ))}
          </ul>
        </details>
      ) : null}
      {link ? (
        <p>
          <Link href={link.href} className="rounded text-accent underline underline-offset-2">
            {link.name}
          </Link>
        </p>
      ) : null}
      {failure ? (
        <Notice tone="bad" title="It was not finished.">
          {failure}
        </Notice>
      ) : null}
      {message ? <Notice tone="bad" title={message} live /> : null}
      <footer className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <p className="text-quiet text-sm">
          {mine ? 'Started by you' : `Started by ${startedBy}`} <RelativeTime at={createdAt} />
          {endedAt ? (
            <>
              , ended <RelativeTime at={endedAt} />
            </>
          ) : null}
        </p>
        {isOpen && mayCancel ? (
          <ConfirmDialog
            trigger={
              <Button size="sm" disabled={ending}>
                {ending ? 'Ending…' : 'Cancel'}
              </Button>
            }
            title={`Cancel “${title}”?`}
            description="It ends between two of its steps. What is done until then stays done; the rest is left as it is."
            confirm="Cancel it"
            keep="Let it go on"
            pending={pending}
            onConfirm={() => run({ id })}
          />
        ) : null}
      </footer>
    </article>
  )
}
