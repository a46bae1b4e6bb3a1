import { MatchingId } from '@/lib/rsp/identifiers'

/** Without 0, O, 1 and I, which people confuse. */
const alphabet = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ'

/** A MatchingID of 100 random bits, in four groups of five: it is a bearer token. */
export function newMatchingId(random: (bytes: number) => Buffer): MatchingId {
  const letters = [...random(20)].map(octet => alphabet[octet & 31]).join('')
  return MatchingId.parse(letters.replace(/(.{5})(?=.)/g, '$1-'))
}

/** Of default SM-DP+ orders, which are found by their EID. */
export const noMatchingId = MatchingId.parse('')
