import { constants } from 'node:crypto'
import type { Env } from '@/lib/env'
import { networkList } from './client-address'
import { type Es2Door, es2Handler } from './es2'
import { type Listener, listen, listenTls } from './listeners'
import type { TlsContexts } from './tls-contexts'

const requestTimeout = 30_000

/**
 * Certificates are asked for, and judged by us, not by a list of CAs: partners bring their own. Without tickets no session is taken up again, so each
 * connection has a handshake in which the client proves that it has the key.
 */
const mutual = { requestCert: true, rejectUnauthorized: false, secureOptions: constants.SSL_OP_NO_TICKET }

/**
 * Opens the port of ES2+: mutual TLS, or behind a proxy that ends it plain HTTP, for this proxy alone.
 * @throws a sentence when the port cannot be opened
 */
export function listenEs2(
  { es2Port, es2Proxy, host }: Pick<Env, 'es2Port' | 'es2Proxy' | 'host'>,
  door: Omit<Es2Door, 'proxy'>,
  contexts: TlsContexts,
): Promise<Listener> {
  const port = { variable: 'ES2_PORT', port: es2Port, host }
  if (!es2Proxy) return listenTls(port, { request: es2Handler(door) }, contexts, { requestTimeout, tls: mutual })
  const proxy = { addresses: networkList(es2Proxy.addresses), certificateHeader: es2Proxy.certificateHeader }
  return listen(port, { request: es2Handler({ ...door, proxy }) }, { requestTimeout })
}
