import { createPrivateKey } from 'node:crypto'
import type { Card } from '@/lib/phone/card'
import { Euicc } from '@/lib/phone/euicc'
import type { LoadResult } from '@/lib/phone/load-bound-profile-package'
import type { CancelReasonName } from '@/lib/phone/refusal'
import { signRaw } from '@/lib/rsp/crypto/ecdsa'
import { readAll, readSingle, tlv } from '@/lib/rsp/tlv'
import type { Es9Context } from '../es9/context'
import { type Answer, address, type Laboratory } from './laboratory'

/** Members of a signed SEQUENCE, each with tag and length; what is returned is signed in their place. */
export type Edit = (members: Buffer[]) => Buffer[]

/** `Executed-Success`, or `subject/reason` of a refusal, or the HTTP status of what is neither. */
export function verdictOf({ status, json }: Answer): string {
  const execution = json?.header?.functionExecutionStatus
  if (!execution) return `HTTP ${status}`
  const data = execution.statusCodeData
  return data ? `${data.subjectCode}/${data.reasonCode}` : execution.status
}

/** A member of an answer in octets. */
export const octetsOf = (answer: Answer, name: string): Buffer => Buffer.from(String(answer.json[name] ?? ''), 'base64')

/** Puts `element` in the place of the member with its tag, or at the end. */
export const replaced =
  (element: Buffer): Edit =>
  members => {
    const { tag } = readSingle(element)
    const at = members.findIndex(member => readSingle(member).tag === tag)
    return at < 0 ? [...members, element] : members.with(at, element)
  }

const membersOf = (value: Buffer): Buffer[] => readAll(value).map(member => member.raw)

/** A device that goes through ES9+ step by step; each message can be changed before the eUICC's key signs it. */
export class Device {
  readonly euicc: Euicc
  /** Hexadecimal, of the session under way */
  transactionId = ''
  /** Last answer to authenticateClient */
  client: Answer | undefined
  /** Changes what the server works with while it answers this device. */
  through: ((ctx: Es9Context) => Es9Context) | undefined

  constructor(
    readonly lab: Laboratory,
    readonly card: Card = lab.card(),
  ) {
    this.euicc = new Euicc(card, { now: () => lab.now })
  }

  /** r ‖ s in its element, with the key of the card's first certificate or the one that fits `ciKeyId`. */
  sign(...parts: Buffer[]): Buffer {
    const key = Buffer.from(this.card.credentials[0]?.euiccPrivateKey ?? '', 'base64')
    return tlv(0x5f37, signRaw(createPrivateKey({ key, format: 'der', type: 'pkcs8' }), ...parts))
  }

  private call = (name: string, body: object): Promise<Answer> => this.lab.call(name, body, this.through)

  initiate(smdpAddress = address, euiccInfo1 = this.euicc.getEuiccInfo1()): Promise<Answer> {
    return this.call('initiateAuthentication', {
      euiccChallenge: this.euicc.getEuiccChallenge().toString('base64'),
      euiccInfo1: euiccInfo1.toString('base64'),
      smdpAddress,
    })
  }

  /** Begins a session and answers the AuthenticateServerResponse. @param edit changes euiccSigned1 */
  async proof(matchingId?: string, edit?: Edit): Promise<Buffer> {
    const initiated = await this.initiate()
    if (verdictOf(initiated) !== 'Executed-Success') throw new Error(`initiateAuthentication: ${verdictOf(initiated)}`)
    this.transactionId = String(initiated.json.transactionId)
    const response = this.euicc.authenticateServer({
      serverSigned1: octetsOf(initiated, 'serverSigned1'),
      serverSignature1: octetsOf(initiated, 'serverSignature1'),
      euiccCiPKIdToBeUsed: octetsOf(initiated, 'euiccCiPKIdToBeUsed'),
      serverCertificate: octetsOf(initiated, 'serverCertificate'),
      ...(matchingId === undefined ? {} : { matchingId }),
    })
    return edit ? this.signedAgain(response, edit) : response
  }

  /** A whole authentication. @param edit changes euiccSigned1 before it is signed */
  async authenticate(matchingId?: string, edit?: Edit): Promise<Answer> {
    return this.sendProof(await this.proof(matchingId, edit))
  }

  async sendProof(authenticateServerResponse: Buffer, transactionId = this.transactionId): Promise<Answer> {
    this.client = await this.call('authenticateClient', {
      transactionId,
      authenticateServerResponse: authenticateServerResponse.toString('base64'),
    })
    return this.client
  }

  /** PrepareDownloadResponse. @param options.edit changes euiccSigned2 */
  prepare(options: { confirmationCode?: string; newOneTimeKey?: boolean; edit?: Edit } = {}): Buffer {
    const { edit, ...rest } = options
    if (!this.client) throw new Error('not authenticated')
    const smdpSignature2 = octetsOf(this.client, 'smdpSignature2')
    const response = this.euicc.prepareDownload({
      ...rest,
      smdpSigned2: octetsOf(this.client, 'smdpSigned2'),
      smdpSignature2,
      smdpCertificate: octetsOf(this.client, 'smdpCertificate'),
    })
    return edit ? this.signedAgain(response, edit, smdpSignature2) : response
  }

  fetch(options: Parameters<Device['prepare']>[0] = {}): Promise<Answer> {
    return this.sendPrepared(this.prepare(options))
  }

  sendPrepared(prepareDownloadResponse: Buffer, transactionId = this.transactionId): Promise<Answer> {
    return this.call('getBoundProfilePackage', {
      transactionId,
      prepareDownloadResponse: prepareDownloadResponse.toString('base64'),
    })
  }

  load(bound: Answer, interruptAfterSegments?: number): LoadResult {
    return this.euicc.loadBoundProfilePackage(octetsOf(bound, 'boundProfilePackage'), interruptAfterSegments)
  }

  /** @param edit changes euiccCancelSessionSigned */
  cancel(reason: CancelReasonName, edit?: Edit): Promise<Answer> {
    const response = this.euicc.cancelSession(reason)
    return this.sendCancel(edit ? this.signedAgain(response, edit) : response)
  }

  sendCancel(cancelSessionResponse: Buffer, transactionId = this.transactionId): Promise<Answer> {
    return this.call('cancelSession', { transactionId, cancelSessionResponse: cancelSessionResponse.toString('base64') })
  }

  notify = (pendingNotification: Buffer): Promise<Answer> =>
    this.call('handleNotification', { pendingNotification: pendingNotification.toString('base64') })

  /** Authenticates and fetches the package. */
  async downloaded(matchingId?: string, options: Parameters<Device['prepare']>[0] = {}): Promise<Answer> {
    const client = await this.authenticate(matchingId)
    if (verdictOf(client) !== 'Executed-Success') throw new Error(`authenticateClient: ${verdictOf(client)}`)
    const bound = await this.fetch(options)
    if (verdictOf(bound) !== 'Executed-Success') throw new Error(`getBoundProfilePackage: ${verdictOf(bound)}`)
    return bound
  }

  /** CHOICE { [0] SEQUENCE { signed, signature, … } } with changed members, signed again. */
  private signedAgain(response: Buffer, edit: Edit, ...alsoSigned: Buffer[]): Buffer {
    const { tag, value } = readSingle(response)
    const [signed, , ...rest] = membersOf(readSingle(value, 0xa0).value)
    if (!signed) throw new Error('nothing signed')
    const changed = tlv(0x30, ...edit(membersOf(readSingle(signed).value)))
    return tlv(tag, tlv(0xa0, changed, this.sign(changed, ...alsoSigned), ...rest))
  }
}
