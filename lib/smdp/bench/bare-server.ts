import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { env } from '@/lib/env'
import { startRuntime } from '@/lib/runtime'
import { credentials } from '../credentials'
import { answerEs9 } from '../es9/answer'

const prefix = '/gsma/rsp2/es9plus/'

function serve(req: IncomingMessage, res: ServerResponse): void {
  const chunks: Buffer[] = []
  req.on('data', (chunk: Buffer) => chunks.push(chunk))
  req.on('end', async () => {
    if (!req.url?.startsWith(prefix)) return res.writeHead(req.url === '/healthz' ? 200 : 404, { 'content-length': 0 }).end()
    const { status, headers, body } = await answerEs9({ function: req.url.slice(prefix.length), body: Buffer.concat(chunks) })
    res.writeHead(status, status === 204 ? headers : { ...headers, 'content-length': Buffer.byteLength(body) }).end(body)
  })
}

const pemOf = (der: Buffer): string => `-----BEGIN CERTIFICATE-----\n${der.toString('base64')}\n-----END CERTIFICATE-----\n`

/** ES9+ straight on node:http: what is left when the front door is taken away. */
export async function bareServer(): Promise<void> {
  const settings = env()
  const runtime = await startRuntime(settings)
  const [tls] = (await credentials().current()).tls
  if (!tls) throw new Error('There is no certificate for TLS.')
  const key = tls.privateKey.export({ format: 'pem', type: 'pkcs8' })
  const servers = [createTlsServer({ cert: pemOf(tls.certificate), key, minVersion: 'TLSv1.2' }, serve), createServer(serve)]
  servers[0]?.listen(settings.port, '127.0.0.1')
  servers[1]?.listen(settings.httpPort, '127.0.0.1')
  process.on('SIGTERM', async () => {
    for (const server of servers) server.close().closeAllConnections()
    await runtime.stop()
    process.exit(0)
  })
}
