import { may } from '@/lib/accounts/roles'
import { shownProgress } from '../progress'
import { Checking } from './checking'
import { Approved, Discarded, RolledBack } from './decided'
import { Draft, type DraftProps } from './draft'
import { ToCheck } from './to-check'

/** What a batch is at, and what a person can do about it now. */
export function Stage({ batch, actor, remap }: DraftProps) {
  switch (batch.state) {
    case 'uploaded':
    case 'failed':
      return <ToCheck batch={batch} actor={actor} />
    case 'checking':
      return <Checking name={batch.name} initial={shownProgress(batch)} mayCancel={may(actor.role, 'batch:upload')} />
    case 'draft':
      return <Draft batch={batch} actor={actor} remap={remap} />
    case 'approved':
      return <Approved batch={batch} actor={actor} />
    case 'discarded':
      return <Discarded batch={batch} actor={actor} />
    case 'rolledBack':
      return <RolledBack batch={batch} actor={actor} />
  }
}
