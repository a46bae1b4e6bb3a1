import { randomBytes } from 'node:crypto'
import { openDatabase } from '@/lib/db/pool'
import { startMessenger } from '@/lib/partners/messages/messenger'
import { createVault } from '@/lib/vault/vault'

/** How a test starts this file: a process that tells partners, to be killed. */
export interface MessengerSettings {
  databaseUrl: string
  tls: { cert: string; key: string }
  requester: string
  /** Its clock runs so many times as fast, from this moment on (milliseconds) */
  clock: { from: number; speed: number }
}

const { databaseUrl, tls, requester, clock } = JSON.parse(process.env.MESSENGER ?? '') as MessengerSettings

startMessenger({
  db: openDatabase(databaseUrl, { maxConnections: 4 }),
  vault: createVault(new Map([[1, randomBytes(32)]])),
  identity: async () => ({ tls, requester }),
  clock: () => new Date(clock.from + (Date.now() - clock.from) * clock.speed),
  timing: { lookMs: 50 },
})
