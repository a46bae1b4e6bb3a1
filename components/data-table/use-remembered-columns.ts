'use client'

import { useCallback, useSyncExternalStore } from 'react'

export type Visibility = Record<string, boolean>

const changed = 'slipway:columns'
const empty = '{}'

function subscribe(listener: () => void) {
  window.addEventListener('storage', listener)
  window.addEventListener(changed, listener)
  return () => {
    window.removeEventListener('storage', listener)
    window.removeEventListener(changed, listener)
  }
}

function read(key: string): string {
  try {
    return localStorage.getItem(key) ?? empty
  } catch {
    return empty
  }
}

function parse(json: string): Visibility {
  try {
    const value: unknown = JSON.parse(json)
    if (typeof value !== 'object' || value === null) return {}
    return Object.fromEntries(Object.entries(value).filter(([, shown]) => typeof shown === 'boolean'))
  } catch {
    return {}
  }
}

/** Which columns a person shows or hides in the table `name`, kept in this browser. */
export function useRememberedColumns(name: string, initial: Visibility): [Visibility, (next: Visibility) => void] {
  const key = `slipway.columns.${name}`
  const stored = useSyncExternalStore(
    subscribe,
    () => read(key),
    () => empty,
  )
  const remember = useCallback(
    (next: Visibility) => {
      try {
        localStorage.setItem(key, JSON.stringify(next))
      } catch {
        // A browser that keeps nothing shows the columns as they come.
      }
      window.dispatchEvent(new Event(changed))
    },
    [key],
  )
  return [{ ...initial, ...parse(stored) }, remember]
}
