import type { IncomingHttpHeaders } from 'node:http'
import { isDatabaseAway } from '@/lib/db/failures'
import { reportIncident } from '@/lib/incident'
import { type KnownPartner, partnerActor } from '@/lib/partners/known-partner'
import { iccidForPeer } from '@/lib/rsp/identifiers'
import { RspError } from '@/lib/rsp/status'
import { answerOnce, contentOf, contentOfItsOwn, keepRefusal, type ReceivedCall } from './calls'
import type { Es2Call, Es2Context, Executed } from './context'
import { type Es2FunctionName, es2, isEs2Function, keptRequest, type Prepared, readHeader, succeeded } from './json-binding'
import { es2Context } from './process-context'

export interface Es2Request {
  /** As in /gsma/rsp2/es2plus/downloadOrder */
  path: string
  headers: IncomingHttpHeaders
  body: Buffer
  /** To whom the client's certificate belongs */
  partner: KnownPartner
  /** Client address */
  address?: string | undefined
}

export interface Es2Answer {
  status: number
  headers: Record<string, string>
  body: string
}

/** Largest body that is read. */
export const maxEs2BodyBytes = 65_536

const functionPath = /^\/gsma\/rsp2\/es2plus\/([A-Za-z]{1,64})$/
const versionText = /^\s*gsma\/rsp\/v[23]\.\d{1,3}(\.\d{1,3})?\s*$/i

const headersFor = ({ headerVersion }: KnownPartner) => ({
  'content-type': 'application/json',
  'x-admin-protocol': `gsma/rsp/v${headerVersion}`,
  'cache-control': 'no-store',
})

/**
 * Answers one ES2+ call over HTTP (SGP.22 §6.5). What a function says, also its refusal, is 200; what is no call at all (unknown function, no JSON object,
 * another protocol) is 400 or 404; faults of ours are 500, a database that is away 503: then nothing was done and the call may be made again.
 */
export async function answerEs2(request: Es2Request, given?: Es2Context): Promise<Es2Answer> {
  const startedAt = performance.now()
  const headers = headersFor(request.partner)
  const say = (status: number, message: string, more: Record<string, string> = {}): Es2Answer => ({
    status,
    headers: { ...headers, ...more },
    body: JSON.stringify({ message }),
  })
  const name = functionPath.exec(request.path)?.[1]
  if (!name || !isEs2Function(name)) return say(404, 'ES2+ has no such function here.')
  const version = request.headers['x-admin-protocol']
  if (version !== undefined && !versionText.test(String(version)))
    return say(400, 'X-Admin-Protocol is not understood: gsma/rsp/v2.x.y is expected.')
  const body = readJson(request.body)
  if (!body) return say(400, 'The body must be a JSON object.')
  try {
    const ctx = given ?? es2Context()
    const answer = await execute(ctx, request, { name, body, durationUs: () => Math.round((performance.now() - startedAt) * 1_000) })
    return { status: 200, headers, body: JSON.stringify(inOrder(answer)) }
  } catch (error) {
    if (isDatabaseAway(error)) return say(503, 'The database is away. Nothing was done; call again.', { 'retry-after': '5' })
    if (error instanceof RangeError && error.message.startsWith('The body')) return say(400, error.message)
    return say(500, `Something went wrong. Its number is ${reportIncident(error, `ES2+ ${name}`)}.`)
  }
}

interface Given {
  name: Es2FunctionName
  body: Record<string, unknown>
  durationUs: () => number
}

async function execute(ctx: Es2Context, { partner, address }: Es2Request, { name, body, durationUs }: Given): Promise<object> {
  const at = ctx.clock()
  const call: ReceivedCall = {
    // What cannot be told from a repetition, or depends on the settings of the partner, is judged anew each time.
    key: { partnerId: partner.id, functionCallIdentifier: identifierOf(body), content: contentOfItsOwn() },
    function: name,
    request: keptRequest(name, body),
    iccid: undefined,
    address,
    at,
    durationUs,
  }
  let prepared: Prepared
  try {
    const header = readHeader(body)
    if (header.functionRequesterIdentifier !== partner.identifier) throw new RspError('functionRequesterNotAllowed')
    call.key.content = contentOf(ctx.callKey, name, body)
    prepared = es2[name](body)
  } catch (error) {
    if (error instanceof RspError) return keepRefusal(ctx.db, call, error.status)
    throw error
  }
  call.iccid = prepared.iccid
  const { vault, random, smdpAddress, links, registrar } = ctx
  const orders = { actor: partnerActor(partner, address), now: at, random, vault, smdpAddress, links, partner }
  const given: Es2Call = { orders, registrar, functionCallIdentifier: call.key.functionCallIdentifier }
  const once = () =>
    answerOnce(ctx.db, call, async tx => {
      const executed = await prepared.run(tx, given)
      return { iccid: executed.iccid, response: succeeded(membersOf(executed, body, partner)) }
    })
  return (await prepared.needsSmds(ctx.db)) ? ctx.smdsTurns.take(once) : once()
}

/** The ICCID of an answer is spelt as the caller has spelt it. */
function membersOf(
  { members }: Executed,
  { iccid: asSent }: Record<string, unknown>,
  { headerVersion }: KnownPartner,
): Record<string, string> {
  if (members.iccid === undefined) return members
  return { ...members, iccid: typeof asSent === 'string' ? asSent : iccidForPeer(members.iccid, headerVersion) }
}

function identifierOf({ header }: Record<string, unknown>): string {
  try {
    return readHeader({ header }).functionCallIdentifier
  } catch {
    return ''
  }
}

const first = ['header', 'functionExecutionStatus', 'status', 'statusCodeData', 'subjectCode', 'reasonCode', 'message', 'iccid', 'eid']

/** The database keeps an answer without the order of its members: whoever calls again shall get the same text. */
function inOrder(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value
  const place = (name: string) => (first.includes(name) ? first.indexOf(name) : first.length)
  const members = Object.entries(value).sort(([a], [b]) => place(a) - place(b) || (a < b ? -1 : 1))
  return Object.fromEntries(members.map(([name, each]) => [name, inOrder(each)]))
}

/** The body as a JSON object; undefined when it is none. */
function readJson(body: Buffer): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'))
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
