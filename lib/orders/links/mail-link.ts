import { z } from 'zod'
import { requireMay } from '@/lib/accounts/actor'
import { audit } from '@/lib/accounts/audit'
import { isLanguage, LANGUAGES, type Language } from '@/lib/customer-page/language'
import { linkMail } from '@/lib/customer-page/link-mail'
import { keepCustomerEmail, lockMailableLink, type MailableLink, markLinksMailed } from '@/lib/db/customer-link-rows'
import { type Database, type Transaction, transaction } from '@/lib/db/pool'
import { FormError } from '@/lib/form-error'
import { isMailAddress } from '@/lib/mail/mail-settings'
import { sendMail } from '@/lib/mail/send-mail'
import { Iccid } from '@/lib/rsp/identifiers'
import { type Brand, readBrand } from '../brand'
import type { OrderContext } from '../context'
import { linkPlaceholder } from './link-in-mail'

export const MailLinkInput = z.object({
  iccid: Iccid,
  /** Left out: the order's */
  to: z.string().trim().refine(isMailAddress, 'An e-mail address such as name@example.com is expected.').optional(),
  /** Left out: the order's, else English */
  language: z.enum(LANGUAGES).optional(),
})
export type MailLinkInput = z.infer<typeof MailLinkInput>

type MailContext = Pick<OrderContext, 'actor' | 'now'>

/**
 * Writes the customer a mail with the link of the profile's open order, in their language. It waits in the outbox like any other mail,
 * with a placeholder where the link goes.
 * @throws FormError when there is no link, or nobody to write to; NotAllowed
 */
export function mailLink(db: Database, ctx: MailContext, { iccid, to, language }: MailLinkInput): Promise<{ to: string }> {
  requireMay(ctx.actor, 'link:write')
  return transaction(db, async tx => {
    const link = await lockMailableLink(tx, iccid)
    if (!link)
      throw new FormError('There is no link to send: the order of this profile has ended, or its link was revoked. Make a new one first.')
    const recipient = to ?? link.customerEmail
    if (!recipient) throw new FormError('The order names no e-mail address.', { to: 'Enter the customer’s address' })
    if (!isMailAddress(recipient))
      throw new FormError('No mail can be sent to this address.', { to: 'Enter an address such as name@example.com' })
    await writeMail(tx, await readBrand(tx), link, recipient, language)
    await keepCustomerEmail(tx, link.orderId, recipient)
    await markLinksMailed(tx, [{ ...link, to: recipient }], ctx.actor.name, ctx.now)
    await audit(tx, ctx.actor, 'link:write', { target: iccid, detail: { mailed: link.linkId, to: recipient } })
    return { to: recipient }
  })
}

/** Puts the mail of a link into the outbox. */
export function writeMail(tx: Transaction, brand: Brand, link: MailableLink, to: string, language?: Language): Promise<string> {
  const { subject, text } = linkMail(language ?? (isLanguage(link.language) ? link.language : 'en'), {
    brand: brand.name || link.serviceProviderName || '',
    url: linkPlaceholder(link.linkId),
    confirmationCode: link.confirmationCodeRequired,
    ...(link.expiresAt ? { expiresAt: link.expiresAt } : {}),
  })
  return sendMail(tx, { to, subject, text })
}
