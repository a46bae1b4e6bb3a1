import type { Actor } from '@/lib/accounts/actor'
import type { ShownBatch } from './shown-batch'

/** A batch in one of its states, and who looks at it. */
export interface StateProps {
  batch: ShownBatch
  actor: Actor
}
