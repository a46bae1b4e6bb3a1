import { createHash, createHmac } from 'node:crypto'
import type { LinkSettings } from '../context'

/** 192 bits: nobody finds one by trying, and an address with it fits a line of a mail. */
const tokenBytes = 24

/** The token in the address of a link. It is derived whenever it is shown and stored nowhere. */
export const tokenOf = (key: Buffer, linkId: string): string =>
  createHmac('sha256', key).update(linkId).digest().subarray(0, tokenBytes).toString('base64url')

/** By which the database finds a link. */
export const tokenHash = (token: string): Buffer => createHash('sha256').update(token).digest()

/** What can be a token at all. */
export const tokenForm = /^[A-Za-z0-9_-]{32}$/

/** The address of the customer's page. Whoever has it sees the activation code: it is for the customer and staff who may see links. */
export const customerPageUrl = ({ links }: { links: LinkSettings }, linkId: string): string =>
  `${links.baseUrl}/e/${tokenOf(links.key, linkId)}`
