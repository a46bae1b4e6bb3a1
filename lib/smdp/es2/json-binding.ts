import { z } from 'zod'
import { hasSmdsAddress } from '@/lib/db/partners/order-owner-rows'
import type { Queryable, Transaction } from '@/lib/db/pool'
import { FINAL_STATUS } from '@/lib/orders/cancel-order'
import { ConfirmationCode } from '@/lib/rsp/confirmation-code'
import { Eid, Iccid, PeerMatchingId, SmdsAddress } from '@/lib/rsp/identifiers'
import { RspError, STATUS, type StatusName } from '@/lib/rsp/status'
import { cancelOrder } from './cancel-order'
import { confirmOrder } from './confirm-order'
import type { Es2Call, Executed } from './context'
import { downloadOrder } from './download-order'
import { releaseProfile } from './release-profile'

/** A member of a request, and how a wrong one is answered; without `missing` it may be left out. */
interface Field<Schema extends z.ZodType = z.ZodType> {
  schema: Schema
  malformed: StatusName
  missing?: StatusName
}
type Fields = Record<string, Field>
type Read<F extends Fields> = {
  [Name in keyof F]: z.output<F[Name]['schema']> | (F[Name] extends { missing: StatusName } ? never : undefined)
}

const optional = <Schema extends z.ZodType>(schema: Schema, malformed: StatusName = 'formatInvalid') => ({ schema, malformed })
const required = <Schema extends z.ZodType>(schema: Schema, missing: StatusName = 'fieldMissing') => ({
  schema,
  malformed: 'formatInvalid' as const,
  missing,
})

const controlFree = (max: number) => z.string().regex(new RegExp(`^[^\\p{Cc}\\p{Cs}]{1,${max}}$`, 'u'))

/** In reading order, padded with F to 19 or 20 characters or not. */
const PaddedIccid = z
  .string()
  .regex(/^[0-9]{18,20}[Ff]{0,2}$/)
  .max(20)
  .transform(text => text.replace(/[Ff]+$/, ''))
  .pipe(Iccid)

const FIELDS = {
  downloadOrder: { eid: optional(Eid), iccid: optional(PaddedIccid), profileType: optional(controlFree(200)) },
  confirmOrder: {
    iccid: required(PaddedIccid, 'profileFieldMissing'),
    eid: optional(Eid),
    matchingId: optional(PeerMatchingId, 'matchingIdInvalid'),
    confirmationCode: optional(ConfirmationCode),
    smdsAddress: optional(SmdsAddress, 'smdsInaccessible'),
    releaseFlag: required(z.boolean()),
  },
  cancelOrder: {
    iccid: required(PaddedIccid, 'profileFieldMissing'),
    eid: optional(Eid),
    matchingId: optional(PeerMatchingId, 'matchingIdInvalid'),
    finalProfileStatusIndicator: required(z.enum(FINAL_STATUS), 'profileFieldMissing'),
  },
  releaseProfile: { iccid: required(PaddedIccid, 'profileFieldMissing') },
} satisfies Record<string, Fields>

export type Es2FunctionName = keyof typeof FIELDS
export const ES2_FUNCTIONS = Object.keys(FIELDS) as Es2FunctionName[]

type Json = Record<string, unknown>

/**
 * Members in the order in which they are listed; others are passed over. Systems that write null for what they leave out are understood.
 * @throws RspError as the fields say
 */
function read<F extends Fields>(fields: F, body: Json): Read<F> {
  const values: Json = {}
  for (const [name, { schema, malformed, missing }] of Object.entries(fields)) {
    const given = body[name] ?? undefined
    if (given === undefined) {
      if (missing) throw new RspError(missing, name)
      continue
    }
    const parsed = schema.safeParse(given)
    if (!parsed.success) throw new RspError(malformed, name)
    values[name] = parsed.data
  }
  return values as Read<F>
}

/** A call whose members have been read. */
export interface Prepared {
  /** That the call names */
  iccid: string | undefined
  run(tx: Transaction, call: Es2Call): Promise<Executed>
  /** Whether an SM-DS may have to be asked before it is done */
  needsSmds(db: Queryable): Promise<boolean>
}

function prepare<Request extends { iccid?: string | undefined }>(
  request: Request,
  run: (tx: Transaction, call: Es2Call, request: Request) => Promise<Executed>,
  needsSmds: Prepared['needsSmds'],
): Prepared {
  return { iccid: request.iccid, run: (tx, call) => run(tx, call, request), needsSmds }
}

const never = async () => false

/** The whole interface (SGP.22 §5.3, §6.5.2): each function reads its members. @throws RspError where one is missing or malformed */
export const es2: Record<Es2FunctionName, (body: Json) => Prepared> = {
  downloadOrder: body => {
    const request = read(FIELDS.downloadOrder, body)
    return prepare(request, downloadOrder, never)
  },
  confirmOrder: body => {
    const request = read(FIELDS.confirmOrder, body)
    return prepare(request, confirmOrder, async () => request.smdsAddress !== undefined && request.releaseFlag)
  },
  cancelOrder: body => {
    const request = read(FIELDS.cancelOrder, body)
    return prepare(request, cancelOrder, db => hasSmdsAddress(db, request.iccid))
  },
  releaseProfile: body => {
    const request = read(FIELDS.releaseProfile, body)
    return prepare(request, releaseProfile, db => hasSmdsAddress(db, request.iccid))
  },
}

export const isEs2Function = (name: string): name is Es2FunctionName => Object.hasOwn(es2, name)

const Header = { functionRequesterIdentifier: required(controlFree(255)), functionCallIdentifier: required(controlFree(255)) }
export type RequestHeader = Read<typeof Header>

/** The header of a request. @throws RspError fieldMissing, formatInvalid */
export function readHeader({ header }: Json): RequestHeader {
  if (header === undefined || header === null) throw new RspError('fieldMissing', 'header')
  if (typeof header !== 'object' || Array.isArray(header)) throw new RspError('formatInvalid', 'header')
  return read(Header, header as Json)
}

const notKept = '(not kept)'
const notRead = '(not read)'
const mostKeptCharacters = 300
const headerNames = Object.keys(Header)

const keptValue = (value: unknown): unknown =>
  typeof value === 'string' ? value.slice(0, mostKeptCharacters) : value === null || typeof value !== 'object' ? value : notRead

const keptMembers = (members: Json, known: readonly string[]): Json =>
  Object.fromEntries(
    Object.entries(members)
      .slice(0, 40)
      .map(([name, value]) => [
        name.slice(0, 80),
        name === 'confirmationCode' ? notKept : known.includes(name) ? keptValue(value) : notRead,
      ]),
  )

/** A request as it is kept for people: no confirmation code, and of members that nobody reads their names only. */
export function keptRequest(name: Es2FunctionName, { header, ...members }: Json): Json {
  const heading =
    typeof header === 'object' && header !== null && !Array.isArray(header) ? keptMembers(header as Json, headerNames) : undefined
  return { ...(heading ? { header: heading } : {}), ...keptMembers(members, Object.keys(FIELDS[name])) }
}

/** The answer of a function that was executed. */
export const succeeded = (members: Record<string, string>): object => ({
  header: { functionExecutionStatus: { status: 'Executed-Success' } },
  ...members,
})

/** The answer of one that was refused: the header only, and nothing that is not in the table. */
export function failed(status: StatusName): object {
  const { subjectCode, reasonCode, message } = STATUS[status]
  return { header: { functionExecutionStatus: { status: 'Failed', statusCodeData: { subjectCode, reasonCode, message } } } }
}
