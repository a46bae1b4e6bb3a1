import { createHash, createHmac, pbkdf2Sync, randomBytes, scryptSync } from 'node:crypto'
import { Client, DatabaseError } from 'pg'
import { JOBS_SCHEMA } from '../jobs-schema'

/** How the server connects once migrations are done. */
export interface AppRole {
  url: string
  /** False: this is the owner's own URL, because the owner may not make roles. Audit rows are then not protected from the server. */
  restricted: boolean
  /** Why not, in words for the operator. */
  reason?: string
}

/** Tables whose rows the server may add and read, never change, with the columns that it may fill: not when and in which order. */
const appendOnly = {
  audit: ['actor', 'actor_kind', 'action', 'target', 'result', 'detail', 'address'],
  audit_link: ['place', 'audit_id', 'hash'],
  audit_personal: ['audit_id', 'field', 'value', 'salt'],
}

/** Those of them whose rows may go all the same: personal data is erased. */
const erasable = ['audit_personal']

/** Sequences that the server may set: openVault numbers the first data key itself. */
const settable = ['data_key_id_seq']

/** Tables that only migrations write. */
const readOnly = ['_prisma_migrations']

const jobsPolicy = 'slipway_app'

const grantLock = 7_270_737_002

/**
 * Makes, or brings up to date, the role that the server works as: it reads and writes all tables, cannot change or remove rows of
 * the audit and of its chain (what stands aside of them it can erase) and owns nothing. To be called by the owner after the migrations.
 *
 * Its password is derived from the owner's (scrypt), so that all instances on one database know it and none has to keep it.
 * @throws when the database cannot be reached; an owner without the right to make roles gets `restricted: false`.
 */
export async function ensureAppRole(ownerUrl: string): Promise<AppRole> {
  const owner = new Client({ connectionString: ownerUrl })
  owner.on('error', () => undefined)
  await owner.connect()
  try {
    if (!owner.password) return unrestricted(ownerUrl, 'the connection has no password that one for the role could be derived from')
    const database = owner.database ?? ''
    const role = `${database}_app`.slice(-63)
    const password = scryptSync(owner.password, `slipway ${role}`, 24).toString('base64url')
    const url = withCredentials(ownerUrl, role, password)
    const known = await connects(url)
    await grant(owner, { role, database, verifier: known ? undefined : scramVerifier(password) })
    if (known || (await connects(url))) return { url, restricted: true }
    return unrestricted(ownerUrl, `the server does not let the role ${role} sign in`)
  } catch (error) {
    const refused = error instanceof DatabaseError && error.code === '42501'
    if (!refused) throw error
    return unrestricted(ownerUrl, error.message)
  } finally {
    await owner.end()
  }
}

const unrestricted = (url: string, reason: string): AppRole => ({ url, restricted: false, reason })

async function grant(owner: Client, { role, database, verifier }: { role: string; database: string; verifier?: string }): Promise<void> {
  const app = owner.escapeIdentifier(role)
  await owner.query('BEGIN')
  try {
    await owner.query('SELECT pg_advisory_xact_lock($1)', [grantLock])
    const { rowCount } = await owner.query('SELECT FROM pg_roles WHERE rolname = $1', [role])
    if (!rowCount) await owner.query(`CREATE ROLE ${app} NOINHERIT`)
    if (verifier) await owner.query(`ALTER ROLE ${app} LOGIN PASSWORD ${owner.escapeLiteral(verifier)}`)
    await owner.query(`
      GRANT CONNECT ON DATABASE ${owner.escapeIdentifier(database)} TO ${app};
      GRANT USAGE ON SCHEMA public TO ${app};
      GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${app};
      GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO ${app};
      REVOKE UPDATE ON ALL SEQUENCES IN SCHEMA public FROM ${app};
      ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO ${app};
      ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO ${app};
      ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE UPDATE ON SEQUENCES FROM ${app};
    `)
    await change(owner, 'GRANT UPDATE ON', settable, `TO ${app}`)
    for (const [table, columns] of Object.entries(appendOnly)) {
      await change(owner, 'REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON', [table], `FROM ${app}`)
      await change(owner, `GRANT INSERT (${columns.map(column => owner.escapeIdentifier(column)).join(', ')}) ON`, [table], `TO ${app}`)
    }
    await change(owner, 'GRANT DELETE ON', erasable, `TO ${app}`)
    await change(owner, 'REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON', readOnly, `FROM ${app}`)
    await grantJobs(owner, app)
    await owner.query('COMMIT')
  } catch (error) {
    await owner.query('ROLLBACK')
    throw error
  }
}

/** Lets the role add and run jobs: the queue's tables have row security without a policy, so that only their owner sees rows. */
async function grantJobs(owner: Client, app: string): Promise<void> {
  const { rows } = await owner.query<{ name: string; secured: boolean; open: boolean }>(
    `SELECT quote_ident(c.relname) AS name, c.relrowsecurity AS secured,
        EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = $2) AS open
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relkind IN ('r', 'v')`,
    [JOBS_SCHEMA, jobsPolicy],
  )
  if (rows.length === 0) return
  await owner.query(`GRANT USAGE ON SCHEMA ${JOBS_SCHEMA} TO ${app}`)
  for (const { name, secured, open } of rows) {
    const table = `${JOBS_SCHEMA}.${name}`
    await owner.query(`GRANT SELECT${name === 'migrations' ? '' : ', INSERT, UPDATE, DELETE'} ON ${table} TO ${app}`)
    if (secured && !open) await owner.query(`CREATE POLICY ${jobsPolicy} ON ${table} TO ${app} USING (true) WITH CHECK (true)`)
  }
}

/** Changes rights on those of the tables and sequences that there are. */
async function change(owner: Client, rights: string, names: string[], whose: string): Promise<void> {
  const { rows } = await owner.query<{ relname: string }>(
    "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'S') AND relname = ANY($1)",
    [names],
  )
  for (const { relname } of rows) await owner.query(`${rights} public.${owner.escapeIdentifier(relname)} ${whose}`)
}

async function connects(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url })
  client.on('error', () => undefined)
  try {
    await client.connect()
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => undefined)
  }
}

function withCredentials(url: string, role: string, password: string): string {
  const changed = new URL(url)
  changed.username = encodeURIComponent(role)
  changed.password = encodeURIComponent(password)
  return changed.toString()
}

/** RFC 5802 and 7677, in PostgreSQL's notation: the server, and its log, never see the password. */
function scramVerifier(password: string): string {
  const iterations = 4096
  const salt = randomBytes(16)
  const salted = pbkdf2Sync(password, salt, iterations, 32, 'sha256')
  const hmac = (text: string) => createHmac('sha256', salted).update(text).digest()
  const storedKey = createHash('sha256').update(hmac('Client Key')).digest('base64')
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${storedKey}:${hmac('Server Key').toString('base64')}`
}
