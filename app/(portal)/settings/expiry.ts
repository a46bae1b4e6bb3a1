const dayMs = 86_400_000
const soonDays = 60

export interface Expiry {
  tone: 'good' | 'warn' | 'bad'
  word: string
}

/** Whether a certificate holds at `now`, or how soon it will not. */
export function expiryOf(notAfter: Date, now: Date): Expiry {
  const days = Math.floor((notAfter.getTime() - now.getTime()) / dayMs)
  if (notAfter <= now) return { tone: 'bad', word: 'Expired' }
  if (days < soonDays) return { tone: 'warn', word: days < 1 ? 'Expires today' : `${days} day${days === 1 ? '' : 's'} left` }
  return { tone: 'good', word: 'Valid' }
}

/** What ends first comes first; what is out of use comes last. */
export const byUrgency = <T extends { notAfter: Date; retiredAt?: Date | null }>(list: T[]): T[] =>
  [...list].sort((a, b) => Number(Boolean(a.retiredAt)) - Number(Boolean(b.retiredAt)) || a.notAfter.getTime() - b.notAfter.getTime())
