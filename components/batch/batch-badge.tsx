import { Badge } from '@/components/ui/badge'
import { BATCH_LOOK, type BatchState, WAITING_LOOK } from './states'

/** State of a batch: word, colour and shape; hovering says what it means and what comes next. */
export const BatchBadge = ({ state, className }: { state: BatchState; className?: string }) => (
  <Badge {...BATCH_LOOK[state]} moving={state === 'checking'} className={className} />
)

/** A draft that one person wants approved and another has to decide. */
export const WaitingBadge = ({ className }: { className?: string }) => <Badge {...WAITING_LOOK} className={className} />
