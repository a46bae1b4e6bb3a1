import type { z } from 'zod'
import type { Actor } from '@/lib/accounts/actor'
import { hide, type Sight, sightOf } from '@/lib/accounts/sight'
import { type Database, database } from '@/lib/db/pool'
import { env } from '@/lib/env'
import type { OrderContext } from '@/lib/orders/context'
import { type RepeatableCall, repeatableCall } from '@/lib/orders/once/repeatable-call'
import { orderContext } from '@/lib/orders/order-context'
import { vault } from '@/lib/vault/vault'
import type { ApiCall } from '../_contract/call'
import { ApiRefusal } from '../_contract/errors'
import { keyRefused, refusalAnswer } from './refusal-answer'

/** What Next hands to a route beside the request. */
export interface Place {
  params?: Promise<Record<string, string | string[] | undefined>>
}

export interface ServeContext {
  actor: Actor
  db: Database
  now: Date
  sight: Sight
  /** What verbs on orders work with */
  orders(): Promise<OrderContext>
  /** For calls that are made once. @throws ApiRefusal without an Idempotency-Key */
  call(): Promise<RepeatableCall>
  /** Tells the caller that it was answered before. */
  repeated(): void
}

export interface Asked<Params, Query, Body> {
  params: Params
  query: Query
  body: Body
}

/** What answers are made of: moments may be Dates still. */
export type Plain<T> = T extends string
  ? T | Date
  : T extends readonly (infer Each)[]
    ? Plain<Each>[]
    : T extends object
      ? { [Member in keyof T]: Plain<T[Member]> }
      : T

const maxKeyLength = 200

/**
 * Answers a call: reads what was asked by its schemas, does it, masks what the role of the key does not see, and gives what the schema of the
 * answer has, nothing else.
 * @param caller what `requireApi` said
 * @param work answers undefined where there is no such thing
 */
export async function answer<Params extends z.ZodType, Query extends z.ZodType, Body extends z.ZodType, Answer extends z.ZodType>(
  call: ApiCall<Params, Query, Body, Answer>,
  caller: { actor: Actor } | Response,
  request: Request,
  place: Place | undefined,
  work: (
    asked: Asked<z.output<Params>, z.output<Query>, z.output<Body>>,
    context: ServeContext,
  ) => Promise<Plain<z.input<Answer>> | undefined>,
): Promise<Response> {
  if (caller instanceof Response) return keyRefused(caller)
  const { actor } = caller
  let sight: Sight = { eids: false, codes: false }
  try {
    const db = database()
    sight = await sightOf(db, actor.role)
    const params = call.params.parse((await place?.params) ?? {})
    const query = call.query.parse(queryOf(request))
    const body = call.body.parse(await bodyOf(request, call))
    const now = new Date()
    const headers: Record<string, string> = { 'cache-control': 'no-store' }
    const context: ServeContext = {
      actor,
      db,
      now,
      sight,
      orders: () => orderContext({ db, vault: vault(), actor, now }, env()),
      call: () => repeatableCall({ db, vault: vault(), actor }, idempotencyKey(request), [call.operationId, body]),
      repeated: () => {
        headers['idempotent-replayed'] = 'true'
      },
    }
    if (call.once) idempotencyKey(request)
    const made = await work({ params, query, body }, context)
    if (made === undefined) throw new ApiRefusal('notFound')
    const shown: unknown = JSON.parse(JSON.stringify(hide(made, sight)))
    return Response.json(wellFormed(call, shown), { status: call.status, headers })
  } catch (error) {
    return refusalAnswer(error, `api ${call.operationId}`, sight)
  }
}

/** A mistake of ours is no mistake of the caller's. */
function wellFormed({ answer: schema, operationId }: ApiCall, shown: unknown): unknown {
  const parsed = schema.safeParse(shown)
  if (parsed.success) return parsed.data
  const where = parsed.error.issues.map(({ path }) => path.join('.')).join(', ')
  throw new Error(`The answer of ${operationId} is not as its schema says: ${where}`)
}

function queryOf(request: Request): Record<string, string> {
  const query: Record<string, string> = {}
  for (const [name, value] of new URL(request.url).searchParams) {
    if (name in query) throw new ApiRefusal('inputInvalid', 'A parameter stands twice in the address.', { [name]: 'Give it once.' })
    query[name] = value
  }
  return query
}

async function bodyOf(request: Request, { method }: ApiCall): Promise<unknown> {
  if (method === 'GET') return {}
  const text = await request.text()
  if (text.trim() === '') return {}
  try {
    return JSON.parse(text)
  } catch {
    throw new ApiRefusal('inputInvalid', 'The body is not JSON.', { body: 'It is not JSON.' })
  }
}

function idempotencyKey(request: Request): string {
  const key = request.headers.get('idempotency-key')?.trim() ?? ''
  if (key === '') throw new ApiRefusal('idempotencyKeyMissing')
  if (key.length > maxKeyLength || !/^[\x21-\x7e]+$/.test(key))
    throw new ApiRefusal('inputInvalid', 'The Idempotency-Key cannot be used.', {
      'Idempotency-Key': `At most ${maxKeyLength} letters, digits and signs, without blanks.`,
    })
  return key
}
