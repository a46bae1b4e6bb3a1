'use client'

import { useSyncExternalStore } from 'react'
import { exactTime, relativeTime } from '@/components/time-words'

let listeners: (() => void)[] = []
let timer: ReturnType<typeof setInterval> | undefined
let clock = Date.now()

function tick() {
  clock = Date.now()
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void) {
  listeners.push(listener)
  timer ??= setInterval(tick, 10_000)
  return () => {
    listeners = listeners.filter(each => each !== listener)
    if (listeners.length > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

/** How long ago (or how far off) something is, with the exact time on hover; moves by itself. */
export function RelativeTime({ at }: { at: string | Date }) {
  const date = typeof at === 'string' ? new Date(at) : at
  const moment = useSyncExternalStore(
    subscribe,
    () => clock,
    () => 0,
  )
  return (
    <time dateTime={date.toISOString()} title={moment ? exactTime(date) : undefined} className="whitespace-nowrap">
      {moment ? relativeTime(date, new Date(moment)) : date.toISOString().slice(0, 10)}
    </time>
  )
}
