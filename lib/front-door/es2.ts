import type { IncomingMessage, ServerResponse } from 'node:http'
import type { BlockList } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { plainAddress } from '@/lib/accounts/forwarded-address'
import { isDatabaseAway } from '@/lib/db/failures'
import { reportIncident } from '@/lib/incident'
import type { KnownPartner } from '@/lib/partners/known-partner'
import type { UnknownCaller } from '@/lib/partners/partner-of-certificate'
import { type Es2Answer, type Es2Request, maxEs2BodyBytes } from '@/lib/smdp/es2/answer'
import { answer, answerJson, asJson, refuseAndClose } from './answers'
import { clientAddress, isAmong } from './client-address'
import { type Shown, shownByProxy, shownInHandshake } from './es2-certificate'
import { mayBeJson } from './es9'
import { answerHealth } from './health'
import { WorkQueue } from './limits/work-queue'
import { BodyRefused, readBody } from './read-body'
import { pathOf } from './request-handler'

/** What answers ES2+. */
export interface Es2Service {
  partnerOf(shown: Shown): Promise<KnownPartner | UnknownCaller>
  answerEs2(request: Es2Request): Promise<Es2Answer>
}

export interface Es2Door {
  /** Undefined while the server starts or stops */
  service: () => Es2Service | undefined
  health: () => Promise<string[]>
  /** Set: TLS ends at these addresses, and nobody else is served. */
  proxy?: { addresses: BlockList; certificateHeader: string } | undefined
}

interface Call {
  service: Es2Service
  partner: KnownPartner
  /** Path */
  asked: string
  address: string | undefined
}

const bodyTimeoutMs = 15_000
const busySeconds = '2'
const path = /^\/gsma\/rsp2\/es2plus\//

/** Partners are few and known, but none may keep the others, or the downloads, from the database. */
const inWork = 12
const inWorkAndWaiting = 400
const ofOnePartner = 150
const maxWaitMs = 15_000

const noCertificate =
  'ES2+ needs the client certificate of a partner, shown in a full TLS handshake. Set one up in your client, and ask the operator of this server to enter it.'
const noCertificateOfProxy = 'The proxy in front of this server has handed on no client certificate, or more than one.'

/** Takes the requests of the ES2+ port: who it is by the certificate, then one at a time of so many what the function says. */
export function es2Handler(door: Es2Door): (req: IncomingMessage, res: ServerResponse) => void {
  const queue = new WorkQueue({ concurrency: inWork, queue: inWorkAndWaiting, maxWaitMs, now: () => performance.now() })
  const ofPartners = new Map<string, number>()
  const busy = (req: IncomingMessage, res: ServerResponse) => {
    if (!req.complete) res.setHeader('connection', 'close')
    answerJson(res, 503, { message: 'The server is busy. Nothing was done; call again.' }, { 'retry-after': busySeconds })
  }

  async function serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const { proxy } = door
    const peer = plainAddress(req.socket.remoteAddress)
    if (proxy && !isAmong(peer, proxy.addresses)) return refuseJson(req, res, 403, 'This port serves the TLS proxy of this server alone.')
    const asked = pathOf(req.url)
    if (asked === '/healthz') return answerHealth(req.method ?? '', res, door.health)
    const service = door.service()
    if (!service) {
      res.setHeader('retry-after', '1')
      return refuseJson(req, res, 503, 'The server is not ready. Try again.')
    }
    const shown = proxy ? shownByProxy(req, proxy.certificateHeader) : shownInHandshake(req.socket as TLSSocket)
    if (!shown) return refuseJson(req, res, 403, proxy ? noCertificateOfProxy : noCertificate)
    const partner = await service.partnerOf(shown)
    if ('refusal' in partner) return refuseJson(req, res, 403, partner.refusal)
    if (!asked || !path.test(asked)) return refuseJson(req, res, 404, 'There is nothing here.')
    if (req.method !== 'POST') {
      res.setHeader('allow', 'POST')
      return refuseJson(req, res, 405, 'ES2+ functions are called with POST.')
    }
    if (!mayBeJson(req.headers)) return refuseJson(req, res, 415, 'ES2+ functions take application/json, not compressed.')
    const forwarded = req.headers['x-forwarded-for']
    const address = proxy ? clientAddress(peer, Array.isArray(forwarded) ? forwarded.join() : forwarded, proxy.addresses) : peer
    await inTurn(req, res, { service, partner, asked, address })
  }

  async function inTurn(req: IncomingMessage, res: ServerResponse, { service, partner, asked, address }: Call): Promise<void> {
    const before = ofPartners.get(partner.id) ?? 0
    if (before >= ofOnePartner) return busy(req, res)
    ofPartners.set(partner.id, before + 1)
    try {
      const body = await readBody(req, { maxBytes: maxEs2BodyBytes, timeoutMs: bodyTimeoutMs })
      if ((await queue.enter('session')) !== 'entered') return busy(req, res)
      try {
        if (res.destroyed) return
        const { headers } = req
        const answered = await service.answerEs2({ path: asked, headers, body, partner, ...(address ? { address } : {}) })
        answer(res, answered.status, answered.headers, answered.body)
      } finally {
        queue.leave()
      }
    } finally {
      const left = (ofPartners.get(partner.id) ?? 1) - 1
      if (left > 0) ofPartners.set(partner.id, left)
      else ofPartners.delete(partner.id)
    }
  }

  return (req, res) => {
    serve(req, res).catch(error => {
      if (error instanceof BodyRefused) return refuseJson(req, res, error.status, error.message)
      if (req.destroyed && !req.complete) return
      if (isDatabaseAway(error)) return refuseJson(req, res, 503, 'The database is away. Nothing was done; call again.')
      const id = reportIncident(error, 'ES2+')
      if (res.headersSent) res.destroy()
      else refuseJson(req, res, 500, `Something went wrong. Its number is ${id}.`)
    })
  }
}

/** Refuses in a sentence, and closes: what is still to come of the body is of no use. */
const refuseJson = (req: IncomingMessage, res: ServerResponse, status: number, message: string): void =>
  refuseAndClose(req, res, status, message, asJson)
