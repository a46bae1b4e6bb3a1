import { randomFillSync } from 'node:crypto'
import { expect, test } from 'vitest'
import { MatchingId } from '@/lib/rsp/identifiers'
import { newMatchingId } from './matching-id'

const made = 1_000_000
const letters = 20

// Chance in large pieces: a million calls for twenty octets would be what the test waits for.
function chance(): (bytes: number) => Buffer {
  const pool = Buffer.alloc(2_000_000)
  let at = pool.length
  return bytes => {
    if (at + bytes > pool.length) {
      randomFillSync(pool)
      at = 0
    }
    at += bytes
    return pool.subarray(at - bytes, at)
  }
}

test('§4.1 a million made are all of the alphabet, no two alike, every letter in every place as likely as the others: 100 bits', () => {
  const random = chance()
  let asked = 0
  const counted = (bytes: number) => {
    asked += bytes
    return random(bytes)
  }
  const known = new Set<string>()
  const seen = Array.from({ length: letters }, () => new Uint32Array(128))
  for (let i = 0; i < made; i++) {
    const matchingId = newMatchingId(counted)
    known.add(matchingId)
    let place = 0
    for (let at = 0; at < matchingId.length; at++) {
      const letter = matchingId.charCodeAt(at)
      if (letter === 45) continue
      const counts = seen[place++]
      if (counts) counts[letter] = (counts[letter] ?? 0) + 1
    }
  }
  expect(known.size).toBe(made)
  expect(asked).toBe(made * letters)
  const [sample] = known
  expect(MatchingId.parse(sample)).toMatch(/^([2-9A-HJ-NP-Z]{5}-){3}[2-9A-HJ-NP-Z]{5}$/)

  let bits = 0
  for (const counts of seen) {
    const used = [...counts].map((count, letter) => ({ count, letter: String.fromCharCode(letter) })).filter(({ count }) => count > 0)
    expect(used.map(({ letter }) => letter).join('')).toBe('23456789ABCDEFGHJKLMNPQRSTUVWXYZ')
    const expected = made / used.length
    // χ² with 31 degrees of freedom: over 90 by chance once in ten million places.
    expect(used.reduce((sum, { count }) => sum + (count - expected) ** 2 / expected, 0)).toBeLessThan(90)
    bits += Math.log2(used.length)
  }
  expect(bits).toBeGreaterThanOrEqual(100)
})
