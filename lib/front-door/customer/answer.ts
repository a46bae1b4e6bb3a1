import { situationKey } from '@/lib/customer-page/model'
import { isDatabaseAway } from '@/lib/db/failures'
import { answeringWithin, type Database } from '@/lib/db/pool'
import { reportIncident } from '@/lib/incident'
import { linkByToken, noteOpening } from '@/lib/orders/links/customer-links'
import { situationOf } from '@/lib/orders/links/situation'
import { type LinkLimits, linkLimits } from '../limits/link-limits'
import { type PageFacts, pageFor } from './page'

/** What customers' pages are made with. */
export interface CustomerService {
  db: Database
  limits: LinkLimits
  now: () => Date
}

/** Somebody waits for the page: a database that says nothing for so long is away. */
const answerWithinMs = 4_000

export const customerService = (db: Database): CustomerService => ({
  db: answeringWithin(db, answerWithinMs),
  limits: linkLimits(),
  now: () => new Date(),
})

export interface CustomerRequest {
  method: string
  /** Resolved and decoded */
  path: string
  /** `?lang=`, chosen on the page */
  language: string | null
  /** Scheme and host under which it was asked for */
  origin: string
  header: (name: string) => string | undefined
  address: string
}

export interface CustomerAnswer {
  status: number
  headers: Record<string, string>
  body: string
}

interface Link {
  token: string
  part: 'page' | 'seen' | 'state'
}

/** Mail programs take the full stop behind a link for a part of it. */
const linkPath = /^\/e\/([A-Za-z0-9_-]{32})[.,;:!?)\]}>'"”’»]*(?:\/(seen|state))?\/?$/

export const isCustomerPath = (path: string): boolean => /^\/e(\/|$)/.test(path)

function linkOf(path: string): Link | undefined {
  const [, token, part] = linkPath.exec(path) ?? []
  return token === undefined ? undefined : { token, part: part === 'seen' || part === 'state' ? part : 'page' }
}

/** For every answer: it is kept nowhere, found by no search engine, framed by nobody, and says to no other site where one came from. */
const quiet = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-robots-tag': 'noindex, nofollow, noarchive',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
}

/** What is answered, before it is put into words. */
interface Verdict extends PageFacts {
  status: number
  headers?: Record<string, string>
}

const paused = (status: number, retryAfterSeconds: number): Verdict => ({
  status,
  situation: { situation: 'paused' },
  headers: { 'retry-after': String(retryAfterSeconds) },
})

const unknown: Verdict = { status: 404, situation: { situation: 'unknown' } }

/**
 * Answers what is asked of `/e/`: the page of a link, how far its eSIM is (`/state`), and that a person has the page before them (`/seen`),
 * which a program that looks into mail does not say. Never throws, and never tells the log which link it was.
 * @param service undefined while the server starts or stops
 */
export async function answerCustomer(request: CustomerRequest, service: CustomerService | undefined): Promise<CustomerAnswer> {
  const link = linkOf(request.path)
  const allow = link?.part === 'seen' ? ['POST'] : ['GET', 'HEAD']
  if (!allow.includes(request.method)) return { status: 405, headers: { ...quiet, allow: allow.join(', ') }, body: '' }
  const verdict = await verdictOn(request, link, service).catch(error => verdictOnFailure(error, link))
  try {
    const { headers, body } = await wordsFor(request, link, service, verdict)
    return { status: verdict.status, headers: { ...quiet, ...headers, ...verdict.headers }, body }
  } catch (error) {
    verdictOnFailure(error, link)
    const body = 'This cannot be shown right now. Try again in a minute.\n'
    return { status: 500, headers: { ...quiet, 'content-type': 'text/plain; charset=utf-8' }, body }
  }
}

async function verdictOn(request: CustomerRequest, link: Link | undefined, service: CustomerService | undefined): Promise<Verdict> {
  if (!service) return paused(503, 5)
  const { db, limits, now } = service
  const wait = limits.atDoor(request.address)
  if (wait > 0) return paused(429, wait)
  const facts = link && (await linkByToken(db, link.token))
  if (!facts) {
    limits.noteGuess(request.address)
    return unknown
  }
  // Browsers say whose page asks; old ones say nothing.
  const site = request.header('sec-fetch-site') ?? 'same-origin'
  if (link.part === 'seen' && site === 'same-origin') await noteOpening(db, link.token, now())
  const { revokedAt, language, serviceProviderName } = facts
  return { status: revokedAt ? 410 : 200, situation: situationOf(facts, now()), language, serviceProviderName }
}

function verdictOnFailure(error: unknown, link: Link | undefined): Verdict {
  if (isDatabaseAway(error)) return paused(503, 10)
  reportIncident(link ? withoutToken(error, link.token) : error, 'customer’s page')
  return paused(500, 10)
}

/** An error's own words may hold the address that was asked for. */
function withoutToken(error: unknown, token: string): Error {
  const hide = (text: string) => text.replaceAll(token, '…')
  const copy = new Error(hide(error instanceof Error ? error.message : String(error)))
  if (error instanceof Error) copy.stack = hide(error.stack ?? error.message)
  return copy
}

/** A page for people; scripts of a page get less. */
async function wordsFor(
  request: CustomerRequest,
  link: Link | undefined,
  service: CustomerService | undefined,
  facts: PageFacts,
): Promise<{ headers: Record<string, string>; body: string }> {
  if (link?.part === 'seen') return { headers: {}, body: '' }
  if (link?.part === 'state')
    return { headers: { 'content-type': 'application/json' }, body: `${JSON.stringify({ situation: situationKey(facts.situation) })}\n` }
  const url = link && `${request.origin}/e/${link.token}`
  return pageFor({ header: request.header, language: request.language, url }, service?.db, facts)
}
