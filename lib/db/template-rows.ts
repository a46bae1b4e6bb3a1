import { one, type Queryable, type Transaction } from './pool'

export interface NewTemplate {
  id: string
  /** File name */
  name: string
  /** SHA-256 of the bytes */
  digest: Buffer
  /** Sealed by the vault, identity `profile_template:<id>` */
  sealed: Buffer
  bytes: number
  createdAt: Date
  createdBy: string
}

export type TemplateRow = Omit<NewTemplate, 'sealed'>

export const insertTemplate = (tx: Transaction, template: NewTemplate) =>
  tx.query({
    text: `INSERT INTO profile_template (id, name, digest, sealed, bytes, created_at, created_by) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    values: [template.id, template.name, template.digest, template.sealed, template.bytes, template.createdAt, template.createdBy],
  })

/** @param id a UUID */
export const readTemplateRow = (db: Queryable, id: string): Promise<TemplateRow | undefined> =>
  one<TemplateRow & Record<string, unknown>>(db, {
    text: `SELECT id, name, digest, bytes, created_at AS "createdAt", created_by AS "createdBy" FROM profile_template WHERE id = $1`,
    values: [id],
  })

/** @param id a UUID */
export const readSealedTemplate = async (db: Queryable, id: string): Promise<Buffer | undefined> =>
  (
    await one<{ sealed: Buffer }>(db, {
      name: 'template',
      text: 'SELECT sealed FROM profile_template WHERE id = $1',
      values: [id],
    })
  )?.sealed
