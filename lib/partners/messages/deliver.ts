import { type DueEndpoint, endpointAnswered, endpointFailed } from '@/lib/db/partners/endpoint-rows'
import {
  asOnlyDeliverer,
  type DueMessage,
  dueMessages,
  giveUpOld,
  messageFailed,
  messageSent,
  tryUnansweredNow,
} from '@/lib/db/partners/message-rows'
import type { Database } from '@/lib/db/pool'
import type { Vault } from '@/lib/vault/vault'
import { endpointSecretIdentity, signatureHeader, signatureOf } from '../webhooks/signature'
import { backOffMs, manyFailures, tryForMs } from './back-off'
import { atOnce, type Connections } from './connections'
import { NotReached, post } from './post'

export interface DeliveryContext {
  db: Database
  vault: Vault
  connections: Connections
  clock: () => Date
  /** For one answer */
  timeoutMs: number
  /** For how long an endpoint is worked for before others have their turn and its settings are read again */
  turnMs: number
  /** Ends taking more */
  signal: AbortSignal
  /** Ends what is on its way */
  cut: AbortSignal
}

/** Answers that say that the whole endpoint cannot take anything just now: too many requests, or its proxy stands alone. */
const OVERLOADED = [429, 502, 503, 504]

const usualTimeoutMs = 10_000
const usualTurnMs = 5_000
export const deliveryTimes = { timeoutMs: usualTimeoutMs, turnMs: usualTurnMs }

/** What became of one try; `trouble`: the endpoint is to be left alone for a moment. */
interface Outcome {
  trouble?: string
}

/**
 * Sends what waits for an endpoint, for a while: of each profile one message at a time in their order, several profiles at once. One that gets no answer
 * lets the endpoint rest; one that is refused waits by itself, and holds up its own profile only. Nobody else delivers to this endpoint meanwhile.
 * @returns how many messages were tried; undefined when somebody else delivers
 */
export async function deliverTo(ctx: DeliveryContext, endpoint: DueEndpoint): Promise<number | undefined> {
  let tried = 0
  const did = await asOnlyDeliverer(ctx.db, endpoint.id, async broken => {
    tried = await work({ ...ctx, signal: AbortSignal.any([ctx.signal, broken]) }, endpoint)
  })
  return did ? tried : undefined
}

async function work(ctx: DeliveryContext, endpoint: DueEndpoint): Promise<number> {
  const send = await sender(ctx, endpoint)
  const onTheWay = new Map<string, Promise<void>>()
  const until = performance.now() + ctx.turnMs
  let { failures } = endpoint
  let trouble: string | undefined
  let fault: { error: unknown } | undefined
  let tried = 0

  const begin = (message: DueMessage) => {
    tried++
    const sending = send(message, failures)
      .then(
        outcome => {
          trouble ??= outcome.trouble
          if (!outcome.trouble) failures = 0
        },
        (error: unknown) => {
          fault ??= { error }
        },
      )
      .finally(() => onTheWay.delete(message.iccid))
    onTheWay.set(message.iccid, sending)
  }

  try {
    while (!trouble && !fault && !ctx.signal.aborted && performance.now() < until) {
      // One that did not answer is asked by a single message.
      const places = (failures > 0 ? 1 : atOnce) - onTheWay.size
      const next = places > 0 ? await dueMessages(ctx.db, endpoint.id, { now: ctx.clock(), not: [...onTheWay.keys()], limit: places }) : []
      for (const message of next) begin(message)
      if (onTheWay.size === 0) break
      await Promise.race(onTheWay.values())
    }
  } finally {
    await Promise.all(onTheWay.values())
  }
  if (fault) throw fault.error
  if (trouble && !ctx.cut.aborted) await letRest(ctx, endpoint.id, failures + 1, trouble)
  return tried
}

async function letRest({ db, clock }: DeliveryContext, endpointId: string, failures: number, failure: string): Promise<void> {
  const now = clock()
  await endpointFailed(db, endpointId, { at: now, failure, nextTryAt: new Date(now.getTime() + backOffMs(failures)) })
  // What nobody has tried of late is as old as what was.
  if (failures >= manyFailures) await giveUpOld(db, endpointId, { before: new Date(now.getTime() - tryForMs), failure })
}

const printable = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim()

/** What sends one message and writes down what became of it. */
async function sender(ctx: DeliveryContext, endpoint: DueEndpoint): Promise<(message: DueMessage, failures: number) => Promise<Outcome>> {
  const { db, clock, timeoutMs, cut } = ctx
  const agent = await ctx.connections.to(endpoint)
  const headersOf = await headers(ctx.vault, endpoint)

  return async (message, failures) => {
    const began = performance.now()
    const body = JSON.stringify(message.body)
    const answer = await post({ agent, url: endpoint.url, headers: headersOf(message, body, clock()), body, timeoutMs, signal: cut }).catch(
      error => {
        if (error instanceof NotReached) return error
        throw error
      },
    )
    // At its next start this server sends it again: who knows whether it came.
    if (answer instanceof NotReached && cut.aborted) return {}
    const now = clock()
    const tried = {
      at: now,
      answerStatus: answer instanceof NotReached ? null : answer.status,
      durationMs: Math.round(performance.now() - began),
    }
    if (!(answer instanceof NotReached) && answer.status >= 200 && answer.status < 300) {
      await messageSent(db, message.id, tried)
      await endpointAnswered(db, endpoint.id, now)
      if (failures >= recoveredAfter) await tryUnansweredNow(db, endpoint.id, now)
      return {}
    }
    const failure = answer instanceof NotReached ? answer.message : refusalSentence(answer)
    const attempts = message.attempts + 1
    const isOver = attempts >= manyFailures && now.getTime() - message.createdAt.getTime() >= tryForMs
    const nextTryAt = isOver ? null : new Date(now.getTime() + backOffMs(attempts))
    await messageFailed(db, message.id, { ...tried, failure, nextTryAt })
    if (answer instanceof NotReached || OVERLOADED.includes(answer.status)) return { trouble: failure }
    await endpointFailed(db, endpoint.id, { at: now, failure, nextTryAt: null })
    return {}
  }
}

/** Failures in a row after which it was an outage, and not one message at which the endpoint chokes. */
const recoveredAfter = 4

const refusalSentence = ({ status, text }: { status: number; text: string }): string => {
  const said = printable(text)
  if (status >= 300 && status < 400) return `It answered ${status}: redirects are not followed.`
  return said ? `It answered ${status}: ${said}` : `It answered ${status}.`
}

type Headers = (message: DueMessage, body: string, at: Date) => Record<string, string>

async function headers(vault: Vault, { id, kind, secret, headerVersion }: DueEndpoint): Promise<Headers> {
  const common = { 'content-type': 'application/json', accept: 'application/json' }
  if (kind === 'es2plus') return () => ({ ...common, 'x-admin-protocol': `gsma/rsp/v${headerVersion}` })
  if (!secret) throw new Error('A webhook has no secret.')
  await vault.load(secret)
  const key = vault.open(secret, endpointSecretIdentity(id)).toString()
  return ({ name, functionCallIdentifier }, body, at) => ({
    ...common,
    'slipway-event': name,
    'slipway-message': functionCallIdentifier,
    [signatureHeader]: signatureOf(key, body, at),
  })
}
