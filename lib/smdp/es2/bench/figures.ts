import type { Machine } from '../../bench/machine'
import type { Percentiles } from '../../bench/percentiles'
import type { ProfileReport } from '../../bench/profile-report'

/** What is timed by itself; an order is both calls. */
export const STEPS = ['downloadOrder', 'confirmOrder', 'order'] as const
export type Step = (typeof STEPS)[number]

/** What the process of the bare SQL is told. */
export interface BareInput {
  dataDir: string
  seconds: number
  /** To the database, each with one order at a time */
  connections: number
  partnerId: string
  /** Of the profiles that it changes */
  type: string
}

export interface BareFigures {
  orders: number
  seconds: number
  cpuMs: number
}

export interface Measurement {
  /** Profiles that were left at the end */
  stock: number
  orders: number
  failed: number
  /** The first few, in words */
  failures: string[]
  seconds: number
  ordersPerSecond: number
  /** Of bare SQL, before and after */
  bareOrdersPerSecond: number
  /** ordersPerSecond ÷ bareOrdersPerSecond */
  share: number
  /** Milliseconds of processor time for an order; undefined where the system does not tell */
  serverMs: number | undefined
  postgresMs: number | undefined
  loadMs: number
  bareClientMs: number
  barePostgresMs: number | undefined
  /** Of the server's core: by the server, by others; and how busy the other cores were, by anybody */
  serverCorePercent: number | undefined
  disturbedPercent: number | undefined
  otherCoresPercent: number
  latencyMs: Record<Step, Percentiles>
  profile?: ProfileReport
}

export interface Report {
  machine: Machine
  connections: number
  measurements: Measurement[]
}
