import type { IncomingMessage } from 'node:http'
import { sessionCookieName } from '@/lib/accounts/session-cookie'
import { networkOf } from '@/lib/accounts/sign-in-attempts'
import { isLoopback } from '@/lib/env-fields'
import { TokenBuckets } from './token-buckets'

const freePaths = /^\/(_next\/static\/|favicon\.ico$|icon\.svg$)/

/** A page to sign in takes a handful: an office that comes to work at the same minute gets in. */
const defaultPerMinute = 600

interface Options {
  /** Whether a session cookie is one of ours; whether its session still runs does not matter here. */
  isOurs: (cookie: string) => Promise<boolean>
  perMinute?: number
  /** Milliseconds of a clock that only goes forward */
  now?: () => number
}

function cookieOf({ headers }: IncomingMessage, name: string): string | undefined {
  const found = headers.cookie?.split(/; */).find(each => each.startsWith(`${name}=`))
  return found?.slice(name.length + 1)
}

/**
 * How much of the portal strangers may ask for, in this process, by network (an IPv6 network of /64). This machine's own address has
 * no bucket: behind a proxy that is not declared it stands for everybody.
 */
export class PortalLimits {
  private readonly strangers: TokenBuckets
  private readonly isOurs: Options['isOurs']

  constructor({ isOurs, perMinute = defaultPerMinute, now = () => performance.now() }: Options) {
    this.strangers = new TokenBuckets({ perMinute, now })
    this.isOurs = isOurs
  }

  /** @returns seconds to wait; 0: the request may come in */
  async atDoor(req: IncomingMessage, path: string, { address, secure }: { address: string; secure: boolean }): Promise<number> {
    if (isLoopback(address) || freePaths.test(path)) return 0
    const cookie = cookieOf(req, sessionCookieName(secure))
    if (cookie !== undefined && (await this.isOurs(cookie))) return 0
    return Math.ceil(this.strangers.take(networkOf(address)) / 1_000)
  }
}
