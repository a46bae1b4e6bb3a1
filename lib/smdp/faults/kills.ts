import { setTimeout as delay } from 'node:timers/promises'
import type { Lpa } from '@/lib/phone/lpa'
import { LpaError } from '@/lib/phone/lpa-error'
import { MOMENTS, type Moment, VICTIMS, type Victim } from './control'
import { type Report, sound } from './report'
import { type Ordered, Site } from './site'

/** What the phone does once the server is back: sends the same request again, begins anew, or cancels first as many LPAs do. */
const WAYS = ['repeats', 'starts over', 'cancels, then starts over'] as const
type Way = (typeof WAYS)[number]

interface Kill {
  victim: Victim
  moment: Moment
  nth: number
  way: Way
}

const dieWithinMs = 5_000

const OPERATOR = ['import', 'issue', 'cancel'] as const
const isOperator = (victim: Victim): victim is (typeof OPERATOR)[number] => (OPERATOR as readonly string[]).includes(victim)
const isAtAnswer = (moment: Moment) => moment === 'firstOctets' || moment === 'halfAnswer' || moment === 'answered'

const WORDS: Record<Moment, string> = {
  before: 'before a statement',
  sent: 'with a statement on its way',
  after: 'after the reply to a statement',
  firstOctets: 'at the first octets of the answer',
  halfAnswer: 'in the middle of the answer',
  answered: 'after the answer',
}

/** Kills the server at every statement and every answer, starts it again, and lets the phone or the operator go on. */
export async function killCases(report: Report, { short }: { short: boolean }): Promise<void> {
  const site = await Site.open()
  try {
    for (const victim of VICTIMS) {
      const statements = await countStatements(site, victim)
      for (const moment of MOMENTS) {
        const kills = plan(victim, moment, statements, short)
        if (kills.length === 0) continue
        await report.case(`Server killed in ${victim}, ${WORDS[moment]}`, async () => {
          for (const kill of kills) await (isOperator(victim) ? killVerb(site, kill) : killDownload(site, kill))
          return `${kills.length} kills, ${isOperator(victim) ? 'done whole or not at all, and again' : 'every download repeated to its end'}`
        })
      }
    }
  } finally {
    await site.close()
  }
}

function plan(victim: Victim, moment: Moment, statements: number, short: boolean): Kill[] {
  if (isOperator(victim) && isAtAnswer(moment)) return []
  const last = isAtAnswer(moment) ? 1 : statements
  const ways = isOperator(victim) ? (['repeats'] as const) : victim === 'cancelSession' ? WAYS.slice(0, 2) : WAYS
  const all = Array.from({ length: last }, (_, i) => i + 1).flatMap(nth => ways.map(way => ({ victim, moment, nth, way })))
  if (!short) return all
  // The last statement commits. Once it has, it makes no difference whether a part of the answer is out.
  const committing = all.filter(({ nth }) => nth === last)
  const picked = {
    before: [],
    sent: committing.slice(0, 1),
    after: isOperator(victim) ? committing : [],
    firstOctets: [],
    halfAnswer: all.slice(0, 1),
    answered: [],
  }
  return picked[moment]
}

async function countStatements(site: Site, victim: Victim): Promise<number> {
  await site.server.tell({ do: 'count', victim })
  if (isOperator(victim)) await doVerb(site, victim, await prepareVerb(site, victim))
  else {
    const { activationCode } = await site.order({ type: victim === 'cancelSession' ? 'ends' : 'plain' })
    await (await site.phone()).download({ activationCode, accept: () => (victim === 'cancelSession' ? 'reject' : 'accept') })
  }
  return Number(await site.server.tell({ do: 'count', victim }))
}

async function revive(site: Site, { victim, moment, nth }: Kill): Promise<void> {
  await Promise.race([site.server.ended, delay(dieWithinMs, undefined, { ref: false })])
  if (site.server.running) sound(`the server should have died in ${victim}, ${WORDS[moment]} (${nth}), and did not`)
  await site.restart()
}

const told = ({ victim, moment, nth, way }: Kill, finding: string) => `${victim}, ${moment} ${nth}, the phone ${way}: ${finding}`

async function checked(site: Site, kill: Kill, ...checks: (() => Promise<void>)[]): Promise<void> {
  for (const check of [...checks, () => site.check()])
    await check().catch(error => sound(told(kill, error instanceof Error ? error.message : String(error))))
}

async function killDownload(site: Site, kill: Kill): Promise<void> {
  const { victim, moment, nth, way } = kill
  const rejects = victim === 'cancelSession'
  const ordered = await site.order({ type: rejects ? 'ends' : nth % 2 === 0 ? 'random' : 'plain' })
  let revived = false
  const again = async () => {
    if (way === 'starts over') return false
    if (!revived) await revive(site, kill)
    const first = !revived
    revived = true
    return first && way === 'repeats'
  }
  const phone = await site.phone({ again })
  const download = () => phone.download({ activationCode: ordered.activationCode, accept: () => (rejects ? 'reject' : 'accept') })
  await site.server.tell({ do: 'arm', victim, moment, nth })
  const first = await download().then(
    () => undefined,
    (error: unknown) => error,
  )
  if (!revived) await revive(site, kill)
  revived = true
  if (rejects) return checked(site, kill, () => finishRejection(site, ordered, download))
  if (way === 'repeats' && first) sound(told(kill, `the repeated request did not go through: ${first}`))
  await phone.sendNotifications()
  if (!phone.listProfiles().some(({ iccid }) => iccid === ordered.iccid)) await download()
  await checked(
    site,
    kill,
    () => site.checkInstalled(phone, ordered),
    () => checkAttempts(site, ordered, kill),
    () => checkStranger(site, phone, ordered),
  )
}

/** A request that is sent twice is one attempt. */
async function checkAttempts(site: Site, { orderId }: Ordered, { way }: Kill): Promise<void> {
  const [order] = await site.sql<{ attempts: number }>('SELECT download_attempts AS attempts FROM download_order WHERE id = $1', [orderId])
  if (way === 'repeats') sound(order?.attempts !== 1 && `one download was counted as ${order?.attempts} attempts`)
}

/** Nobody else gets what one phone has. */
async function checkStranger(site: Site, phone: Lpa, { activationCode, iccid }: Ordered): Promise<void> {
  const stranger = await site.phone()
  await stranger.download({ activationCode }).catch(() => undefined)
  sound(
    stranger.listProfiles().length > 0 && `${iccid} is on two eUICCs`,
    phone.listProfiles().length !== 1 && `the phone holds ${phone.listProfiles().length} profiles`,
  )
}

async function finishRejection(site: Site, { iccid, orderId }: Ordered, reject: () => Promise<unknown>): Promise<void> {
  if ((await site.profile(iccid))?.state !== 'Error')
    await reject().catch((error: unknown) => {
      if (!(error instanceof LpaError)) throw error
    })
  const [order] = await site.sql<{ outcome: string }>('SELECT outcome FROM download_order WHERE id = $1', [orderId])
  const state = (await site.profile(iccid))?.state
  sound(state !== 'Error' && `a rejected profile is ${state}`, order?.outcome !== 'rejected' && `its order ended as ${order?.outcome}`)
}

interface Prepared {
  iccids: string[]
  packages: Buffer[]
}

const portion = 2
/** A type of which nothing else is in stock. */
const issuedType = 'ends'

async function prepareVerb(site: Site, victim: 'import' | 'issue' | 'cancel'): Promise<Prepared> {
  if (victim === 'import') {
    const packages = site.packages(portion)
    site.countStock(portion)
    return { iccids: packages.map(({ iccid }) => iccid), packages: packages.map(({ upp }) => upp) }
  }
  if (victim === 'issue') return { iccids: (await site.stock(portion, issuedType)).map(({ iccid }) => iccid), packages: [] }
  return { iccids: [(await site.order()).iccid], packages: [] }
}

function doVerb(site: Site, victim: 'import' | 'issue' | 'cancel', { iccids: [iccid = ''], packages }: Prepared): Promise<unknown> {
  if (victim === 'import') return site.server.tell({ do: 'import', packages: packages.map(each => each.toString('base64')), type: 'plain' })
  if (victim === 'issue') return site.server.tell({ do: 'issue', type: issuedType, count: portion })
  return site.server.tell({ do: 'cancel', iccid, to: 'Available' })
}

const GOAL = { import: 'Available', issue: 'Released', cancel: 'Available' } as const

async function killVerb(site: Site, kill: Kill): Promise<void> {
  const { victim, moment, nth } = kill
  if (!isOperator(victim)) return
  const prepared = await prepareVerb(site, victim)
  await site.server.tell({ do: 'arm', victim, moment, nth })
  await doVerb(site, victim, prepared).catch(() => undefined)
  await revive(site, kill)
  const states = async () =>
    (await site.sql<{ state: string }>('SELECT state FROM stock WHERE iccid = ANY($1)', [prepared.iccids])).map(({ state }) => state)
  const before = await states()
  const done = before.filter(state => state === GOAL[victim]).length
  // An import that was cut off may be a draft still, an issue is all or none.
  if (victim === 'issue') sound(done !== 0 && done !== portion && told(kill, `${done} of ${portion} profiles were issued`))
  if (done < prepared.iccids.length) await doVerb(site, victim, prepared)
  const after = await states()
  sound(
    (after.length !== prepared.iccids.length || after.some(state => state !== GOAL[victim])) &&
      told(kill, `the profiles are ${after.join(', ') || 'gone'} after it was done again`),
  )
  await checked(site, kill)
  // Nothing is left in stock for the next case.
  if (victim !== 'issue') await site.server.tell({ do: 'issue', iccids: prepared.iccids })
}
