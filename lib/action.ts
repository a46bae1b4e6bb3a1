import { headers } from 'next/headers'
import { forbidden, unstable_rethrow } from 'next/navigation'
import { z } from 'zod'
import { type Account, accountActor } from './accounts/account'
import { type Actor, NotAllowed, requireMay } from './accounts/actor'
import { apiKeyActor } from './accounts/api-keys'
import { audit } from './accounts/audit'
import { currentAccount, requireAccount, visitor } from './accounts/current-account'
import { forwardedAddress } from './accounts/forwarded-address'
import { countRefused } from './accounts/refused-callers'
import { may, type Verb } from './accounts/roles'
import { isDatabaseAway } from './db/failures'
import { StaleState } from './db/move-profile'
import { type Database, database } from './db/pool'
import { type Env, env } from './env'
import { FormError } from './form-error'
import { reportIncident } from './incident'
import { RspError, STATUS } from './rsp/status'
import { type Vault, vault } from './vault/vault'

/** What a verb gets beside its input. */
export interface ActionContext {
  actor: Actor
  db: Database
  vault: Vault
  now: Date
  env: Env
}

/** "No", in words for a person; `fields` says what is wrong with which field. */
export interface Refusal {
  ok: false
  message: string
  fields: Record<string, string>
}

export type ActionResult<T> = { ok: true; data: T } | Refusal

const refusal = (message: string, fields: Record<string, string> = {}): Refusal => ({ ok: false, message, fields })

const signedOut = 'You are signed out. Sign in again, then repeat this.'

/** Turns what was thrown into words: what a person can mend or must know; anything else is logged and answered with an id alone. */
export function refusalOf(error: unknown, where: string): Refusal {
  unstable_rethrow(error)
  if (error instanceof FormError) return refusal(error.message, error.fields)
  if (error instanceof RspError) return refusal(STATUS[error.status].meaning)
  if (error instanceof NotAllowed) return refusal(error.message)
  if (error instanceof StaleState) return refusal(`${error.message} Look at it again, then repeat this if it still makes sense.`)
  if (error instanceof z.ZodError) return refusalOfInput(error)
  if (isDatabaseAway(error))
    return refusal('The database does not answer at the moment. Nothing is known to have changed; look again in a minute.')
  return refusal(
    `Something went wrong on our side. If it stays so, tell whoever runs this server the number ${reportIncident(error, where)}.`,
  )
}

function refusalOfInput(error: z.ZodError): Refusal {
  const fields: Record<string, string> = {}
  for (const issue of error.issues) fields[issue.path.join('.')] ??= issue.message
  const { '': whole, ...named } = fields
  return refusal(whole ?? 'Some of this cannot be used. See what is marked.', named)
}

/** A form's fields; those that occur several times as a list. */
function inputOf(input: unknown): unknown {
  if (!(input instanceof FormData)) return input
  const names = [...new Set(input.keys())].filter(name => !name.startsWith('$ACTION'))
  return Object.fromEntries(
    names.map(name => [name, input.getAll(name)]).map(([name, values]) => [name, values?.length === 1 ? values[0] : values]),
  )
}

/** What `operatorAction` does once it knows who asks. */
export async function runAction<Schema extends z.ZodType, T>(
  verb: Verb,
  schema: Schema,
  handler: (input: z.output<Schema>, context: ActionContext) => Promise<T>,
  input: unknown,
  context: ActionContext,
): Promise<ActionResult<T>> {
  try {
    requireMay(context.actor, verb)
    return { ok: true, data: await handler(schema.parse(inputOf(input)), context) }
  } catch (error) {
    if (error instanceof NotAllowed) await audit(context.db, context.actor, verb, { result: 'not allowed' })
    return refusalOf(error, verb)
  }
}

/**
 * A server action for signed-in staff: who is it, may they, parse, run, say what came of it. An action is a public endpoint,
 * whoever calls it and with whatever.
 * @param handler writes its own audit row, in the transaction of what it does
 * @returns an action that takes the schema's input or a form's data and never throws, but for Next's redirects
 */
export function operatorAction<Schema extends z.ZodType, T>(
  verb: Verb,
  schema: Schema,
  handler: (input: z.output<Schema>, context: ActionContext) => Promise<T>,
): (input: z.input<Schema> | FormData) => Promise<ActionResult<T>> {
  return async input => {
    try {
      const account = await currentAccount()
      if (!account) return refusal(signedOut)
      const { address } = await visitor()
      const context = { actor: accountActor(account, address), db: database(), vault: vault(), now: new Date(), env: env() }
      return await runAction(verb, schema, handler, input, context)
    } catch (error) {
      return refusalOf(error, verb)
    }
  }
}

/** For pages: who is signed in and may see this; others go to sign in or are told that they may not. */
export async function requirePage(verb: Verb): Promise<{ account: Account; actor: Actor }> {
  const account = await requireAccount()
  if (!may(account.role, verb)) forbidden()
  return { account, actor: accountActor(account, (await visitor()).address) }
}

const no = (status: number, message: string): Response => Response.json({ message }, { status, headers: { 'cache-control': 'no-store' } })

/** Whether a request comes from a page of this very origin; browsers say so, and nobody can make them lie. */
export function isSameOrigin(list: Pick<Headers, 'get'>): boolean {
  const site = list.get('sec-fetch-site')
  if (site) return site === 'same-origin'
  const origin = list.get('origin') ?? ''
  const host = list.get('x-forwarded-host') ?? list.get('host')
  return URL.canParse(origin) && new URL(origin).host === host?.toLowerCase().replace(/:(80|443)$/, '')
}

/**
 * For route handlers: who is signed in and may do this, or the answer that says why not (401, 403, JSON). What changes something
 * must come from a page of this portal.
 */
export async function requireRoute(request: Request, verb: Verb): Promise<{ account: Account; actor: Actor } | Response> {
  const reading = request.method === 'GET' || request.method === 'HEAD'
  if (!reading && !isSameOrigin(await headers())) return no(403, 'This was not asked for by a page of this portal.')
  const account = await currentAccount()
  if (!account) return no(401, signedOut)
  const actor = accountActor(account, (await visitor()).address)
  if (may(account.role, verb)) return { account, actor }
  await audit(database(), actor, verb, { result: 'not allowed' })
  return no(403, new NotAllowed(verb).message)
}

/**
 * For /api/v1, which scripts call with a key and no cookie opens: whose key it is, or the answer that says why not (401, 403; 429 when
 * there were many such from there), JSON.
 */
export async function requireApi(
  request: Request,
  verb: Verb,
  { db = database(), now = new Date() }: { db?: Database; now?: Date } = {},
): Promise<{ actor: Actor } | Response> {
  const address = forwardedAddress(request.headers.get('x-forwarded-for'))
  const actor = await apiKeyActor(db, request.headers.get('authorization'), address, now)
  if (actor && may(actor.role, verb)) return { actor }
  const seconds = countRefused(address, now)
  if (seconds > 0) {
    const answer = no(429, 'There were many refused requests from this network. Wait a minute.')
    answer.headers.set('retry-after', String(seconds))
    return answer
  }
  if (actor) {
    await audit(db, actor, verb, { result: 'not allowed' })
    return no(403, new NotAllowed(verb).message)
  }
  const answer = no(401, 'This takes a key that is in force: Authorization: Bearer slw_…')
  answer.headers.set('www-authenticate', 'Bearer')
  return answer
}
