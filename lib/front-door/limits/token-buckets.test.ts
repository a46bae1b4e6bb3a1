import { describe, expect, test } from 'vitest'
import { TokenBuckets } from './token-buckets'

function clocked(perMinute: number, maxBuckets?: number) {
  const clock = { now: 1_000_000 }
  return { clock, buckets: new TokenBuckets({ perMinute, maxBuckets, now: () => clock.now }) }
}

const taken = (buckets: TokenBuckets, key: string, tries: number): number =>
  Array.from({ length: tries }, () => buckets.take(key)).filter(wait => wait === 0).length

describe('a bucket', () => {
  test("gives a minute's worth at once, then as fast as tokens come back", () => {
    const { clock, buckets } = clocked(60)
    expect(taken(buckets, 'a', 100)).toBe(60)
    expect(buckets.take('a')).toBe(1_000)
    clock.now += 10_000
    expect(taken(buckets, 'a', 100)).toBe(10)
    clock.now += 3_600_000
    expect(taken(buckets, 'a', 100)).toBe(60)
  })

  test('is its key’s own', () => {
    const { buckets } = clocked(2)
    expect(taken(buckets, 'a', 5)).toBe(2)
    expect(taken(buckets, 'b', 5)).toBe(2)
  })

  test('is never emptier than empty: who is charged for more waits no longer', () => {
    const { clock, buckets } = clocked(60)
    for (let i = 0; i < 1_000; i++) buckets.charge('a')
    expect(buckets.wait('a')).toBe(1_000)
    clock.now += 1_000
    expect(buckets.wait('a')).toBe(0)
    expect(buckets.isTouched('a')).toBe(true)
    clock.now += 60_000
    expect(buckets.isTouched('a')).toBe(false)
  })

  test('of 0 a minute has no limit and is not remembered', () => {
    const { buckets } = clocked(0)
    expect(taken(buckets, 'a', 1_000)).toBe(1_000)
    expect(buckets.size).toBe(0)
  })
})

test('a million addresses take no more memory than are remembered, and the one that comes again is kept', () => {
  const { buckets } = clocked(3, 100)
  for (let i = 0; i < 1_000_000; i++) {
    buckets.take(String(i))
    if (i % 20 === 0) buckets.take('again')
  }
  expect(buckets.size).toBeLessThanOrEqual(100)
  expect(buckets.take('again')).toBeGreaterThan(0)
})
