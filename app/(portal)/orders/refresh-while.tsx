'use client'

import { useRouter } from 'next/navigation'
import { useEffect } from 'react'

const everyMs = 1_500

/** Reads the page anew while something on it moves and it is in sight. */
export function RefreshWhile({ active }: { active: boolean }) {
  const router = useRouter()
  useEffect(() => {
    if (!active) return
    const timer = setInterval(() => {
      if (!document.hidden) router.refresh()
    }, everyMs)
    return () => clearInterval(timer)
  }, [active, router])
  return null
}
