import type { Database } from '@/lib/db/pool'
import { countOrders, countStock, readStockSettings, type StockSettings } from '@/lib/db/portal/stock-levels'
import { PROFILE_STATES, type ProfileState } from '@/lib/rsp/lifecycle'
import { daysLeft, type Pace, paceDays, paceOf } from './pace'

/** The stock of a type. */
export interface StockLevel extends StockSettings {
  counts: Record<ProfileState, number>
  profiles: number
  available: number
  /** Orders of the last 28 days, the last 24 hours first */
  ordersPerDay: number[]
  pace: Pace
  daysLeft: number | undefined
  /** Counting takes a moment when there is much: then this is some seconds or minutes ago. */
  countedAt: Date
}

interface Counted<T> {
  at: Date
  /** When counting ended and how long it took, of performance.now() */
  endedAt: number
  tookMs: number
  value: T
}

// Of the time no more than a hundredth goes into counting, so that a thousand profiles are counted anew each time, a million now and then.
const restPerWork = 100
const longestRestMs = 300_000
// Who would wait longer than this gets the last count, while the next one is on its way.
const shortWaitMs = 200

class CountedNowAndThen<T> {
  private readonly kept = new WeakMap<Database, Counted<T>>()
  private readonly running = new WeakMap<Database, Promise<Counted<T>>>()

  constructor(private readonly count: (db: Database, now: Date) => Promise<T>) {}

  async read(db: Database, now: Date): Promise<Counted<T>> {
    const kept = this.kept.get(db)
    const age = kept && performance.now() - kept.endedAt
    if (kept && age !== undefined && age < Math.min(longestRestMs, restPerWork * kept.tookMs)) return kept
    const next = this.running.get(db) ?? this.countNow(db, now)
    if (!kept || age === undefined || age > longestRestMs || kept.tookMs < shortWaitMs) return next
    next.catch(() => undefined)
    return kept
  }

  private countNow(db: Database, now: Date): Promise<Counted<T>> {
    const begunAt = performance.now()
    const running = this.count(db, now)
      .then(value => {
        const endedAt = performance.now()
        const counted = { at: now, endedAt, tookMs: endedAt - begunAt, value }
        this.kept.set(db, counted)
        return counted
      })
      .finally(() => this.running.delete(db))
    this.running.set(db, running)
    return running
  }
}

const stockCounts = new CountedNowAndThen(db => countStock(db))
const orderCounts = new CountedNowAndThen((db, now) => countOrders(db, now, paceDays))

const none = Object.fromEntries(PROFILE_STATES.map(state => [state, 0])) as Record<ProfileState, number>
const dayMs = 86_400_000

/** The stock of all types by name: counts by state, and how long it lasts at the pace of the last weeks. */
export async function stockLevels(db: Database, now: Date): Promise<StockLevel[]> {
  const [types, stock, orders] = await Promise.all([readStockSettings(db), stockCounts.read(db, now), orderCounts.read(db, now)])
  return types.map(type => {
    const counted = stock.value.filter(({ typeId }) => typeId === type.typeId)
    const counts = { ...none }
    for (const { state, count } of counted) counts[state] = count
    const ordersPerDay = Array<number>(paceDays).fill(0)
    for (const { typeId, day, count } of orders.value) if (typeId === type.typeId && day < paceDays) ordersPerDay[day] = count
    const since = counted.length === 0 ? now : sinceWhen(counted, type.createdAt)
    const pace = paceOf(ordersPerDay, (now.getTime() - since.getTime()) / dayMs)
    return {
      ...type,
      counts,
      profiles: Object.values(counts).reduce((sum, count) => sum + count, 0),
      available: counts.Available,
      ordersPerDay,
      pace,
      daysLeft: daysLeft(counts.Available, pace),
      countedAt: stock.at,
    }
  })
}

/** When a type first had something to order: its first approval, or, where profiles came without a batch, when it was made. */
const sinceWhen = (counted: { since: Date | null }[], createdAt: Date): Date =>
  counted.reduce((first, { since }) => {
    const own = since ?? createdAt
    return own < first ? own : first
  }, new Date(8.64e15))

/** The stock of one type; undefined when there is no such type. @param typeId a UUID */
export const stockLevel = async (db: Database, now: Date, typeId: string): Promise<StockLevel | undefined> =>
  (await stockLevels(db, now)).find(level => level.typeId === typeId)
