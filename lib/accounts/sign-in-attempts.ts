import { isIPv6 } from 'node:net'
import { type Database, one, transaction } from '@/lib/db/pool'

const windowMinutes = 15
const freePerAccount = 5
const freePerAddress = 20
const maxWaitSeconds = 300

/** A household or an office: IPv6 clients choose the last 64 bits of their address freely. */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address
  const [head = '', tail = ''] = address.split('::')
  const front = head.split(':').filter(Boolean)
  const back = tail.split(':').filter(Boolean)
  const groups = address.includes('::')
    ? [...front, ...Array<string>(Math.max(0, 8 - front.length - back.length)).fill('0'), ...back]
    : front
  return `${groups
    .slice(0, 4)
    .map(group => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`
}

const waitFor = (failures: number, free: number): number => (failures < free ? 0 : Math.min(maxWaitSeconds, 2 ** (failures - free)))

/**
 * Takes an attempt to sign in into account before the password is looked at, so that attempts made at once count one by one.
 * After a few failures each next one must wait, twice as long every time, up to five minutes. Counted for one account from one
 * network and for all accounts from that network, never for an account alone: a stranger elsewhere locks nobody out. While another
 * attempt from the network is being counted, this one is to come again: whoever floods us must not hold the pool's connections.
 * @returns seconds to wait; 0: the attempt may go on
 */
export function takeAttempt(db: Database, { email, address, now }: { email: string; address: string; now: Date }): Promise<number> {
  const network = networkOf(address)
  return transaction(db, async tx => {
    const lock = await one<{ taken: boolean }>(tx, {
      text: 'SELECT pg_try_advisory_xact_lock(hashtextextended($1, 7270737)) AS taken',
      values: [network],
    })
    if (!lock?.taken) return 1
    const { rows } = await tx.query<{ email: string; at: Date }>({
      text: 'SELECT email, at FROM sign_in_failure WHERE address = $1 AND at > $2 ORDER BY at DESC LIMIT 1000',
      values: [network, new Date(now.getTime() - windowMinutes * 60_000)],
    })
    const left = (failures: { at: Date }[], free: number): number => {
      const last = failures[0]?.at.getTime() ?? 0
      return Math.ceil((last - now.getTime()) / 1_000 + waitFor(failures.length, free))
    }
    const sameAccount = rows.filter(row => row.email === email)
    const seconds = Math.max(left(sameAccount, freePerAccount), left(rows, freePerAddress))
    if (seconds > 0) return seconds
    await tx.query({ text: 'INSERT INTO sign_in_failure (email, address, at) VALUES ($1, $2, $3)', values: [email, network, now] })
    return 0
  })
}

/** Forgets an account's failures from a network once it has signed in from there, and everybody's of yesterday. */
export async function forgetAttempts(db: Database, { email, address, now }: { email: string; address: string; now: Date }): Promise<void> {
  await db.query({
    text: 'DELETE FROM sign_in_failure WHERE (email = $1 AND address = $2) OR at < $3',
    values: [email, networkOf(address), new Date(now.getTime() - 86_400_000)],
  })
}
