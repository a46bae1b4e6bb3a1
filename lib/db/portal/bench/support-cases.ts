import { explain } from '@/lib/rsp/explain/explain'
import { verdictOf } from '@/lib/rsp/explain/verdict'
import type { Database, Queryable } from '../../pool'
import { profileAttempts, strayAttempts } from '../attempts'
import { attemptsByDay, installTimes } from '../dashboard'
import { successGroups } from '../device-success'
import { profileStory, recentTimeline, timelineAfter } from '../profile-detail'
import { RADAR_KINDS, radarCounts, radarLines } from '../radar'
import { countStock } from '../stock-levels'
import { supportSearch } from '../support-search'

/** A profile of the stock, and what its customer can read out */
interface Subject {
  iccid: string
  imsi: string
  msisdn: string
  eid: string
  matchingId: string
  reference: string
  email: string
}

interface Case {
  name: string
  /** Asks as the desk does. @returns how many rows fit */
  ask: (db: Queryable, subject: Subject) => Promise<number>
}

const timelineLength = 201
const attemptsShown = 10

const search = (name: string, text: (subject: Subject) => string): Case => ({
  name: `search: ${name}`,
  ask: async (db, subject) => (await supportSearch(db, text(subject))).hits.length,
})

/** What the page of an eSIM reads and makes of it. */
async function page(db: Queryable, iccid: string): Promise<number> {
  const now = new Date()
  const [story, { attempts }] = await Promise.all([
    profileStory(db, iccid, timelineLength),
    profileAttempts(db, iccid, { limit: attemptsShown }),
  ])
  if (!story) throw new Error(`${iccid} is not in stock.`)
  verdictOf(story.events, story.orders, story.profile, now)
  for (const attempt of attempts) explain(attempt, { order: story.orders[0], profile: story.profile, now })
  return story.events.length
}

/** What a phone number is at home, where the country has the code +881. */
const atHome = (msisdn: string): string => `0${msisdn.slice(4)}`

export const countryCode = '881'

const dayMs = 86_400_000
const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10)
const quarter = () => ({ first: dayOf(Date.now() - 89 * dayMs), last: dayOf(Date.now()) })

/** What is counted from all timelines together. */
const overviews: Case[] = [
  { name: 'radar: counts', ask: async db => Object.values(await radarCounts(db)).reduce((sum, count) => sum + count, 0) },
  ...RADAR_KINDS.map(kind => ({ name: `radar: ${kind}`, ask: async (db: Queryable) => (await radarLines(db, kind)).lines.length })),
  { name: 'dashboard: 90 days of tries', ask: async db => (await attemptsByDay(db, quarter())).length },
  { name: 'dashboard: times to installation', ask: async db => (await installTimes(db, quarter())).days.size },
  { name: 'dashboard: stock', ask: async db => (await countStock(db)).length },
  { name: 'devices: 90 days', ask: async db => (await successGroups(db, quarter())).length },
]

/** The cases; the restless profile has thousands of events, the stray device tried codes that no order has. */
export const casesOf = ({ restless, strayEid }: { restless: string; strayEid: string }): Case[] => [
  search('whole ICCID', ({ iccid }) => iccid),
  search('last 8 digits of the ICCID', ({ iccid }) => iccid.slice(-8)),
  search('last 6 digits', ({ iccid }) => iccid.slice(-6)),
  search('last 4 digits', ({ iccid }) => iccid.slice(-4)),
  search('whole EID', ({ eid }) => eid),
  search('first 20 digits of the EID', ({ eid }) => eid.slice(0, 20)),
  search('phone number', ({ msisdn }) => msisdn),
  search('phone number from abroad (00…)', ({ msisdn }) => `00${msisdn.slice(1)}`),
  search('phone number at home (0…)', ({ msisdn }) => atHome(msisdn)),
  search('whole IMSI', ({ imsi }) => imsi),
  search('matching ID', ({ matchingId }) => matchingId),
  search('first 5 letters of it', ({ matchingId }) => matchingId.slice(0, 5)),
  search('text of a QR code', ({ matchingId }) => `LPA:1$smdp.example.com$${matchingId}`),
  search('order reference', ({ reference }) => reference),
  search('e-mail address', ({ email }) => email),
  search('EID that tried unknown codes', () => strayEid),
  search('nothing has it', ({ matchingId }) => `Q${matchingId.slice(1, 7)}QZQZ`),
  { name: 'page of an eSIM', ask: (db, { iccid }) => page(db, iccid) },
  { name: 'page, 5,000 events', ask: db => page(db, restless) },
  { name: 'timeline', ask: async (db, { iccid }) => (await recentTimeline(db, iccid, timelineLength)).length },
  { name: 'timeline, 5,000 events', ask: async db => (await recentTimeline(db, restless, timelineLength)).length },
  { name: 'timeline, news of an open page', ask: async (db, { iccid }) => (await timelineAfter(db, iccid, '4000000', 500)).length },
  { name: 'attempts', ask: async (db, { iccid }) => (await profileAttempts(db, iccid, { limit: attemptsShown })).attempts.length },
  { name: 'attempts without an order', ask: async db => (await strayAttempts(db, strayEid, { limit: 5 })).attempts.length },
  ...overviews,
]

/** Profiles from all over the stock, and the two that are special. */
export async function subjectsOf(db: Database, count: number): Promise<{ subjects: Subject[]; restless: string; strayEid: string }> {
  const { rows: subjects } = await db.query<Subject & Record<string, unknown>>({
    text: `SELECT p.iccid, p.imsi, p.msisdn, p.eid, o.matching_id AS "matchingId", o.reference, o.customer_email AS email
      FROM download_order o JOIN profile p ON p.iccid = o.iccid WHERE o.reference IS NOT NULL AND p.eid IS NOT NULL ORDER BY md5(o.iccid || 'x') LIMIT $1`,
    values: [count],
  })
  const { rows } = await db.query<{ restless: string; strayEid: string }>({
    text: `SELECT (SELECT iccid FROM profile_event WHERE eid = '89049032999990000000000000000001' AND iccid IS NOT NULL LIMIT 1) AS restless,
      (SELECT eid FROM profile_event WHERE iccid IS NULL ORDER BY id DESC LIMIT 1) AS "strayEid"`,
  })
  const [special] = rows
  if (!special || subjects.length === 0) throw new Error('The stock is too small for this bench.')
  return { subjects, ...special }
}
