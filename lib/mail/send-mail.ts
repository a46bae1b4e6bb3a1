import { insertMail } from '@/lib/db/outbox-rows'
import type { Transaction } from '@/lib/db/pool'
import { isMailAddress } from './mail-settings'

export interface Mail {
  /** One address. */
  to: string
  subject: string
  /** Plain text, which is also kept and shown in the portal: nothing secret. */
  text: string
}

/**
 * Puts a mail into the outbox; a server delivers it once the transaction is committed, again and again for some days if it must.
 * Without a mail server (SMTP_URL) it stays in the outbox. @returns its id. @throws when `to` is no address
 */
export function sendMail(tx: Transaction, { to, subject, text }: Mail): Promise<string> {
  if (!isMailAddress(to)) throw new Error('A mail was to be sent to what is no address.')
  return insertMail(tx, { to, subject: subject.replace(/\p{Cc}+/gu, ' '), text })
}
