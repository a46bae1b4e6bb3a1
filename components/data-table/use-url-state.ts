'use client'

import { usePathname, useRouter, useSearchParams } from 'next/navigation'
import { useCallback, useTransition } from 'react'

export type UrlChange = Record<string, string | undefined>

/**
 * The table's state in the URL. `change` keeps what it does not name and goes back to the first page unless it names another;
 * while the server answers, `pending` is true and the old rows stay.
 */
export function useUrlState() {
  const router = useRouter()
  const pathname = usePathname()
  const parameters = useSearchParams()
  const [pending, startTransition] = useTransition()

  const href = useCallback(
    (change: UrlChange): string => {
      const next = new URLSearchParams(parameters)
      for (const key of ['after', 'before']) next.delete(key)
      for (const [key, value] of Object.entries(change)) {
        if (value === undefined || value === '') next.delete(key)
        else next.set(key, value)
      }
      const query = next.toString()
      return query ? `${pathname}?${query}` : pathname
    },
    [parameters, pathname],
  )

  const change = useCallback(
    (change: UrlChange, how: 'push' | 'replace' = 'push') => startTransition(() => router[how](href(change), { scroll: false })),
    [href, router],
  )

  return { parameters, pending, href, change }
}
