const store = globalThis as typeof globalThis & { slipway?: Map<string, unknown> }

/**
 * One value per process, however many module graphs it holds: the front door and the pages
 * are bundled apart and must share one pool.
 */
export function perProcess<T>(name: string, make: () => T): T {
  store.slipway ??= new Map()
  if (!store.slipway.has(name)) store.slipway.set(name, make())
  return store.slipway.get(name) as T
}

/** Puts a value in the place that `perProcess` reads; undefined removes it. */
export function setPerProcess<T>(name: string, value: T | undefined): void {
  store.slipway ??= new Map()
  if (value === undefined) store.slipway.delete(name)
  else store.slipway.set(name, value)
}

/** Whether a value is there. */
export const isSetPerProcess = (name: string): boolean => store.slipway?.has(name) ?? false
