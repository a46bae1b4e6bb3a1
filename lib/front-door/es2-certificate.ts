import { X509Certificate } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { DetailedPeerCertificate, TLSSocket } from 'node:tls'

/** A client's certificate, of which somebody has seen that the client has its key: we ourselves, or the proxy that speaks TLS with it. */
export interface Shown {
  /** DER */
  raw: Buffer
  /** DER of what came with it, its issuer first */
  chain: Buffer[]
}

const mostInChain = 5
const ofSockets = new WeakMap<TLSSocket, Shown | 'none'>()

/**
 * What a client has shown in the handshake of this connection. Its signature over the handshake proves that it has the key, whoever has issued the
 * certificate; a session taken up again proves nothing, and on one without a certificate `authorized` is true all the same: none of that counts.
 */
export function shownInHandshake(socket: TLSSocket): Shown | undefined {
  const known = ofSockets.get(socket)
  if (known) return known === 'none' ? undefined : known
  const shown = socket.encrypted && !socket.isSessionReused() ? certificatesOf(socket.getPeerCertificate(true)) : undefined
  ofSockets.set(socket, shown ?? 'none')
  return shown
}

function certificatesOf(leaf: Partial<DetailedPeerCertificate> | null): Shown | undefined {
  if (!leaf?.raw) return undefined
  const chain: Buffer[] = []
  const seen = new Set([leaf.fingerprint256])
  let issuer = leaf.issuerCertificate
  while (issuer?.raw && !seen.has(issuer.fingerprint256) && chain.length < mostInChain) {
    seen.add(issuer.fingerprint256)
    chain.push(issuer.raw)
    issuer = issuer.issuerCertificate
  }
  return { raw: leaf.raw, chain }
}

const base64 = /^[A-Za-z0-9+/\s]+={0,2}\s*$/
const pemBlock = /-----BEGIN CERTIFICATE-----([^-]+)-----END CERTIFICATE-----/g

/**
 * The certificates in a proxy's header, the client's own first: `:base64:` (RFC 9440), PEM, whole or escaped as in a URL, or the base64 of the DER; undefined
 * when there is none, or anything else.
 */
export function certificatesInHeader(text: string): Shown | undefined {
  const value = text.trim().replace(/^"(.*)"$/s, '$1')
  const bytes = /^:[^:]*:$/.test(value) ? [value.slice(1, -1)] : value.includes('BEGIN') ? inPem(value) : [value]
  try {
    const [raw, ...chain] = bytes.slice(0, mostInChain).map(each => {
      if (!base64.test(each)) throw new Error('not base64')
      return Buffer.from(new X509Certificate(Buffer.from(each, 'base64')).raw)
    })
    return raw && { raw, chain }
  } catch {
    return undefined
  }
}

/** In a header, line breaks are escaped, blanks or tabs. */
function inPem(value: string): string[] {
  try {
    const pem = value.includes('%') ? decodeURIComponent(value) : value
    return [...pem.matchAll(pemBlock)].map(([, body = '']) => body)
  } catch {
    return []
  }
}

/**
 * What the proxy says that the client has shown. The header must be there once: a second one would be the client's own, which the proxy should have taken
 * away.
 */
export function shownByProxy(req: IncomingMessage, header: string): Shown | undefined {
  const values = req.headersDistinct[header] ?? []
  const [value] = values
  return values.length === 1 && value ? certificatesInHeader(value) : undefined
}
