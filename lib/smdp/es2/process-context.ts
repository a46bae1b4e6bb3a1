import { randomBytes } from 'node:crypto'
import { perProcess, setPerProcess } from '@/lib/db/per-process'
import { answeringWithin, type Database } from '@/lib/db/pool'
import { customerLinkKey } from '@/lib/orders/links/link-key'
import { deploymentSecret } from '@/lib/vault/deployment-secrets'
import type { Vault } from '@/lib/vault/vault'
import type { EventRegistrar } from '../es12/registrar'
import type { Es2Context } from './context'
import { Turns } from './turns'

interface Es2Settings {
  db: Database
  vault: Vault
  /** As configured, with its port if it has one */
  smdpAddress: string
  /** Origin under which customers open their pages */
  customerUrl: string
  registrar?: EventRegistrar | undefined
  clock?: () => Date
}

const answerWithinMs = 10_000
// Each keeps a connection of the pool as long as an SM-DS takes to answer; downloads need the others.
const mostAtSmds = 4

/** Reads once what does not change while the process runs. */
export async function createEs2Context(settings: Es2Settings): Promise<Es2Context> {
  const { vault, smdpAddress, customerUrl, registrar, clock = () => new Date() } = settings
  const db = answeringWithin(settings.db, answerWithinMs)
  return {
    db,
    vault,
    callKey: await deploymentSecret(db, vault, 'es2-calls'),
    smdpAddress,
    links: { key: await customerLinkKey(db, vault), baseUrl: customerUrl },
    registrar,
    smdsTurns: new Turns(mostAtSmds),
    clock,
    random: bytes => randomBytes(bytes),
  }
}

/** Gives this process its ES2+. */
export async function startEs2(settings: Es2Settings): Promise<void> {
  setPerProcess('es2', await createEs2Context(settings))
}

/** The process's context. */
export const es2Context = (): Es2Context =>
  perProcess<Es2Context>('es2', () => {
    throw new Error('ES2+ is not started yet.')
  })
