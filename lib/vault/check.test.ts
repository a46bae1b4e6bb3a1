import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '@/lib/db/embedded/test-database'
import { type Database, openDatabase, type Queryable } from '@/lib/db/pool'
import { SEALED_TABLES } from '@/lib/db/sealed-rows'
import { checkSealed } from './check'
import { deleteDataKey, newDataKey } from './data-keys'
import { deploymentSecret } from './deployment-secrets'
import { openVault, type Vault } from './vault'

const secret = Buffer.from('a subscriber')
let test1: TestDatabase
let db: Database
let vault: Vault
let folder: string
beforeAll(async () => {
  test1 = await createTestDatabase()
  db = openDatabase(test1.url, { maxConnections: 4 })
  folder = mkdtempSync(join(tmpdir(), 'vault-'))
  vault = await openVault(db, folder)
})
afterAll(async () => {
  await db.close()
  await test1.close()
  rmSync(folder, { recursive: true })
})

const sql = (text: string, values: unknown[] = []) => db.query({ text, values })
const iccid = (i: number) => `8999900000${String(i).padStart(9, '0')}`
const uuid = () => crypto.randomUUID()

/** A secret in each of the tables. */
async function sealEverywhere(): Promise<number> {
  const batch = await newDataKey(db, vault)
  const [template, key, order, binding, run, document] = [uuid(), uuid(), uuid(), uuid(), uuid(), uuid()]
  await deploymentSecret(db, vault, 'server-challenge')
  await sql(`INSERT INTO ci (key_id, name, curve, certificate, not_after) VALUES ('AA', 'CI', 'P-256', '', now())`)
  await sql(
    `INSERT INTO credential (ci_key_id, role, certificate, private_key, fingerprint, oid, curve, not_before, not_after)
      VALUES ('AA', 'DPauth', '', $1, 'ff', '1', 'P-256', now(), now())`,
    [vault.seal(secret, 'credential:ff')],
  )
  const account = uuid()
  await sql(`INSERT INTO account (id, email, role, created_by, totp_sealed) VALUES ($1, 'a', 'auditor', 'a', $2)`, [
    account,
    vault.seal(secret, `account_totp:${account}`),
  ])
  await sql(`INSERT INTO pgp_key (fingerprint, public_key, sealed, created_by) VALUES ('CC', '', $1, 'a')`, [
    vault.seal(secret, 'pgp_key:CC'),
  ])
  await sql(
    `INSERT INTO transport_key (id, key_index, algorithm, mode, sealed, sealed_parts, created_by) VALUES ($1, '1', 'AES', 'ECB', $2, $3, 'a')`,
    [key, vault.seal(secret, `transport_key:${key}`), [1, 2].map(number => vault.seal(secret, `transport_key_part:${key}:${number}`))],
  )
  await sql(`INSERT INTO profile_template (id, name, digest, sealed, bytes, created_by) VALUES ($1, 't', '', $2, 1, 'a')`, [
    template,
    vault.seal(secret, `profile_template:${template}`),
  ])
  const rows = Array.from({ length: 300 }, (_, i) => iccid(i))
  await sql('INSERT INTO profile_package (iccid, sealed) SELECT * FROM unnest($1::text[], $2::bytea[])', [
    rows,
    rows.map(row => vault.seal(secret, `profile_package:${row}`, batch)),
  ])
  for (const line of [2, 10]) {
    await sql('INSERT INTO batch_faulty_row (batch_id, line, sealed) VALUES (7, $1, $2)', [
      line,
      vault.seal(secret, `batch_row:7:${line}`, batch),
    ])
  }
  await sql(
    `INSERT INTO download_order (id, iccid, confirmation_code_hash, confirmation_limit, download_limit, created_by) VALUES ($1, $2, $3, 3, 3, 'a'),
      ($4, $2 || '1', NULL, 3, 3, 'a')`,
    [order, iccid(0), vault.seal(secret, `confirmation_code:${order}`), uuid()],
  )
  await sql(
    `INSERT INTO binding (id, order_id, eid, ot_pk_dp, ot_pk_euicc, metadata, sealed, ci_number, credential) VALUES ($1, $2, '', '', '', '', $3, 1, 1)`,
    [binding, order, vault.seal(secret, `binding:${binding}`)],
  )
  await sql('INSERT INTO issue_run_code (run_id, iccid, sealed) VALUES ($1, $2, $3)', [
    run,
    iccid(0),
    vault.seal(secret, `issue_run_code:${run}:${iccid(0)}`),
  ])
  await sql(`INSERT INTO document (id, run_id, kind, name, expires_at, created_by) VALUES ($1, $2, 'zip', 'x', now(), 'a')`, [
    document,
    run,
  ])
  await sql('INSERT INTO document_piece (document_id, place, sealed) VALUES ($1, 10, $2)', [
    document,
    vault.seal(secret, `document_piece:${document}:10`),
  ])
  const endpoint = uuid()
  await sql(`INSERT INTO endpoint (id, kind, name, url, secret, client_key, created_by) VALUES ($1, 'webhook', 'w', '', $2, $3, 'a')`, [
    endpoint,
    vault.seal(secret, `endpoint_secret:${endpoint}`),
    vault.seal(secret, `endpoint_key:${endpoint}`),
  ])
  return batch
}

describe('the check of all secrets', () => {
  let batch: number
  beforeAll(async () => {
    batch = await sealEverywhere()
  })

  test('finds that everything opens, in every table, also with a vault that has none of the batches’ keys yet', async () => {
    const progress: [number, number][] = []
    const report = await checkSealed(db, await openVault(db, folder), { onProgress: (rows, of) => progress.push([rows, of]) })
    expect(report).toMatchObject({ rows: 316, failed: 0, failures: [] })
    expect(report.tables.map(({ table }) => table)).toEqual(SEALED_TABLES.map(({ name }) => name))
    expect(Object.fromEntries(report.tables.map(({ table, opened }) => [table, opened]))).toMatchObject({
      profile_package: 300,
      batch_faulty_row: 2,
      transport_key_part: 2,
      download_order: 1,
    })
    expect(report.tables.every(({ opened }) => opened > 0)).toBe(true)
    expect(progress.at(-1)).toEqual([316, 316])
  })

  test('names what was changed, moved, or is no ciphertext, and never says what is in it', async () => {
    await sql('UPDATE profile_package SET sealed = set_byte(sealed, 20, get_byte(sealed, 20) # 1) WHERE iccid = $1', [iccid(5)])
    await sql('UPDATE profile_package SET sealed = (SELECT sealed FROM profile_package WHERE iccid = $2) WHERE iccid = $1', [
      iccid(6),
      iccid(7),
    ])
    await sql('UPDATE profile_package SET sealed = $2 WHERE iccid = $1', [iccid(299), secret])
    const report = await checkSealed(db, vault)
    expect(report.failures).toEqual([5, 6, 299].map(i => `profile_package:${iccid(i)}`))
    expect(report.tables.find(({ table }) => table === 'profile_package')).toMatchObject({ opened: 297, failed: 3 })
    expect(JSON.stringify(report)).not.toContain(secret.toString())
  })

  test('does not count what goes while it is read: a batch that is discarded, with its key', async () => {
    const fresh = await openVault(db, folder)
    fresh.keyring.forget(batch)
    const discarding: Queryable = {
      query: async query => {
        const answer = await db.query(query)
        if (query.rowMode === 'array' && query.text.includes('FROM batch_faulty_row')) {
          await sql('DELETE FROM batch_faulty_row')
          await sql('DELETE FROM profile_package')
          await deleteDataKey(db, vault, batch)
        }
        return answer as never
      },
    }
    expect(await checkSealed(discarding, fresh)).toMatchObject({ failed: 3, rows: 316 })
    expect(await checkSealed(db, fresh)).toMatchObject({ failed: 0, rows: 14 })
  })

  test('knows every column of octets in the database: sealed, or open to all who may read the database', async () => {
    const open = [
      'account_session.sid_hash',
      'one_time_link.token_hash',
      'customer_link.token_hash',
      'data_key.wrapped',
      'account_recovery_code.code_hash',
      'account_passkey.public_key',
      'sign_in_challenge.token_hash',
      'api_key.key_hash',
      'audit_personal.salt',
      'audit_link.hash',
      'ci.certificate',
      'credential.certificate',
      'profile_template.digest',
      'profile_type.icon',
      'binding.ot_pk_dp',
      'binding.ot_pk_euicc',
      'binding.metadata',
      'rsp_session.euicc_public_key',
      'rsp_session.request_hash',
      'profile_event.evidence',
      'rsp_session.smdp_signed2',
      'rsp_session.smdp_signature2',
      'rsp_session.metadata',
      'notification.digest',
      'notification.raw',
      'partner_certificate.certificate',
      'es2_call.content',
    ]
    const sealed = SEALED_TABLES.map(({ name, from, sealed: column }) =>
      name === 'transport_key_part' ? 'transport_key.sealed_parts' : `${from}.${column}`,
    )
    const { rows } = await sql(
      `SELECT table_name || '.' || column_name AS column FROM information_schema.columns
        WHERE table_schema = 'public' AND (udt_name = 'bytea' OR udt_name = '_bytea')`,
    )
    expect(rows.map(row => row.column).sort()).toEqual([...open, ...sealed].sort())
  })
})
