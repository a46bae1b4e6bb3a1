import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Queryable } from '@/lib/db/pool'
import type { Ledger } from './plain-transport'

const text = readFileSync(join(import.meta.dirname, 'invariants.sql'), 'utf8')

/** What is broken in the database, a sentence each. */
export async function brokenInvariants(db: Queryable): Promise<string[]> {
  const { rows } = await db.query<{ broken: string; what: string }>({ text })
  return rows.map(({ broken, what }) => `not true that ${broken}: ${what}`)
}

/** What the server has acknowledged and the database does not know. */
export async function forgotten(db: Queryable, ledger: Ledger): Promise<string[]> {
  const missing = async (wanted: Set<string>, known: string) => {
    const { rows } = await db.query<{ missing: string }>({
      text: `SELECT wanted AS missing FROM unnest($1::text[]) wanted EXCEPT ${known}`,
      values: [[...wanted]],
    })
    return rows.map(row => row.missing)
  }
  const notifications = await missing(ledger.notifications, `SELECT encode(sha256(raw), 'hex') FROM notification`)
  const sessions = await missing(ledger.sessions, 'SELECT transaction_id FROM rsp_session')
  const packages = await missing(ledger.packages, 'SELECT transaction_id FROM rsp_session WHERE binding_id IS NOT NULL')
  return [
    ...notifications.map(digest => `a notification was acknowledged and is not stored: ${digest}`),
    ...sessions.map(id => `a session was opened and is not stored: ${id}`),
    ...packages.map(id => `a package was given out and its binding is not stored: ${id}`),
  ]
}
