import type { Target } from './connection'
import type { Mode } from './options'

/** A profile that is ready for download. */
export interface ReadyOrder {
  iccid: string
  matchingId: string
}

/** The functions of a download, in their order. */
export const FUNCTIONS = ['initiateAuthentication', 'authenticateClient', 'getBoundProfilePackage', 'handleNotification'] as const
export type DownloadFunction = (typeof FUNCTIONS)[number]
/** What is timed by itself. */
export const STEPS = ['handshake', ...FUNCTIONS] as const
export type Step = (typeof STEPS)[number]

/** From the bench to a load process. */
export type Command =
  | { kind: 'prepare'; dataDir: string; target: Target; euiccs: number; checkEvery: number }
  | { kind: 'connect'; mode: Mode; connections: number; orders: ReadyOrder[] }
  | { kind: 'go'; seconds: number }

export interface LoadResult {
  kind: 'done'
  downloads: number
  /** Of them by the strict phone */
  checked: number
  failed: number
  /** The first few, in words */
  failures: string[]
  seconds: number
  cpuMs: number
  /** Milliseconds, by the order of STEPS */
  latencies: Float64Array[]
  ordersLeft: ReadyOrder[]
}

/** From a load process to the bench. */
export type Reply = { kind: 'prepared' } | { kind: 'connected' } | LoadResult | { kind: 'broken'; reason: string }
