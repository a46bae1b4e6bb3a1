import { addJob } from './jobs'
import { one, type Queryable, type Transaction } from './pool'

/** The name of the queue's job that delivers a mail. */
export const MAIL_JOB = 'mail'

export interface NewMail {
  to: string
  subject: string
  text: string
}

const enqueueMail = (db: Queryable, id: string) => addJob(db, MAIL_JOB, { mail: id }, { jobKey: `mail:${id}` })

/** Adds a mail with the job that delivers it. @returns its id */
export async function insertMail(tx: Transaction, { to, subject, text }: NewMail): Promise<string> {
  const row = await one<{ id: string }>(tx, {
    text: 'INSERT INTO outbox (recipient, subject, body) VALUES ($1, $2, $3) RETURNING id',
    values: [to, subject, text],
  })
  if (!row) throw new Error('A mail was not inserted.')
  await enqueueMail(tx, row.id)
  return row.id
}

/** A mail that is still to be sent; undefined when it was, or was removed. */
export const readUnsentMail = (db: Queryable, id: string): Promise<(NewMail & { createdAt: Date }) | undefined> =>
  one<NewMail & { createdAt: Date } & Record<string, unknown>>(db, {
    text: 'SELECT recipient AS to, subject, body AS text, created_at AS "createdAt" FROM outbox WHERE id = $1 AND sent_at IS NULL',
    values: [id],
  })

export const markMailSent = (db: Queryable, id: string) =>
  db.query({ text: 'UPDATE outbox SET sent_at = now(), failure = NULL WHERE id = $1', values: [id] })

/** Keeps why a mail was not sent, in a sentence. */
export const markMailFailed = (db: Queryable, id: string, failure: string) =>
  db.query({ text: 'UPDATE outbox SET failure = $2 WHERE id = $1 AND sent_at IS NULL', values: [id, failure] })

/** Lets mails be tried (again) from now on: one, or all that were not sent. @returns how many */
export async function retryMails(tx: Transaction, id?: string): Promise<number> {
  const { rows } = await tx.query<{ id: string }>({
    text: 'UPDATE outbox SET failure = NULL WHERE sent_at IS NULL AND ($1::uuid IS NULL OR id = $1) RETURNING id',
    values: [id ?? null],
  })
  for (const mail of rows) await enqueueMail(tx, mail.id)
  return rows.length
}

/** Takes a mail that was not sent out of the outbox. False when it was sent meanwhile. */
export async function removeUnsentMail(tx: Transaction, id: string): Promise<boolean> {
  const { rowCount } = await tx.query({ text: 'DELETE FROM outbox WHERE id = $1 AND sent_at IS NULL', values: [id] })
  return rowCount === 1
}

/** A mail as the page of the outbox shows it. */
export interface OutboxRow {
  id: string
  to: string
  subject: string
  text: string
  createdAt: Date
  sentAt: Date | null
  /** Of the last attempt. */
  failure: string | null
  /** When it is tried next; null when nobody will by itself. */
  nextAttemptAt: Date | null
}

/** Mails, newest first; `before` is the id of the last one seen. */
export async function listMails(db: Queryable, { before, limit }: { before?: string | undefined; limit: number }): Promise<OutboxRow[]> {
  const { rows } = await db.query<OutboxRow & Record<string, unknown>>({
    text: `SELECT o.id, o.recipient AS to, o.subject, o.body AS text, o.created_at AS "createdAt", o.sent_at AS "sentAt", o.failure,
        j.run_at AS "nextAttemptAt"
      FROM outbox o LEFT JOIN graphile_worker._private_jobs j ON j.key = 'mail:' || o.id AND j.attempts < j.max_attempts AND o.sent_at IS NULL
      WHERE $1::uuid IS NULL OR (o.created_at, o.id) < (SELECT created_at, id FROM outbox WHERE id = $1)
      ORDER BY o.created_at DESC, o.id DESC LIMIT $2`,
    values: [before ?? null, limit],
  })
  return rows
}

/** How many mails were not sent and wait for a person. */
export async function countKeptMails(db: Queryable): Promise<number> {
  const row = await one<{ count: number }>(db, {
    text: `SELECT count(*)::int AS count FROM outbox o WHERE sent_at IS NULL AND NOT EXISTS (
      SELECT FROM graphile_worker._private_jobs j WHERE j.key = 'mail:' || o.id AND j.attempts < j.max_attempts)`,
  })
  return row?.count ?? 0
}
