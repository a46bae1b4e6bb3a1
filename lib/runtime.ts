import { resolve } from 'node:path'
import { ensureAppRole, ensureDataFolder, startEmbedded } from './db/embedded'
import { isDatabaseAway } from './db/failures'
import { migrate } from './db/migrate'
import { type Database, openDatabase, setDatabase } from './db/pool'
import type { Env } from './env'
import { joinBatchChecks, startBatchChecks } from './inventory/batches/resume-checks'
import { startSmdp } from './smdp/es9/process-context'
import { ensureFirstKeys } from './smdp/pki/first-keys'
import { batchPreflight } from './smdp/preflight/batch-preflight'
import { openVault, setVault, type Vault } from './vault/vault'

/** The database, the vault and the SM-DP+ of this process, in the places where all module graphs look for them. */
export interface Runtime {
  db: Database
  vault: Vault
  stop(): Promise<void>
}

interface Options {
  /** Is told what is being done, a few words each. */
  progress?: (step: string) => void
  /** Is told what is not as it should be but does not keep the server from starting. */
  warn?: (sentence: string) => void
  /** For a command: what others were at is left to them. */
  joins?: boolean
}

/** The server cannot start, in a sentence for the operator. */
export class CannotStart extends Error {
  override name = 'CannotStart'
}

interface Owner {
  url: string
  stop(): Promise<void>
}

async function openOwner(env: Env, progress: (step: string) => void): Promise<Owner> {
  if (env.databaseUrl) return { url: env.databaseUrl, stop: async () => undefined }
  progress('starting PostgreSQL')
  return startEmbedded(env.dataDir)
}

/** What a database of somebody's own has against us, without its password. */
function databaseProblem(error: unknown, env: Env): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (!env.databaseUrl) return error
  const { hostname, port, pathname } = new URL(env.databaseUrl)
  const where = `the database of DATABASE_URL (${hostname}:${port || 5432}${pathname})`
  if (/^(28|3D)/.test(code))
    return new CannotStart(`${where} refuses us: ${error instanceof Error ? error.message : code}.`.replace(/^t/, 'T'))
  if (isDatabaseAway(error) || /^(ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/.test(code) || error instanceof AggregateError) {
    return new CannotStart(`There is no answer from ${where}: ${code || 'no connection'}. Is it running, and is the address right?`)
  }
  return error
}

/**
 * Opens everything that the server and the command line work with: the data folder, PostgreSQL (the embedded one is joined where
 * it runs already), migrations as the owner, the pool as the server's own role, the vault, on the first start keys and
 * certificates, and the SM-DP+.
 * @throws a sentence for the operator where there is one; what was opened is closed again
 */
export async function startRuntime(
  env: Env,
  { progress = () => undefined, warn = () => undefined, joins = false }: Options = {},
): Promise<Runtime> {
  const dataDir = ensureDataFolder(env.dataDir)
  const owner = await openOwner(env, progress)
  let db: Database | undefined
  let stopChecks: (() => Promise<void>) | undefined
  const stop = async () => {
    await stopChecks?.().catch(() => undefined)
    setDatabase(undefined)
    setVault(undefined)
    await db?.close().catch(() => undefined)
    await owner.stop()
  }
  try {
    progress('applying migrations')
    await migrate(owner.url, resolve('prisma/migrations'))
    const role = await ensureAppRole(owner.url)
    if (!role.restricted) warn(`The server works as the owner of its database, so audit rows are not protected from it: ${role.reason}.`)
    db = openDatabase(role.url)
    progress('opening the vault')
    const vault = await openVault(db, { dataDir, ...env.masterKey })
    setDatabase(db)
    setVault(vault)
    progress('looking at keys and certificates')
    await ensureFirstKeys({ db, vault, dataDir, addresses: env.smdpAddresses, now: new Date() })
    await startSmdp({ db, vault, smdpAddress: env.smdpAddress, smdpAliases: env.smdpAddresses.slice(1) })
    const checks = { vault, dataDir, preflight: batchPreflight(db) }
    stopChecks = joins ? joinBatchChecks(checks) : await startBatchChecks(db, checks)
    return { db, vault, stop }
  } catch (error) {
    await stop().catch(() => undefined)
    throw databaseProblem(error, env)
  }
}

/** The same for a command beside a running server, or without one for as long as the command takes. */
export const joinRuntime = (env: Env): Promise<Runtime> => startRuntime(env, { joins: true })
