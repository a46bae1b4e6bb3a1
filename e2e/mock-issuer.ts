import { createHash, createSign, generateKeyPairSync, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

/** An OpenID Connect issuer for tests: it signs in whoever comes, as the person that the test has put there. */
export interface MockIssuer {
  issuer: string
  clientId: string
  clientSecret: string
  /** Claims of the next person who signs in */
  person: Record<string, unknown>
  stop(): Promise<void>
}

const base64Url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

async function formOf(request: IncomingMessage): Promise<URLSearchParams> {
  let text = ''
  for await (const chunk of request) text += chunk
  return new URLSearchParams(text)
}

export async function startMockIssuer(): Promise<MockIssuer> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const [clientId, clientSecret] = ['slipway', randomBytes(16).toString('hex')]
  const codes = new Map<string, URLSearchParams>()
  const mock = { person: {} as Record<string, unknown> }

  const idToken = (asked: URLSearchParams): string => {
    const now = Math.floor(Date.now() / 1_000)
    const claims = { iss: issuer, aud: clientId, iat: now, exp: now + 300, nonce: asked.get('nonce'), ...mock.person }
    const signed = `${base64Url({ alg: 'RS256', kid: '1' })}.${base64Url(claims)}`
    return `${signed}.${createSign('sha256').update(signed).sign(privateKey, 'base64url')}`
  }

  /** RFC 7636 §4.6, and the client's secret: an answer only to whom began. */
  const tokenAnswer = async (request: IncomingMessage): Promise<[number, unknown]> => {
    const form = await formOf(request)
    const asked = codes.get(form.get('code') ?? '')
    codes.delete(form.get('code') ?? '')
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url')
    const basic = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`
    if (!asked || asked.get('code_challenge') !== challenge || request.headers.authorization !== basic)
      return [400, { error: 'invalid_grant' }]
    return [200, { access_token: 'unused', token_type: 'Bearer', expires_in: 300, id_token: idToken(asked) }]
  }

  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', issuer)
    const json = (status: number, body: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    if (pathname === '/.well-known/openid-configuration') {
      json(200, {
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/jwks`,
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256'],
      })
    } else if (pathname === '/jwks') {
      json(200, { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: '1', alg: 'RS256', use: 'sig' }] })
    } else if (pathname === '/authorize') {
      const code = randomBytes(16).toString('hex')
      codes.set(code, searchParams)
      const back = new URL(searchParams.get('redirect_uri') ?? issuer)
      back.search = new URLSearchParams({ code, state: searchParams.get('state') ?? '' }).toString()
      response.writeHead(302, { location: back.href }).end()
    } else if (pathname === '/token') {
      json(...(await tokenAnswer(request)))
    } else json(404, {})
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return Object.assign(mock, {
    issuer,
    clientId,
    clientSecret,
    stop: () => new Promise<void>(resolve => server.close(() => resolve())),
  })
}
