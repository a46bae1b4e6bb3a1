import type { z } from 'zod'
import { currentLink, customerPageUrl } from '@/lib/orders/links/customer-links'
import type { Iccid } from '@/lib/rsp/identifiers'
import type { CustomerLink } from '../_contract/links'
import type { Plain, ServeContext } from './answer'

/** The link of a profile as it is now. */
export async function linkAnswer({ db, orders }: ServeContext, iccid: Iccid): Promise<Plain<z.input<typeof CustomerLink>> | undefined> {
  const link = await currentLink(db, iccid)
  return link && { ...link, url: link.revokedAt ? null : customerPageUrl(await orders(), link.linkId) }
}
