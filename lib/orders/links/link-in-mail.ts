import { goodLinks } from '@/lib/db/customer-link-rows'
import type { Queryable } from '@/lib/db/pool'
import type { Vault } from '@/lib/vault/vault'
import type { LinkSettings } from '../context'
import { customerLinkKey } from './link-key'
import { customerPageUrl } from './link-token'

const placeholder = /customer-page:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/g

/** Stands for a link in a mail that waits in the outbox: the token goes into it on its way out. */
export const linkPlaceholder = (linkId: string): string => `customer-page:${linkId}`

const linksIn = (text: string): string[] => [...text.matchAll(placeholder)].flatMap(([, linkId]) => linkId ?? [])

/** Puts the addresses into a mail. */
export const fillLinks = (links: LinkSettings, text: string): string =>
  text.replace(placeholder, (_, linkId: string) => customerPageUrl({ links }, linkId))

/** The same for those who are not to have them. */
export const hideLinks = (text: string): string => text.replace(placeholder, '(the customer’s link)')

/** For deliveries: puts the addresses into a mail, unless one of them can be opened no more. */
export const completeMail =
  ({ db, vault, customerUrl }: { db: Queryable; vault: Vault; customerUrl: string }) =>
  async (text: string): Promise<{ text: string } | { failure: string }> => {
    const linkIds = linksIn(text)
    if (linkIds.length === 0) return { text }
    const good = await goodLinks(db, linkIds)
    if (!linkIds.every(linkId => good.has(linkId)))
      return { failure: 'The link in this mail was revoked before it was sent, so it was not sent.' }
    return { text: fillLinks({ key: await customerLinkKey(db, vault), baseUrl: customerUrl }, text) }
  }
