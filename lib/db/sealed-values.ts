import { one, type Queryable } from './pool'

/** What is sealed of a profile in stock: with a template the subscriber's values, without one the whole package. */
export const readSealedProfile = (db: Queryable, iccid: string): Promise<{ sealed: Buffer; templateId: string | null } | undefined> =>
  one<{ sealed: Buffer; templateId: string | null }>(db, {
    text: `SELECT p.sealed, p.template_id AS "templateId" FROM profile_package p WHERE p.iccid = $1
      AND EXISTS (SELECT FROM stock WHERE stock.iccid = p.iccid)`,
    values: [iccid],
  })
