import { isDatabaseAway } from '@/lib/db/failures'
import { reportIncident } from '@/lib/incident'
import { RspError } from '@/lib/rsp/status'
import { TlvError } from '@/lib/rsp/tlv'
import type { Es9Context } from './context'
import { adminProtocol, es9, failed, isEs9Function, succeeded } from './json-binding'
import { es9Context } from './process-context'

export interface Es9Request {
  /** Last part of the path */
  function: string
  body: Buffer
  /** Client address, for the list of refused strangers */
  address?: string | undefined
}

export interface Es9Answer {
  status: number
  headers: Record<string, string>
  body: string
}

/** Largest body that is read. */
export const maxEs9BodyBytes = 65_536

const headers = { 'content-type': 'application/json', 'x-admin-protocol': adminProtocol, 'cache-control': 'no-store' }

/** Refusals that come before an eUICC has proved itself in this call: only memory keeps them. */
const noteStranger = (ctx: Es9Context, name: string, error: RspError) =>
  ctx.strangers.add({ at: ctx.clock(), function: name, status: error.status, detail: error.detail, address: ctx.clientAddress })

/**
 * Answers one ES9+ call over HTTP (SGP.22 §6.5). Functional refusals are 200 with a Failed status; what is no JSON object is
 * 400; while the database is away the answer is 503, so that devices keep what they have.
 */
export async function answerEs9(request: Es9Request, given?: Es9Context): Promise<Es9Answer> {
  const run = isEs9Function(request.function) ? es9[request.function] : undefined
  if (!run) return { status: 404, headers, body: '' }
  const body = readJson(request.body)
  if (body === undefined) return { status: 400, headers, body: JSON.stringify({ message: 'The body must be a JSON object.' }) }
  try {
    const ctx: Es9Context = { ...(given ?? (await es9Context())), clientAddress: request.address }
    return await execute(ctx, request.function, () => run(ctx, body))
  } catch (error) {
    if (isDatabaseAway(error)) return { status: 503, headers: { ...headers, 'retry-after': '5' }, body: '' }
    const id = reportIncident(error, `ES9+ ${request.function}`)
    const status = request.function === 'handleNotification' ? 503 : 500
    return { status, headers, body: JSON.stringify({ message: `Something went wrong. Its number is ${id}.` }) }
  }
}

async function execute(ctx: Es9Context, name: string, run: () => Promise<Record<string, Buffer> | undefined>): Promise<Es9Answer> {
  try {
    const members = await run()
    return members
      ? { status: 200, headers, body: succeeded(members) }
      : { status: 204, headers: { 'x-admin-protocol': adminProtocol }, body: '' }
  } catch (error) {
    const refusal = error instanceof TlvError ? new RspError('formatInvalid', error.message) : error
    if (!(refusal instanceof RspError)) throw error
    if (refusal.kept) ctx.strangers.charge(ctx.clientAddress)
    else noteStranger(ctx, name, refusal)
    if (name === 'handleNotification') return { status: 400, headers, body: failed(refusal.status) }
    return { status: 200, headers, body: failed(refusal.status) }
  }
}

/** The body as a JSON object; undefined when it is none. */
function readJson(body: Buffer): object | undefined {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'))
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}
