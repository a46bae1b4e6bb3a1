import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { MadeCertificate } from '@/lib/partners/testing/certificates'

/** A message of ES2+.HandleDownloadProgressInfo, as far as tests look at it. */
export interface ToldPoint {
  header: { functionRequesterIdentifier: string; functionCallIdentifier: string }
  iccid: string
  notificationPointId: number
  notificationPointStatus: { status: string; statusCodeData?: { subjectCode: string; reasonCode: string } }
  resultData?: string
}

/** What a receiver does with a message instead of taking it: says nothing, hangs up, or answers so. */
export type Failure = 'is silent' | 'hangs up' | 400 | 500 | 503

/** An operator's end of ES2+: takes what it is told, and fails as often as it is asked to. */
export class Receiver {
  /** Every message that came, in that order, taken or not */
  readonly came: ToldPoint[] = []
  /** Those that were answered 204 */
  readonly taken: ToldPoint[] = []
  /** Subjects of the client certificates that were shown */
  readonly shown = new Set<string>()
  /** What the next messages meet, one after the other */
  failures: Failure[] = []
  private readonly held = new Set<ServerResponse>()

  private constructor(private readonly server: Server) {}

  /** @param trusted CA of the clients that may tell something */
  static async open(own: MadeCertificate, trusted: string): Promise<Receiver> {
    const server = createServer({ cert: own.pem, key: own.keyPem, ca: trusted, requestCert: true, rejectUnauthorized: true })
    const receiver: Receiver = new Receiver(server)
    server.on('request', async (req, res) => {
      const chunks: Buffer[] = []
      for await (const chunk of req) chunks.push(chunk as Buffer)
      receiver.shown.add(String((req.socket as TLSSocket).getPeerCertificate().subject.CN))
      receiver.take(JSON.parse(Buffer.concat(chunks).toString('utf8')) as ToldPoint, res)
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return receiver
  }

  get url(): string {
    return `https://localhost:${(this.server.address() as AddressInfo).port}`
  }

  /** Numbers of the points that it has taken of a profile. */
  pointsOf = (iccid: string): number[] =>
    this.taken.filter(told => told.iccid === iccid).map(({ notificationPointId }) => notificationPointId)

  async close(): Promise<void> {
    for (const res of this.held) res.destroy()
    this.server.closeAllConnections()
    this.server.close()
    await once(this.server, 'close')
  }

  private take(told: ToldPoint, res: ServerResponse): void {
    this.came.push(told)
    const failure = this.failures.shift()
    if (failure === 'is silent') this.held.add(res)
    else if (failure === 'hangs up') res.destroy()
    else if (failure) res.writeHead(failure).end()
    else {
      this.taken.push(told)
      res.writeHead(204).end()
    }
  }
}
