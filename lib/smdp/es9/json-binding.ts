import { TransactionId } from '@/lib/rsp/identifiers'
import { RspError, STATUS, type StatusName } from '@/lib/rsp/status'
import { authenticateClient } from './authenticate-client'
import { cancelSession } from './cancel-session'
import type { Es9Context } from './context'
import { getBoundProfilePackage } from './get-bound-profile-package'
import { handleNotification } from './handle-notification'
import { initiateAuthentication } from './initiate-authentication'

/** Version of SGP.22 that answers name. */
export const adminProtocol = 'gsma/rsp/v2.5.0'

/** A member of a request in its own type; undefined when it has not the form it must have. */
type Reader<T> = (value: unknown) => T | undefined
type Readers = Record<string, Reader<unknown>>
type Read<R extends Readers> = { [Name in keyof R]: Exclude<ReturnType<R[Name]>, undefined> }

/**
 * Base64 with its padding. Node passes over what is none, and then there are fewer octets; the other alphabet's two letters, and letters
 * beyond ASCII, it would take for some of this one.
 */
const octets: Reader<Buffer> = value => {
  if (typeof value !== 'string' || value.length < 4 || value.length % 4 !== 0) return undefined
  if (Buffer.byteLength(value) !== value.length || value.includes('-') || value.includes('_')) return undefined
  const padding = value.endsWith('==') ? 2 : value.endsWith('=') ? 1 : 0
  const read = Buffer.from(value, 'base64')
  return read.length === (value.length / 4) * 3 - padding ? read : undefined
}

const challenge: Reader<Buffer> = value => {
  const read = octets(value)
  return read?.length === 16 ? read : undefined
}

const address: Reader<string> = value => (typeof value === 'string' && value.length >= 1 && value.length <= 255 ? value : undefined)

const transactionId: Reader<string> = value => (typeof value === 'string' ? TransactionId.safeParse(value).data : undefined)

type Members = Record<string, Buffer>

/** One function of the interface: JSON in, members of the answer out; undefined for a notification. */
type JsonFunction = (ctx: Es9Context, body: unknown) => Promise<Members | undefined>

/**
 * Requests have two or three members and are many: read by hand, in the order in which they are listed; others are passed over.
 * @throws RspError fieldMissing, formatInvalid
 */
function parse<R extends Readers>(readers: R, body: unknown): Read<R> {
  const given = body as Record<string, unknown>
  const read: Record<string, unknown> = {}
  for (const name in readers) {
    if (given[name] === undefined) throw new RspError('fieldMissing', name)
    read[name] = readers[name]?.(given[name])
    if (read[name] === undefined) throw new RspError('formatInvalid', name)
  }
  return read as Read<R>
}

const call =
  <R extends Readers, Answer extends Record<keyof Answer, Buffer>>(
    readers: R,
    run: (ctx: Es9Context, request: Read<R>) => Answer | Promise<Answer>,
  ): JsonFunction =>
  async (ctx, body) =>
    (await run(ctx, parse(readers, body))) as Members

/** The whole interface (SGP.22 §5.6, §6.5.2). */
export const es9: Record<string, JsonFunction> = {
  initiateAuthentication: call({ euiccChallenge: challenge, euiccInfo1: octets, smdpAddress: address }, initiateAuthentication),
  authenticateClient: call({ transactionId, authenticateServerResponse: octets }, authenticateClient),
  getBoundProfilePackage: call({ transactionId, prepareDownloadResponse: octets }, getBoundProfilePackage),
  cancelSession: call({ transactionId, cancelSessionResponse: octets }, async (ctx, request) => {
    await cancelSession(ctx, request)
    return {}
  }),
  handleNotification: async (ctx, body) => {
    await handleNotification(ctx, parse({ pendingNotification: octets }, body))
    return undefined
  },
}

/** Functions that a device calls by the last part of the path. */
export const isEs9Function = (name: string): boolean => Object.hasOwn(es9, name)

/** Members are hexadecimal or base64, in which nothing needs an escape. */
export function succeeded(members: Members): string {
  let rest = ''
  for (const name in members) {
    const octets = members[name]
    const text = name === 'transactionId' ? octets?.toString('hex').toUpperCase() : octets?.toString('base64')
    rest += `,"${name}":"${text}"`
  }
  return `{"header":{"functionExecutionStatus":{"status":"Executed-Success"}}${rest}}`
}

export function failed(status: StatusName): string {
  const { subjectCode, reasonCode, message } = STATUS[status]
  return JSON.stringify({
    header: { functionExecutionStatus: { status: 'Failed', statusCodeData: { subjectCode, reasonCode, message } } },
  })
}
