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
}

const kept = 200

export function boundedStrangers(limit = kept): Strangers {
  const list: StrangerRefusal[] = []
  return {
    add: refusal => {
      list.unshift({ ...refusal, detail: refusal.detail?.slice(0, 300) })
      list.length = Math.min(list.length, limit)
    },
    recent: () => [...list],
  }
}

/** The process's list. */
export const strangers = (): Strangers => perProcess('strangers', () => boundedStrangers())

/** What support sees of it. */
export const recentStrangers = (): StrangerRefusal[] => strangers().recent()
