import { answerEs9 } from '../../es9/answer'
import type { Es9Context } from '../../es9/context'
import { Laboratory } from '../../testing/laboratory'
import { type Chance, chanceOf, mixed } from '../chance'
import { brokenInvariants } from '../invariants'
import { type Report, sound } from '../report'
import { changeOctets, changeStructure } from './der-mutations'
import { EXCHANGES, type Exchange, type ExchangeName, Exchanges } from './exchanges'
import { changeJson } from './json-mutations'
import { rowVersions } from './row-versions'
import { watchedStore } from './watched-store'

/** Numbers of one kind follow one another, so that the tables can be compared before and after. */
const blockLength = 500
/** Every so many blocks, the eUICC or the issuer of a certificate signs what was changed. */
const signedEvery = 4
/** Each laboratory sees so many, so that its tables stay small enough to be compared often. */
const labLength = 5_000
const mostFindings = 20
const mostGrowthMb = 24
/** What a message may take on a machine that does much else. */
const slowestMs = 30

/** Those of which nothing is kept unless it is signed. */
const STRICT = EXCHANGES.filter(name => name !== 'getBoundProfilePackage, error')

interface Sent {
  exchange: ExchangeName
  level: 'structure' | 'octets' | 'json' | 'signed again' | 'certified again'
  body: Buffer
}

/** What all laboratories of a run have found. */
interface Tally {
  findings: string[]
  verdicts: Map<string, number>
  comparisons: number
  accepted: number
}

/** Sends mutated messages to ES9+ in this process and looks what they did. */
export async function mutationCase(report: Report, options: { mutations: number; seed: number; first: number }): Promise<void> {
  const { mutations, seed } = options
  if (mutations === 0) return
  await report.case(`${mutations} mutated messages, seed ${seed}`, () => mutate(options), 300_000 + mutations * slowestMs)
}

async function mutate({ mutations, seed, first }: { mutations: number; seed: number; first: number }): Promise<string> {
  const tally: Tally = { findings: [], verdicts: new Map(), comparisons: 0, accepted: 0 }
  const end = first + mutations
  const heap: number[] = []
  for (let number = first; number < end && tally.findings.length < mostFindings; ) {
    const lab = await Laboratory.open()
    try {
      const run = await MutationRun.open(lab, seed, tally)
      const last = Math.min(end, number - (number % labLength) + labLength)
      await run.beginBlock(number)
      for (; number < last && tally.findings.length < mostFindings; number++) await run.one(number)
      await run.finish()
      heap.push(heapMb())
    } finally {
      await lab.close()
    }
  }
  // The first laboratories warm up.
  const grown = (heap.at(-1) ?? 0) - (heap[Math.min(2, heap.length - 1)] ?? 0)
  sound(...tally.findings, grown > mostGrowthMb && `the heap grew by ${grown.toFixed(1)} MB`)
  const verdicts = [...tally.verdicts].sort(([, a], [, b]) => b - a).slice(0, 6)
  return [
    'no 5xx',
    `tables equal before and after in ${tally.comparisons} comparisons`,
    `${tally.accepted} with their signed part whole were accepted`,
    `heap ${grown < 0 ? '' : '+'}${grown.toFixed(1)} MB`,
    `mostly ${verdicts.map(([verdict, count]) => `${count} × ${verdict}`).join(', ')}`,
  ].join('; ')
}

const isSignedBlock = (number: number) => Math.floor(number / blockLength) % signedEvery === signedEvery - 1

class MutationRun {
  private readonly ready = new Map<ExchangeName, Exchange>()
  private before: Record<string, string> | undefined

  private constructor(
    private readonly lab: Laboratory,
    private readonly exchanges: Exchanges,
    private readonly ctx: Es9Context,
    private readonly watched: ReturnType<typeof watchedStore>,
    private readonly seed: number,
    private readonly tally: Tally,
  ) {}

  static async open(lab: Laboratory, seed: number, tally: Tally): Promise<MutationRun> {
    const ctx = await lab.ctx()
    return new MutationRun(lab, await Exchanges.prepare(lab), ctx, watchedStore(ctx.store), seed, tally)
  }

  async one(number: number): Promise<void> {
    if (number % blockLength === 0) await this.beginBlock(number)
    const chance = chanceOf(mixed(this.seed, number))
    const signedBlock = isSignedBlock(number)
    const name = chance.pick(signedBlock ? EXCHANGES : STRICT)
    const exchange = await this.exchangeOf(name)
    const sent = this.change(chance, name, exchange, signedBlock)
    await this.send(number, exchange, sent)
  }

  async finish(): Promise<void> {
    await this.compare()
    this.tally.findings.push(...(await brokenInvariants(this.lab.db)))
  }

  private async exchangeOf(name: ExchangeName): Promise<Exchange> {
    const known = this.ready.get(name)
    if (known) return known
    await this.compare()
    const made = await this.exchanges.make(name)
    this.ready.set(name, made)
    // It was issued, authenticated, perhaps downloaded: that was no mutation.
    if (this.before) this.before = await rowVersions(this.lab.db)
    return made
  }

  private change(chance: Chance, name: ExchangeName, exchange: Exchange, signedBlock: boolean): Sent {
    const json = (der: Buffer) => Buffer.from(JSON.stringify(exchange.body(der)))
    if (signedBlock && exchange.certifiedAgain && chance.oneIn(3))
      return { exchange: name, level: 'certified again', body: json(exchange.certifiedAgain(chance)) }
    if (signedBlock && exchange.signedAgain) return { exchange: name, level: 'signed again', body: json(exchange.signedAgain(chance)) }
    if (chance.oneIn(4)) return { exchange: name, level: 'json', body: changeJson(chance, exchange.body(exchange.der)) }
    return chance.oneIn(3)
      ? { exchange: name, level: 'octets', body: json(changeOctets(chance, exchange.der)) }
      : { exchange: name, level: 'structure', body: json(changeStructure(chance, exchange.der)) }
  }

  private async send(number: number, exchange: Exchange, sent: Sent): Promise<void> {
    const { store, taken } = this.watched
    const answer = await answerEs9({ function: exchange.name, body: sent.body }, { ...this.ctx, store })
    const verdict = verdictOf(answer)
    this.tally.verdicts.set(verdict, (this.tally.verdicts.get(verdict) ?? 0) + 1)
    const { names, applied } = taken()
    const found = (finding: string) =>
      this.tally.findings.push(
        `${number} (${sent.exchange}, ${sent.level}): ${finding} [${verdict}; ${names.join(', ')}] ${sent.body.toString('latin1').slice(0, 3_000)}`,
      )
    if (answer.status >= 500) found('a mutated message must not be an error of the server')
    if (names.length === 0) return
    const succeeded = applied || (answer.status === 200 && verdict === 'Executed-Success')
    const resigned = sent.level === 'signed again' || sent.level === 'certified again'
    if (resigned) {
      if (succeeded && !hasAll(sent.body, exchange.bound, inAnyCase)) found('accepted though it speaks of another session or profile')
    } else if (!isSubset(names, exchange.unsignedWrites) && !hasAll(sent.body, exchange.signed, exactly))
      found('something was written though what is signed has changed')
    else this.tally.accepted++
    // What was written may have ended the session or the order: the next message begins with new ones.
    this.ready.delete(sent.exchange)
    if (this.before) this.before = await rowVersions(this.lab.db)
  }

  async beginBlock(number: number): Promise<void> {
    await this.compare()
    this.before = isSignedBlock(number) ? undefined : await rowVersions(this.lab.db)
  }

  private async compare(): Promise<void> {
    if (!this.before) return
    const after = await rowVersions(this.lab.db)
    this.tally.comparisons++
    for (const [table, digest] of Object.entries(after))
      if (this.before[table] !== digest) this.tally.findings.push(`table ${table} has changed though nothing signed was accepted`)
  }
}

const isSubset = (names: string[], allowed: string[]) => names.every(name => allowed.includes(name))

type Spelling = (octets: Buffer) => Buffer

const exactly: Spelling = octets => octets
/** Names of servers are the same in upper and lower case. */
const inAnyCase: Spelling = octets => Buffer.from(octets.toString('latin1').toLowerCase(), 'latin1')

/** Whether the message inside a JSON body still has all these octets. */
function hasAll(body: Buffer, wanted: Buffer[], spelling: Spelling): boolean {
  if (wanted.length === 0) return false
  const values = messagesOf(body).map(spelling)
  return wanted.every(part => values.some(value => value.includes(spelling(part))))
}

function messagesOf(body: Buffer): Buffer[] {
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'))
    if (typeof parsed !== 'object' || parsed === null) return []
    return Object.values(parsed)
      .filter(value => typeof value === 'string')
      .map(value => Buffer.from(value, 'base64'))
  } catch {
    return []
  }
}

function verdictOf({ status, body }: { status: number; body: string }): string {
  const data = /"subjectCode":"([\d.]+)","reasonCode":"([\d.]+)"/.exec(body)
  if (data) return `${data[1]}/${data[2]}`
  return body.includes('"Executed-Success"') ? 'Executed-Success' : `HTTP ${status}`
}

function heapMb(): number {
  global.gc?.()
  return process.memoryUsage().heapUsed / 1_048_576
}
