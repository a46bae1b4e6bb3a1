import { one, type Queryable, type Transaction } from '@/lib/db/pool'

/** By which a partner is known on ES2+. */
export interface PartnerCertificateRow {
  id: string
  partnerId: string
  /** client: this very certificate; ca: any that this one has issued */
  kind: 'client' | 'ca'
  /** SHA-256, lower-case hexadecimal */
  fingerprint: string
  subject: string
  notAfter: Date | null
  addedAt: Date
  addedBy: string
}

export interface NewPartnerCertificate extends Pick<PartnerCertificateRow, 'kind' | 'fingerprint' | 'subject' | 'notAfter'> {
  /** DER; null where only the fingerprint is known */
  certificate: Buffer | null
}

const COLUMNS = `c.id, c.partner_id AS "partnerId", c.kind, c.fingerprint, c.subject, c.not_after AS "notAfter", c.added_at AS "addedAt",
  c.added_by AS "addedBy"`

/** Of these partners, those that were added first before the others. */
export const readPartnerCertificates = async (db: Queryable, partnerIds: readonly string[]): Promise<PartnerCertificateRow[]> =>
  (
    await db.query<PartnerCertificateRow & Record<string, unknown>>({
      text: `SELECT ${COLUMNS} FROM partner_certificate c WHERE c.partner_id = ANY($1::uuid[]) ORDER BY c.added_at, c.id`,
      values: [partnerIds],
    })
  ).rows

/** Whose a certificate is already. */
export const ownerOfCertificate = (db: Queryable, fingerprint: string): Promise<{ partnerId: string; name: string } | undefined> =>
  one<{ partnerId: string; name: string }>(db, {
    text: 'SELECT p.id AS "partnerId", p.name FROM partner_certificate c JOIN partner p ON p.id = c.partner_id WHERE c.fingerprint = $1',
    values: [fingerprint],
  })

/** @returns its id; undefined when some partner has it already */
export async function insertPartnerCertificate(
  tx: Transaction,
  partnerId: string,
  { kind, fingerprint, certificate, subject, notAfter }: NewPartnerCertificate,
  added: { at: Date; by: string },
): Promise<string | undefined> {
  const row = await one<{ id: string }>(tx, {
    text: `INSERT INTO partner_certificate (partner_id, kind, fingerprint, certificate, subject, not_after, added_at, added_by)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (fingerprint) DO NOTHING RETURNING id`,
    values: [partnerId, kind, fingerprint, certificate, subject, notAfter, added.at, added.by],
  })
  return row?.id
}

export const deletePartnerCertificate = (tx: Transaction, partnerId: string, id: string): Promise<PartnerCertificateRow | undefined> =>
  one<PartnerCertificateRow & Record<string, unknown>>(tx, {
    text: `DELETE FROM partner_certificate c WHERE c.partner_id = $1 AND c.id = $2 RETURNING ${COLUMNS}`,
    values: [partnerId, id],
  })

/** A certificate that may say who calls, with the partner whose it is. */
export interface CallerRow {
  kind: 'client' | 'ca'
  fingerprint: string
  /** DER; always there of a CA */
  certificate: Buffer | null
  partner: { id: string; identifier: string; name: string; headerVersion: string; allTypes: boolean; typeIds: string[] }
}

/** The certificate of this fingerprint, if some partner has it, and all CAs of partners. */
export const readCallers = async (db: Queryable, fingerprint: string): Promise<CallerRow[]> =>
  (
    await db.query<CallerRow & Record<string, unknown>>({
      name: 'es2-callers',
      text: `SELECT c.kind, c.fingerprint, c.certificate, jsonb_build_object('id', p.id, 'identifier', p.identifier, 'name', p.name,
          'headerVersion', p.header_version, 'allTypes', p.all_types,
          'typeIds', coalesce((SELECT jsonb_agg(t.type_id) FROM partner_type t WHERE t.partner_id = p.id), '[]')) AS partner
        FROM partner_certificate c JOIN partner p ON p.id = c.partner_id AND p.removed_at IS NULL
        WHERE c.fingerprint = $1 OR c.kind = 'ca'`,
      values: [fingerprint],
    })
  ).rows
