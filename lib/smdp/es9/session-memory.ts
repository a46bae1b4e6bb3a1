import type { SessionOrder, StoredSession } from '@/lib/db/es9-rows'

/** A session and its order as they were when this process wrote to them last. */
export interface RememberedSession {
  session: StoredSession
  order: SessionOrder
}

/**
 * Sessions that this process has opened, so that their next steps need not be read from the database. Nothing may be decided by them:
 * another instance or an operator may have been there since. What is done because of one is done by a statement that checks all of it, and
 * a "no" is told by what is read.
 */
export interface SessionMemory {
  remember(remembered: RememberedSession): void
  recall(transactionId: string, now: Date): RememberedSession | undefined
  forget(transactionId: string): void
}

/** About what an entry keeps from being freed, its metadata aside: small Buffers lie in larger ones. */
const entryBytes = 8_192

/** A memory of so many octets; who was remembered first is forgotten first. */
export function boundedSessionMemory(maxBytes = 32 * 1_048_576): SessionMemory {
  const known = new Map<string, RememberedSession>()
  const sizeOf = ({ session, order }: RememberedSession) =>
    entryBytes + (session.metadata?.length ?? 0) + (order.binding?.metadata.length ?? 0)
  let bytes = 0
  const forget = (transactionId: string) => {
    const found = known.get(transactionId)
    if (!found) return
    known.delete(transactionId)
    bytes -= sizeOf(found)
  }
  return {
    remember: remembered => {
      forget(remembered.session.transactionId)
      known.set(remembered.session.transactionId, remembered)
      bytes += sizeOf(remembered)
      for (const oldest of known.keys()) {
        if (bytes <= maxBytes) break
        forget(oldest)
      }
    },
    recall: (transactionId, now) => {
      const found = known.get(transactionId)
      if (found && found.session.expiresAt <= now) forget(transactionId)
      else return found
    },
    forget,
  }
}

/** Remembers nothing: every step reads. */
export const noSessionMemory: SessionMemory = { remember: () => undefined, recall: () => undefined, forget: () => undefined }
