import { one, type Queryable } from './pool'

export interface CiRow {
  number: number
  keyId: string
  name: string
  curve: string
  certificate: Buffer
  live: boolean
  notAfter: Date
}

export interface CredentialRow {
  number: number
  ciKeyId: string
  role: 'DPauth' | 'DPpb' | 'DPtls'
  certificate: Buffer
  /** PKCS #8, sealed by the vault, identity `credential:<fingerprint>` */
  privateKey: Buffer
  /** SHA-256 of the certificate, lower-case hex */
  fingerprint: string
  oid: string
  dnsNames: string[]
  curve: string
  notBefore: Date
  notAfter: Date
  retiredAt: Date | null
}

/** The number that goes up with every change of certificates or settings. */
export async function configurationVersion(db: Queryable): Promise<string> {
  const row = await one<{ version: string }>(db, { name: 'configuration-version', text: 'SELECT version FROM configuration WHERE id = 1' })
  return row?.version ?? '0'
}

/** Tells running servers that certificates or settings have changed. */
export const raiseConfigurationVersion = (db: Queryable) =>
  db.query({ text: 'UPDATE configuration SET version = version + 1 WHERE id = 1' })

export const readCis = async (db: Queryable): Promise<CiRow[]> =>
  (
    await db.query<CiRow>({
      text: `SELECT number, key_id AS "keyId", name, curve, certificate, live, not_after AS "notAfter" FROM ci ORDER BY number`,
    })
  ).rows

export const readCredentials = async (db: Queryable): Promise<CredentialRow[]> =>
  (
    await db.query<CredentialRow>({
      text: `SELECT number, ci_key_id AS "ciKeyId", role, certificate, private_key AS "privateKey", fingerprint, oid, dns_names AS "dnsNames",
        curve, not_before AS "notBefore", not_after AS "notAfter", retired_at AS "retiredAt" FROM credential ORDER BY number`,
    })
  ).rows

/** Adds a CI or takes a newer certificate for its key; a live one stays live. */
export const keepCi = (db: Queryable, ci: Omit<CiRow, 'number'>) =>
  db.query({
    text: `INSERT INTO ci (key_id, name, curve, certificate, live, not_after) VALUES ($1, $2, $3, $4, $5, $6)
      ON CONFLICT (key_id) DO UPDATE SET certificate = excluded.certificate, not_after = excluded.not_after, name = excluded.name`,
    values: [ci.keyId, ci.name, ci.curve, ci.certificate, ci.live, ci.notAfter],
  })

/** Adds a credential; the older ones of the same role under the same CI are retired, but kept for sessions under way. False when it was there. */
export async function keepCredential(db: Queryable, credential: Omit<CredentialRow, 'number' | 'retiredAt'>, at: Date): Promise<boolean> {
  const { ciKeyId, role, certificate, privateKey, fingerprint, oid, dnsNames, curve, notBefore, notAfter } = credential
  const added = await db.query({
    text: `INSERT INTO credential (ci_key_id, role, certificate, private_key, fingerprint, oid, dns_names, curve, not_before, not_after)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (fingerprint) DO UPDATE SET retired_at = NULL WHERE credential.retired_at IS NOT NULL`,
    values: [ciKeyId, role, certificate, privateKey, fingerprint, oid, dnsNames, curve, notBefore, notAfter],
  })
  if (added.rowCount !== 1) return false
  await db.query({
    text: `UPDATE credential SET retired_at = $4 WHERE ci_key_id = $1 AND role = $2 AND fingerprint <> $3 AND retired_at IS NULL`,
    values: [ciKeyId, role, fingerprint, at],
  })
  return true
}
