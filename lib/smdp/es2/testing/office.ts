import { randomBytes, randomUUID } from 'node:crypto'
import type { KnownPartner } from '@/lib/partners/known-partner'
import { address, customerUrl, type Laboratory } from '@/lib/smdp/testing/laboratory'
import type { EventRegistrar } from '../../es12/registrar'
import { answerEs2, type Es2Answer } from '../answer'
import type { Es2Context } from '../context'
import type { Es2FunctionName } from '../json-binding'
import { Turns } from '../turns'

type Json = Record<string, unknown>

export interface Called {
  status: number
  headers: Record<string, string>
  /** As it was sent */
  text: string
  json: Json
  /** `ok`, or `subject/reason` of the refusal */
  verdict: string
}

/** A partner who may use every type, unless it is said otherwise. */
export const partnerNamed = (identifier: string, more: Partial<KnownPartner> = {}): KnownPartner => ({
  id: randomUUID(),
  identifier,
  name: identifier,
  headerVersion: '2.2.2',
  allTypes: true,
  typeIds: [],
  ...more,
})

/** Calls ES2+ of a laboratory's SM-DP+ in process, in the name of partners. */
export class Office {
  /** Of SM-DS; left out: none is known */
  registrar: EventRegistrar | undefined

  constructor(readonly lab: Laboratory) {}

  context = (): Es2Context => ({
    db: this.lab.db,
    vault: this.lab.vault,
    callKey: Buffer.alloc(32, 7),
    smdpAddress: address,
    links: { key: Buffer.alloc(32, 8), baseUrl: customerUrl },
    registrar: this.registrar,
    smdsTurns: new Turns(2),
    clock: () => this.lab.now,
    random: bytes => randomBytes(bytes),
  })

  /** The header of a call of its own. */
  header = ({ identifier }: Pick<KnownPartner, 'identifier'>): Json => ({
    functionRequesterIdentifier: identifier,
    functionCallIdentifier: randomUUID(),
  })

  /** One call; members may bring a header of their own. */
  call(partner: KnownPartner, name: Es2FunctionName, members: Json): Promise<Called> {
    return this.post(partner, name, JSON.stringify({ header: this.header(partner), ...members }))
  }

  /** One call as it comes over HTTP. */
  async post(partner: KnownPartner, name: string, body: string, headers: { 'x-admin-protocol'?: string } = {}): Promise<Called> {
    const path = `/gsma/rsp2/es2plus/${name}`
    return read(await answerEs2({ path, headers, body: Buffer.from(body), partner, address: '192.0.2.1' }, this.context()))
  }
}

function read({ status, headers, body }: Es2Answer): Called {
  const json = JSON.parse(body) as Json
  const execution = (json.header as { functionExecutionStatus: Json } | undefined)?.functionExecutionStatus
  const code = execution?.statusCodeData as { subjectCode: string; reasonCode: string } | undefined
  const verdict = execution?.status === 'Executed-Success' ? 'ok' : code ? `${code.subjectCode}/${code.reasonCode}` : `HTTP ${status}`
  return { status, headers, text: body, json, verdict }
}
