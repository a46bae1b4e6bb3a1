import { one, type Queryable } from './pool'

export interface ExternalAccountRow {
  id: string
  email: string
  name: string
  role: string
  disabledAt: Date | null
}

/** The account of somebody who signs in elsewhere, locked for the transaction. */
export const readExternalAccount = (db: Queryable, issuer: string, subject: string): Promise<ExternalAccountRow | undefined> =>
  one<ExternalAccountRow & Record<string, unknown>>(db, {
    text: `SELECT id, email, name, role, disabled_at AS "disabledAt" FROM account WHERE oidc_issuer = $1 AND oidc_subject = $2 FOR UPDATE`,
    values: [issuer, subject],
  })

export const insertExternalAccount = (
  db: Queryable,
  row: { issuer: string; subject: string; email: string; name: string; role: string },
): Promise<{ id: string } | undefined> =>
  one<{ id: string }>(db, {
    text: `INSERT INTO account (email, name, role, created_by, oidc_issuer, oidc_subject) VALUES ($1, $2, $3, 'single sign-on', $4, $5)
      RETURNING id`,
    values: [row.email, row.name, row.role, row.issuer, row.subject],
  })

export const updateExternalAccount = (db: Queryable, row: { id: string; email: string; name: string; role: string }) =>
  db.query({
    text: 'UPDATE account SET email = $2, name = $3, role = $4 WHERE id = $1',
    values: [row.id, row.email, row.name, row.role],
  })
