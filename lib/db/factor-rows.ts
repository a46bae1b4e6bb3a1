import { one, type Queryable } from './pool'

export type ChallengePurpose = 'second-factor' | 'passkey-sign-in' | 'passkey-registration'

/** A confirmed secret of one-time passwords, sealed. */
export const readTotp = (db: Queryable, accountId: string): Promise<{ sealed: Buffer } | undefined> =>
  one<{ sealed: Buffer }>(db, {
    text: 'SELECT totp_sealed AS sealed FROM account WHERE id = $1 AND totp_sealed IS NOT NULL AND totp_confirmed_at IS NOT NULL',
    values: [accountId],
  })

/** Keeps a secret whose first code was right, in place of the one before. */
export const writeTotp = (db: Queryable, accountId: string, totp: { sealed: Buffer; step: number; now: Date }) =>
  db.query({
    text: 'UPDATE account SET totp_sealed = $2, totp_last_step = $3, totp_confirmed_at = $4 WHERE id = $1',
    values: [accountId, totp.sealed, totp.step, totp.now],
  })

export const removeTotpRow = (db: Queryable, accountId: string) =>
  db.query({
    text: 'UPDATE account SET totp_sealed = NULL, totp_confirmed_at = NULL, totp_last_step = NULL WHERE id = $1',
    values: [accountId],
  })

/** Takes a time step, by compare-and-set; false when it, or a later one, was taken. */
export const takeTotpStep = async (db: Queryable, accountId: string, step: number): Promise<boolean> =>
  (await one(db, {
    text: 'UPDATE account SET totp_last_step = $2 WHERE id = $1 AND (totp_last_step IS NULL OR totp_last_step < $2) RETURNING 1 AS taken',
    values: [accountId, step],
  })) !== undefined

/** Keeps the hashes of new recovery codes in place of all earlier ones. */
export async function replaceRecoveryCodes(db: Queryable, accountId: string, hashes: Buffer[], now: Date): Promise<void> {
  await db.query({ text: 'DELETE FROM account_recovery_code WHERE account_id = $1', values: [accountId] })
  await db.query({
    text: 'INSERT INTO account_recovery_code (account_id, code_hash, created_at) SELECT $1, hash, $3 FROM unnest($2::bytea[]) AS hash',
    values: [accountId, hashes, now],
  })
}

/** Uses a recovery code up; false when it is none, or was used. */
export const redeemRecoveryCode = async (db: Queryable, accountId: string, hash: Buffer, now: Date): Promise<boolean> =>
  (await one(db, {
    text: 'UPDATE account_recovery_code SET used_at = $3 WHERE account_id = $1 AND code_hash = $2 AND used_at IS NULL RETURNING 1 AS used',
    values: [accountId, hash, now],
  })) !== undefined

export interface PasskeyRow {
  credentialId: string
  accountId: string
  /** COSE */
  publicKey: Buffer
  counter: number
  transports: string[]
  backedUp: boolean
  name: string
  createdAt: Date
  lastUsedAt: Date | null
}

const PASSKEY = `credential_id AS "credentialId", account_id AS "accountId", public_key AS "publicKey", counter::float8 AS counter, transports,
  backed_up AS "backedUp", name, created_at AS "createdAt", last_used_at AS "lastUsedAt"`

export const listPasskeyRows = async (db: Queryable, accountId: string): Promise<PasskeyRow[]> =>
  (
    await db.query<PasskeyRow & Record<string, unknown>>({
      text: `SELECT ${PASSKEY} FROM account_passkey WHERE account_id = $1 ORDER BY created_at`,
      values: [accountId],
    })
  ).rows

export const readPasskey = (db: Queryable, credentialId: string): Promise<PasskeyRow | undefined> =>
  one<PasskeyRow & Record<string, unknown>>(db, {
    text: `SELECT ${PASSKEY} FROM account_passkey WHERE credential_id = $1`,
    values: [credentialId],
  })

export const insertPasskey = (db: Queryable, row: Omit<PasskeyRow, 'lastUsedAt'>) =>
  db.query({
    text: `INSERT INTO account_passkey (credential_id, account_id, public_key, counter, transports, backed_up, name, created_at)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    values: [row.credentialId, row.accountId, row.publicKey, row.counter, row.transports, row.backedUp, row.name, row.createdAt],
  })

/** Moves a passkey's counter on, by compare-and-set; false when another use was quicker. */
export const advancePasskey = async (
  db: Queryable,
  { credentialId, counter, before, backedUp, now }: { credentialId: string; counter: number; before: number; backedUp: boolean; now: Date },
): Promise<boolean> =>
  (await one(db, {
    text: `UPDATE account_passkey SET counter = $2, backed_up = $4, last_used_at = $5 WHERE credential_id = $1 AND counter = $3
      RETURNING 1 AS used`,
    values: [credentialId, counter, before, backedUp, now],
  })) !== undefined

export const deletePasskey = async (db: Queryable, accountId: string, credentialId: string): Promise<string | undefined> =>
  (
    await one<{ name: string }>(db, {
      text: 'DELETE FROM account_passkey WHERE account_id = $1 AND credential_id = $2 RETURNING name',
      values: [accountId, credentialId],
    })
  )?.name

/** Takes every second factor from an account. */
export async function removeFactors(db: Queryable, accountId: string): Promise<void> {
  await removeTotpRow(db, accountId)
  await db.query({ text: 'DELETE FROM account_passkey WHERE account_id = $1', values: [accountId] })
  await db.query({ text: 'DELETE FROM account_recovery_code WHERE account_id = $1', values: [accountId] })
}

/** What an account can prove itself with beside its password. */
export interface FactorCounts {
  totpSince: Date | null
  passkeys: number
  /** Not used yet */
  recoveryCodes: number
  /** They sign in elsewhere (OpenID Connect). */
  external: boolean
}

export const countFactors = async (db: Queryable, accountId: string): Promise<FactorCounts> =>
  (await one<FactorCounts & Record<string, unknown>>(db, {
    text: `SELECT totp_confirmed_at AS "totpSince", (SELECT count(*)::int FROM account_passkey WHERE account_id = account.id) AS passkeys,
        (SELECT count(*)::int FROM account_recovery_code WHERE account_id = account.id AND used_at IS NULL) AS "recoveryCodes",
        oidc_subject IS NOT NULL AS external
      FROM account WHERE id = $1`,
    values: [accountId],
  })) ?? { totpSince: null, passkeys: 0, recoveryCodes: 0, external: false }

/** One change of an account's factors at a time. */
export const lockFactors = (db: Queryable, accountId: string) =>
  db.query({ text: 'SELECT 1 FROM account WHERE id = $1 FOR UPDATE', values: [accountId] })

/** Sessions of people in these roles who have no second factor may from now on do nothing but set one up. */
export const limitSessions = (db: Queryable, roles: readonly string[]) =>
  db.query({
    text: `UPDATE account_session SET limited = true FROM account
      WHERE account.id = account_id AND revoked_at IS NULL AND NOT limited AND role = ANY($1::text[]) AND oidc_subject IS NULL
        AND totp_confirmed_at IS NULL AND NOT EXISTS (SELECT 1 FROM account_passkey WHERE account_passkey.account_id = account.id)`,
    values: [roles],
  })

export interface ChallengeRow {
  accountId: string | null
  challenge: string | null
  attempts: number
}

/** Keeps the moment between two steps; those of the past are swept away with it. */
export async function insertChallenge(
  db: Queryable,
  row: { tokenHash: Buffer; purpose: ChallengePurpose; accountId?: string; challenge?: string; now: Date; expiresAt: Date },
): Promise<void> {
  await db.query({ text: 'DELETE FROM sign_in_challenge WHERE expires_at < $1', values: [row.now] })
  await db.query({
    text: `INSERT INTO sign_in_challenge (token_hash, purpose, account_id, challenge, created_at, expires_at)
      VALUES ($1, $2, $3, $4, $5, $6)`,
    values: [row.tokenHash, row.purpose, row.accountId ?? null, row.challenge ?? null, row.now, row.expiresAt],
  })
}

/** Counts an attempt at a challenge and reads it, before the answer is looked at; undefined when it is over or had too many. */
export const takeChallengeAttempt = (
  db: Queryable,
  { tokenHash, purpose, maxAttempts, now }: { tokenHash: Buffer; purpose: ChallengePurpose; maxAttempts: number; now: Date },
): Promise<ChallengeRow | undefined> =>
  one<ChallengeRow & Record<string, unknown>>(db, {
    text: `UPDATE sign_in_challenge SET attempts = attempts + 1
      WHERE token_hash = $1 AND purpose = $2 AND used_at IS NULL AND expires_at > $3 AND attempts < $4
      RETURNING account_id AS "accountId", challenge, attempts`,
    values: [tokenHash, purpose, now, maxAttempts],
  })

/** Uses a challenge up, by compare-and-set; false when it was used, or ended with its account's sessions. */
export const closeChallenge = async (db: Queryable, tokenHash: Buffer, now: Date): Promise<boolean> =>
  (await one(db, {
    text: 'UPDATE sign_in_challenge SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2 RETURNING 1 AS used',
    values: [tokenHash, now],
  })) !== undefined

/** Ends every half-finished sign-in of an account. */
export const endChallenges = (db: Queryable, accountId: string) =>
  db.query({ text: 'DELETE FROM sign_in_challenge WHERE account_id = $1', values: [accountId] })
