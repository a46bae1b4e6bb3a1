import { z } from 'zod'
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

const base64 = /^[A-Za-z0-9+/]+={0,2}$/

const Octets = z
  .string()
  .min(4)
  .refine(text => text.length % 4 === 0 && base64.test(text))
  .transform(text => Buffer.from(text, 'base64'))

const Challenge = Octets.refine(octets => octets.length === 16)

const encode = (members: Record<string, Buffer>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(members).map(([name, octets]) => [
      name,
      name === 'transactionId' ? octets.toString('hex').toUpperCase() : octets.toString('base64'),
    ]),
  )

type Members = Record<string, string>

/** One function of the interface: JSON in, members of the answer out; undefined for a notification. */
type JsonFunction = (ctx: Es9Context, body: unknown) => Promise<Members | undefined>

/** @throws RspError fieldMissing, formatInvalid */
function parse<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const field = issue?.path.join('.') ?? ''
  const missing = issue?.code === 'invalid_type' && !(typeof body === 'object' && body !== null && field in body)
  throw new RspError(missing ? 'fieldMissing' : 'formatInvalid', field)
}

const call =
  <Schema extends z.ZodType>(
    schema: Schema,
    run: (ctx: Es9Context, request: z.output<Schema>) => Record<string, Buffer> | Promise<Record<string, Buffer>>,
  ): JsonFunction =>
  async (ctx, body) =>
    encode(await run(ctx, parse(schema, body)))

const NotificationRequest = z.object({ pendingNotification: Octets })

/** The whole interface (SGP.22 §5.6, §6.5.2). */
export const es9: Record<string, JsonFunction> = {
  initiateAuthentication: call(
    z.object({ euiccChallenge: Challenge, euiccInfo1: Octets, smdpAddress: z.string().min(1).max(255) }),
    (ctx, request) => ({ ...initiateAuthentication(ctx, request) }),
  ),
  authenticateClient: call(z.object({ transactionId: TransactionId, authenticateServerResponse: Octets }), async (ctx, request) => ({
    ...(await authenticateClient(ctx, request)),
  })),
  getBoundProfilePackage: call(z.object({ transactionId: TransactionId, prepareDownloadResponse: Octets }), async (ctx, request) => ({
    ...(await getBoundProfilePackage(ctx, request)),
  })),
  cancelSession: call(z.object({ transactionId: TransactionId, cancelSessionResponse: Octets }), async (ctx, request) => {
    await cancelSession(ctx, request)
    return {}
  }),
  handleNotification: async (ctx, body) => {
    await handleNotification(ctx, parse(NotificationRequest, body))
    return undefined
  },
}

/** Functions that a device calls by the last part of the path. */
export const isEs9Function = (name: string): boolean => Object.hasOwn(es9, name)

/** Members are hexadecimal or base64, in which nothing needs an escape. */
export const succeeded = (members: Members): string => {
  const rest = Object.entries(members).map(([name, text]) => `,"${name}":"${text}"`)
  return `{"header":{"functionExecutionStatus":{"status":"Executed-Success"}}${rest.join('')}}`
}

export function failed(status: StatusName): string {
  const { subjectCode, reasonCode, message } = STATUS[status]
  return JSON.stringify({
    header: { functionExecutionStatus: { status: 'Failed', statusCodeData: { subjectCode, reasonCode, message } } },
  })
}
