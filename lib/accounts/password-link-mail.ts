import { one, type Queryable, type Transaction } from '@/lib/db/pool'
import { sendMail } from '@/lib/mail/send-mail'
import type { Account } from './account'
import { mailedLinkHours } from './link-times'
import { makeLink } from './one-time-link'

const placeholder = /password-link:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@([0-9]{1,15})/
const everyPlaceholder = new RegExp(placeholder, 'g')

/** Why somebody gets a link: they are new here, or asked for another password. */
export type LinkOccasion = 'invitation' | 'newPassword'

const OCCASIONS: Record<LinkOccasion, { subject: string; opening: (who: string) => string }> = {
  invitation: {
    subject: 'Your access to the eSIM portal',
    opening: who => `${who} has given you access to the eSIM portal. Set your password with this link:`,
  },
  newPassword: {
    subject: 'A new password for the eSIM portal',
    opening: who => `${who} has had a link made for you with which you set a new password for the eSIM portal:`,
  },
}

/**
 * Writes somebody a mail with a link to set a password. What waits in the outbox, where others can read it, holds no link: it is made
 * when the mail leaves, and its hours count from then.
 */
export function mailPasswordLink(
  tx: Transaction,
  account: Account,
  by: { name: string },
  occasion: LinkOccasion,
  now: Date,
): Promise<string> {
  const { subject, opening } = OCCASIONS[occasion]
  const paragraphs = [
    account.name ? `Hello ${account.name},` : 'Hello,',
    opening(by.name),
    `password-link:${account.id}@${now.getTime()}`,
    `It works once, within ${mailedLinkHours} hours. You sign in as ${account.email}.`,
    'If you do not know what this is about, leave the link alone and tell the sender.',
  ]
  return sendMail(tx, { to: account.email, subject, text: `${paragraphs.join('\n\n')}\n` })
}

/** The same text for those who read the outbox. */
export const hidePasswordLinks = (text: string): string => text.replace(everyPlaceholder, '(a link to set a password)')

/** For deliveries: makes the link of a mail, unless its time is over. */
export const completePasswordLink =
  ({ db, portalUrl, now }: { db: Queryable; portalUrl: string; now: () => Date }) =>
  async (text: string): Promise<{ text: string } | { failure: string }> => {
    const [, accountId, askedAt] = placeholder.exec(text) ?? []
    if (accountId === undefined) return { text }
    const wanted = await one(db, {
      text: `SELECT 1 FROM account a WHERE id = $1 AND disabled_at IS NULL AND oidc_subject IS NULL
        AND NOT EXISTS (SELECT FROM one_time_link l WHERE l.account_id = a.id AND l.used_at >= $2)`,
      values: [accountId, new Date(Number(askedAt))],
    })
    if (!wanted)
      return { failure: 'The person has set a password meanwhile, or was locked out before this mail was sent, so it was not sent.' }
    const { url } = await makeLink(db, accountId, portalUrl, now(), mailedLinkHours * 60)
    return { text: text.replace(everyPlaceholder, url) }
  }
