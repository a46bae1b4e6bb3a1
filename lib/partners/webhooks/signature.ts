import { createHmac } from 'node:crypto'

/** Header of a webhook call that proves who sent it, and when. */
export const signatureHeader = 'slipway-signature'

/** Under which name the vault keeps a webhook's secret. */
export const endpointSecretIdentity = (endpointId: string): string => `endpoint_secret:${endpointId}`

/**
 * `t=<seconds since 1970>,v1=<hex>`: HMAC-SHA-256 over `<t>.<body>` under the octets of the secret's text.
 */
export function signatureOf(secret: string, body: string, at: Date): string {
  const seconds = Math.floor(at.getTime() / 1_000)
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`
}
