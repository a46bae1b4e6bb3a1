import { markMailFailed, markMailSent, readUnsentMail } from '@/lib/db/outbox-rows'
import type { Queryable } from '@/lib/db/pool'
import type { MailSettings } from './mail-settings'
import { deliverBySmtp } from './smtp'

interface Options {
  /** Undefined: no mail server is set, so that mail stays in the outbox. */
  settings: MailSettings | undefined
  /** Nobody tries again by itself after this. */
  isLast: boolean
}

/**
 * Delivers a mail of the outbox and keeps what came of it there. Once handed to the mail server it is not handed over again, unless the
 * process dies in that very moment. @returns the sentence with which it is to be tried again later; undefined when there is no need
 */
export async function deliverMail(db: Queryable, id: string, { settings, isLast }: Options): Promise<string | undefined> {
  const mail = settings && (await readUnsentMail(db, id))
  if (!mail) return undefined
  const { createdAt, ...letter } = mail
  const delivery = await deliverBySmtp(settings, { id, ...letter, date: createdAt })
  if (delivery.outcome === 'sent') {
    await markMailSent(db, id)
    return undefined
  }
  const given = isLast ? `${delivery.sentence} It was tried for days, and is not tried again by itself.` : delivery.sentence
  await markMailFailed(db, id, given)
  return delivery.outcome === 'later' ? delivery.sentence : undefined
}
