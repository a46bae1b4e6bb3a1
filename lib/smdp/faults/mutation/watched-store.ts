import type { Es9Store, NotificationEffect } from '@/lib/db/es9-store'

/** What was written through a store since it was looked at last. */
export interface Writes {
  names: string[]
  /** A notification moved a profile or its runtime state. */
  applied: boolean
}

const WRITING = ['openSession', 'keepRefusal', 'countConfirmationAttempt', 'move', 'deliver', 'note', 'keepNotification'] as const

/** The store, and a note of each writing call that it gets. */
export function watchedStore(store: Es9Store): { store: Es9Store; taken(): Writes } {
  let writes: Writes = { names: [], applied: false }
  const watched = { ...store }
  for (const name of WRITING) {
    const write = store[name] as (...args: unknown[]) => Promise<unknown>
    Object.assign(watched, {
      [name]: (...args: unknown[]) => {
        writes.names.push(name)
        if (name === 'keepNotification') {
          const effect = args[0] as NotificationEffect
          writes.applied ||= effect.move !== undefined || effect.runtime !== undefined
        }
        return write(...args)
      },
    })
  }
  return {
    store: watched,
    taken: () => {
      const taken = writes
      writes = { names: [], applied: false }
      return taken
    },
  }
}
