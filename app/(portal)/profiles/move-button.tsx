'use client'

import { Archive, ArchiveRestore } from 'lucide-react'
import { useCallback } from 'react'
import { toast } from 'sonner'
import { countWords } from '@/components/number-words'
import { Button } from '@/components/ui/button'
import { ConfirmDialog } from '@/components/ui/confirm-dialog'
import { useAction } from '@/components/use-action'
import { restoreChosen, restoreMatching, retireChosen, retireMatching } from './actions'
import type { View } from './query'

interface MoveButtonProps {
  event: 'retire' | 'restore'
  count: number
  /** Those that were chosen one by one; undefined: all that the view shows */
  iccids: string[] | undefined
  view: View
  /** It was done, or has begun in the background as this task */
  onDone: (task: string | undefined) => void
  onProblem: (message: string) => void
}

const WORDS = {
  retire: {
    icon: Archive,
    verb: 'Retire',
    title: (what: string) => `Retire ${what}?`,
    description: 'No code can be issued for what is retired. It can be brought back at any time.',
    keep: 'Leave in stock',
    done: 'retired',
  },
  restore: {
    icon: ArchiveRestore,
    verb: 'Bring back',
    title: (what: string) => `Bring back ${what}?`,
    description: 'What was retired is Available again. What was taken out of use with its order stays as it is.',
    keep: 'Leave retired',
    done: 'brought back',
  },
}

type Answer = { moved: number; left: number } | { task: string }

/** Retires profiles or brings them back: few at once, all of a view in the background. */
export function MoveButton({ event, count, iccids, view, onDone, onProblem }: MoveButtonProps) {
  const { icon: Icon, verb, title, description, keep, done } = WORDS[event]
  const action = useCallback(async (): Promise<{ ok: true; data: Answer } | { ok: false; message: string }> => {
    const answer = iccids
      ? await (event === 'retire' ? retireChosen : restoreChosen)({ iccids })
      : await (event === 'retire' ? retireMatching : restoreMatching)(view)
    return answer
  }, [event, iccids, view])
  const finish = useCallback(
    (answer: Answer) => {
      if ('task' in answer) return onDone(answer.task)
      const left = answer.left > 0 ? ` ${countWords(answer.left, 'profile')} stayed as before.` : ''
      toast.success(`${countWords(answer.moved, 'profile')} ${done}.${left}`)
      onDone(undefined)
    },
    [onDone, done],
  )
  const { run, pending } = useAction(action, finish, onProblem)
  const what = countWords(count, 'profile')
  return (
    <ConfirmDialog
      trigger={
        <Button size="sm" disabled={pending}>
          <Icon aria-hidden /> {pending ? 'One moment…' : `${verb} ${what}…`}
        </Button>
      }
      title={title(what)}
      description={iccids ? description : `${description} This runs in the background; you see how far it is and can cancel it.`}
      confirm={`${verb} ${what}`}
      keep={keep}
      pending={pending}
      onConfirm={() => run(undefined)}
    />
  )
}
