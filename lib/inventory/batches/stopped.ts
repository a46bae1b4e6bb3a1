/** Why a check ended without being done. lost: another worker has the batch, or somebody decided about it; stopping: this process ends. */
export type StopReason = 'lost' | 'stopping'

/** A check that ends here and leaves its batch as it is. */
export class CheckStopped extends Error {
  override name = 'CheckStopped'
  constructor(readonly reason: StopReason) {
    super(reason === 'lost' ? 'The batch is not this worker’s any more.' : 'The process is stopping.')
  }
}
