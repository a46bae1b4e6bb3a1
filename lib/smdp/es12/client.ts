import { randomUUID } from 'node:crypto'
import { Agent } from 'node:https'
import { createSecureContext } from 'node:tls'
import { z } from 'zod'
import { RspError, STATUS, type StatusName } from '@/lib/rsp/status'
import type { CredentialSnapshot } from '../credentials'
import { adminProtocol } from '../es9/json-binding'
import { type ClientIdentity, clientIdentity, pemOf, requesterOf } from './client-identity'
import { NotReached, post } from './post'
import { type EventRegistrar, MayBeDone, type SmdsEvent } from './registrar'
import type { SmdsSettings } from './settings'

interface Options {
  credentials: () => Promise<Pick<CredentialSnapshot, 'cis' | 'tls'>>
  /** Where devices are sent: the SM-DP+ address as in activation codes */
  smdpAddress: string
  smds: SmdsSettings
  /** PEM of `smds.caFile` */
  ca?: string | undefined
  clock?: (() => Date) | undefined
  timeoutMs?: number
  /** Is told why an SM-DS could not do it: no EIDs and no EventIDs. */
  warn?: (sentence: string) => void
}

/** A registrar whose connections are kept until it is closed. */
export interface Es12Client extends EventRegistrar {
  close(): void
}

type FunctionName = 'registerEvent' | 'deleteEvent'

/** What was answered instead of success. */
interface Refusal {
  /** `subject/reason`, or words */
  verdict: string
  /** It says that nothing was done. */
  certain: boolean
}

const Answer = z.object({
  header: z.object({
    functionExecutionStatus: z.object({
      status: z.string(),
      statusCodeData: z.object({ subjectCode: z.string(), reasonCode: z.string() }).nullish(),
    }),
  }),
})

const answerWithinMs = 10_000
// One that lets us wait is left alone for a moment, or all who order would wait in a row.
const restMs = 5_000
const connectionsToEach = 4

const codeOf = (status: StatusName): string => `${STATUS[status].subjectCode}/${STATUS[status].reasonCode}`

/**
 * ES12 (SGP.22 §5.5, §6.5.2): JSON over mutual TLS, as CERT.DPtls. The SM-DS must have a certificate under a CA that is trusted and in its own name.
 */
export function createEventRegistrar(options: Options): Es12Client {
  const { credentials, smdpAddress, smds, ca, clock = () => new Date(), timeoutMs = answerWithinMs } = options
  const warn = options.warn ?? (sentence => console.warn(`${clock().toISOString()} ES12: ${sentence}`))
  const resting = new Map<string, number>()
  let held: { id: string; agent: Agent; identity: ClientIdentity } | undefined

  const inaccessible = (address: string, why: string, sent = false) => {
    warn(`the SM-DS ${address} is not accessible: ${why}.`)
    return new (sent ? MayBeDone : RspError)('smdsInaccessible', `${address}: ${why}`)
  }

  async function connections(address: string) {
    const snapshot = await credentials()
    const identity = clientIdentity(snapshot, smdpAddress, clock())
    if (!identity) throw inaccessible(address, 'this server has no CERT.DPtls to show')
    const id = [identity.fingerprint, ...(ca ? [] : snapshot.cis.map(({ keyId }) => keyId))].join()
    if (held?.id === id) return held
    held?.agent.destroy()
    const { cert, key } = identity
    const trusted = ca ?? snapshot.cis.map(({ certificate }) => pemOf(certificate.raw))
    const secureContext = createSecureContext({ cert, key, ca: trusted, minVersion: 'TLSv1.2' })
    // A session taken up again would show no certificate.
    const agent = new Agent({ keepAlive: true, maxSockets: connectionsToEach, maxCachedSessions: 0, secureContext })
    held = { id, agent, identity }
    return held
  }

  /** @returns undefined when it was done */
  async function call(name: FunctionName, { smdsAddress, eid, eventId }: SmdsEvent): Promise<Refusal | undefined> {
    const asked = smdsAddress.toLowerCase()
    const address = smds.servers[asked] ?? (Object.keys(smds.servers).length === 0 ? asked : undefined)
    if (!address) throw inaccessible(asked, 'it is none of SMDS_ADDRESS')
    if ((resting.get(address) ?? 0) > performance.now()) throw new RspError('smdsInaccessible', `${address} let us wait a moment ago.`)
    const { agent, identity } = await connections(address)
    const more = name === 'registerEvent' ? { rspServerAddress: smdpAddress, forwardingIndicator: smds.forwarding } : {}
    const header = { functionRequesterIdentifier: requesterOf(identity, smdpAddress), functionCallIdentifier: randomUUID() }
    try {
      const { status, text } = await post({
        agent,
        address,
        path: `/gsma/rsp2/es12/${name}`,
        headers: { 'content-type': 'application/json', 'x-admin-protocol': adminProtocol },
        body: JSON.stringify({ header, eid, eventId, ...more }),
        timeoutMs,
      })
      resting.delete(address)
      return refusalOf(status, text)
    } catch (error) {
      if (!(error instanceof NotReached)) throw error
      if (error.timedOut) resting.set(address, performance.now() + restMs)
      throw inaccessible(address, error.message, error.sent)
    }
  }

  function refused(name: FunctionName, { smdsAddress }: SmdsEvent, { verdict, certain }: Refusal): RspError {
    warn(`the SM-DS ${smdsAddress} has refused ${name}: ${verdict}.`)
    return new (certain ? RspError : MayBeDone)('smdsError', `${smdsAddress}: ${verdict}`)
  }

  async function remove(event: SmdsEvent): Promise<void> {
    const refusal = await call('deleteEvent', event)
    if (refusal && refusal.verdict !== codeOf('eventUnknown')) throw refused('deleteEvent', event, refusal)
  }

  /** Takes away what stands under this name: ours, of a call that was not committed, or somebody else's, which only its owner can delete. */
  async function makeRoom(event: SmdsEvent): Promise<void> {
    try {
      await remove(event)
    } catch (error) {
      if (error instanceof RspError && error.status === 'smdsInaccessible') throw new MayBeDone(error.status, error.detail)
      throw error
    }
  }

  return {
    register: async event => {
      let refusal = await call('registerEvent', event)
      if (refusal?.verdict === codeOf('eventExists')) {
        await makeRoom(event)
        refusal = await call('registerEvent', event)
      }
      if (refusal) throw refused('registerEvent', event, refusal)
    },
    delete: remove,
    close: () => held?.agent.destroy(),
  }
}

function refusalOf(status: number, text: string): Refusal | undefined {
  if (status !== 200) return { verdict: `HTTP ${status}`, certain: status >= 400 && status < 500 }
  const answer = Answer.safeParse(parsed(text))
  if (!answer.success) return { verdict: 'an answer that is none of ES12', certain: false }
  const { status: executed, statusCodeData } = answer.data.header.functionExecutionStatus
  if (executed === 'Executed-Success' || executed === 'Executed-WithWarning') return undefined
  const verdict = statusCodeData ? `${statusCodeData.subjectCode}/${statusCodeData.reasonCode}` : executed.slice(0, 40)
  return { verdict, certain: executed === 'Failed' }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
