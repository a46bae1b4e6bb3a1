import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { isLoopback } from '@/lib/env-fields'
import type { Origin } from './client-address'
import { hostNameOf } from './host-routing'

// Styles: components that place themselves set style attributes, toasts bring a style element of their own.
const contentSecurityPolicy = (nonce: string, development: boolean): string =>
  [
    `default-src 'self'`,
    `script-src 'self' 'nonce-${nonce}'${development ? " 'unsafe-eval'" : ''}`,
    `style-src 'self' 'unsafe-inline'`,
    `img-src 'self' blob: data:`,
    `object-src 'none'`,
    `base-uri 'none'`,
    `form-action 'self'`,
    `frame-ancestors 'none'`,
  ].join('; ')

/**
 * Sets those of the headers that keep the portal's pages to themselves which differ from request to request; next.config.js has the
 * others. Next takes the nonce for its scripts from the request's header.
 */
export function secure(req: IncomingMessage, res: ServerResponse, origin: Origin, development: boolean): void {
  const policy = contentSecurityPolicy(randomBytes(16).toString('base64'), development)
  req.headers['content-security-policy'] = policy
  delete req.headers['content-security-policy-report-only']
  res.setHeader('content-security-policy', policy)
  transportSecurity(res, origin)
}

/** Tells browsers that came by TLS never to come without it. */
export function transportSecurity(res: ServerResponse, origin: Origin): void {
  const name = hostNameOf(origin.host)
  if (origin.secure && name !== undefined && !isLoopback(name)) res.setHeader('strict-transport-security', 'max-age=31536000')
}
