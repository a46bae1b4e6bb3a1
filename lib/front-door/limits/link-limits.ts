import { networkOf } from '@/lib/accounts/sign-in-attempts'
import { perProcess } from '@/lib/db/per-process'
import { isLoopback } from '@/lib/env-fields'
import { TokenBuckets } from './token-buckets'

/** A customer mistypes a link a few times; behind one address of a carrier are many customers, but few of them at the same minute. */
const defaultGuessesPerMinute = 30

/** An open page asks some ten times a minute how far its eSIM is: room for a few hundred customers behind one address. */
const defaultRequestsPerMinute = 3_000

interface Options {
  guessesPerMinute?: number
  requestsPerMinute?: number
  /** Milliseconds of a clock that only goes forward */
  now?: () => number
}

/**
 * How often strangers may ask for customers' pages, in this process, by network (an IPv6 network of /64). Nobody finds a link by trying;
 * this keeps those who try from being a burden. This machine's own address has no bucket: behind a proxy that is not declared it stands
 * for everybody.
 */
export class LinkLimits {
  private readonly guesses: TokenBuckets
  private readonly requests: TokenBuckets

  constructor({ guessesPerMinute, requestsPerMinute, now = () => performance.now() }: Options = {}) {
    this.guesses = new TokenBuckets({ perMinute: guessesPerMinute ?? defaultGuessesPerMinute, now })
    this.requests = new TokenBuckets({ perMinute: requestsPerMinute ?? defaultRequestsPerMinute, now })
  }

  /** @returns seconds to wait; 0: the request may come in */
  atDoor(address: string): number {
    if (isLoopback(address)) return 0
    const network = networkOf(address)
    return Math.ceil((this.guesses.wait(network) || this.requests.take(network)) / 1_000)
  }

  /** Takes note that somebody asked for a link that there is not. */
  noteGuess(address: string): void {
    if (!isLoopback(address)) this.guesses.charge(networkOf(address))
  }
}

/** The process's limits. */
export const linkLimits = (): LinkLimits => perProcess('link-limits', () => new LinkLimits())
