import { markMailFailed, markMailSent, readUnsentMail } from '@/lib/db/outbox-rows'
import type { Queryable } from '@/lib/db/pool'
import type { MailSettings } from './mail-settings'
import { deliverBySmtp } from './smtp'

interface Options {
  /** Undefined: no mail server is set, so that mail stays in the outbox. */
  settings: MailSettings | undefined
  /** Nobody tries again by itself after this. */
  isLast: boolean
  /** Puts into a mail what the outbox does not keep; a mail that makes no sense any more is not sent, for the reason given. */
  complete?: (text: string) => Promise<{ text: string } | { failure: string }>
}

/**
 * Delivers a mail of the outbox and keeps what came of it there. Once handed to the mail server it is not handed over again, unless the
 * process dies in that very moment. @returns the sentence with which it is to be tried again later; undefined when there is no need
 */
export async function deliverMail(db: Queryable, id: string, { settings, isLast, complete }: Options): Promise<string | undefined> {
  const mail = settings && (await readUnsentMail(db, id))
  if (!mail) return undefined
  const { createdAt, ...letter } = mail
  const whole = (await complete?.(letter.text)) ?? { text: letter.text }
  if ('failure' in whole) {
    await markMailFailed(db, id, whole.failure)
    return undefined
  }
  const delivery = await deliverBySmtp(settings, { id, ...letter, ...whole, date: createdAt })
  if (delivery.outcome === 'sent') {
    await markMailSent(db, id)
    return undefined
  }
  const given = isLast ? `${delivery.sentence} It was tried for days, and is not tried again by itself.` : delivery.sentence
  await markMailFailed(db, id, given)
  return delivery.outcome === 'later' ? delivery.sentence : undefined
}
