import type { AnyTask } from '@/lib/accounts/tasks'
import { restoreMatching, retireMatching } from '@/lib/inventory/retire'

/** Everything that a person can start and follow in the background; the kinds are in the rows of `task` for ever. */
export const TASKS: readonly AnyTask[] = [retireMatching, restoreMatching]
