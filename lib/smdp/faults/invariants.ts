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

/** What the server has acknowledged and the database does not know. @param swept old sessions have been removed */
export async function forgotten(db: Queryable, ledger: Ledger, swept = false): Promise<string[]> {
  const missing = async (table: string, wanted: Set<string>, condition: string) => {
    const { rows } = await db.query<{ missing: string }>({
      text: `SELECT w AS missing FROM unnest($1::text[]) w WHERE NOT EXISTS (SELECT FROM ${table} WHERE ${condition})`,
      values: [[...wanted]],
    })
    return rows.map(row => row.missing)
  }
  const notifications = await missing('notification', ledger.notifications, `sha256(raw) = decode(w, 'hex')`)
  const sessions = swept ? [] : await missing('rsp_session', ledger.sessions, 'transaction_id = w')
  const packages = swept ? [] : await missing('rsp_session', ledger.packages, 'transaction_id = w AND binding_id IS NOT NULL')
  return [
    ...notifications.map(digest => `a notification was acknowledged and is not stored: ${digest}`),
    ...sessions.map(id => `a session was opened and is not stored: ${id}`),
    ...packages.map(id => `a package was given out and its binding is not stored: ${id}`),
  ]
}
