import { perProcess } from '@/lib/db/per-process'
import type { StatusName } from '@/lib/rsp/status'

/** A refusal of somebody who has not proved to be a eUICC: nothing of it may fill the database. */
export interface StrangerRefusal {
  at: Date
  function: string
  status: StatusName
  detail?: string | undefined
  address?: string | undefined
}

export interface Strangers {
  add(refusal: StrangerRefusal): void
  /** Newest first */
  recent(): StrangerRefusal[]
  /** Counts against an address what the database keeps already: a refusal of a proved eUICC, a notification that changed nothing. */
  charge(address: string | undefined): void
  /** Is told of every refusal that is added or charged from now on. */
  listen(listener: (refusal: { address?: string | undefined; proved: boolean }) => void): void
}

const kept = 200

export function boundedStrangers(limit = kept): Strangers {
  const list: StrangerRefusal[] = []
  const listeners: Parameters<Strangers['listen']>[0][] = []
  return {
    add: refusal => {
      for (const listener of listeners) listener({ address: refusal.address, proved: false })
      list.unshift({ ...refusal, detail: refusal.detail?.slice(0, 300) })
      list.length = Math.min(list.length, limit)
    },
    charge: address => {
      for (const listener of listeners) listener({ address, proved: true })
    },
    recent: () => [...list],
    listen: listener => {
      listeners.push(listener)
    },
  }
}

/** The process's list. */
export const strangers = (): Strangers => perProcess('strangers', () => boundedStrangers())

/** What support sees of it. */
export const recentStrangers = (): StrangerRefusal[] => strangers().recent()
