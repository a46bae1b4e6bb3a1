import { expect, test } from 'vitest'
import { RecentCount } from './recent-count'

test('counts what happened within the last minute and the last hour, and forgets what is older', () => {
  let now = 5_000_000
  const count = new RecentCount(() => now)
  for (let i = 0; i < 3; i++) count.add()
  now += 30_000
  count.add()
  expect([count.within(60), count.within(3_600)]).toEqual([4, 4])
  now += 40_000
  expect([count.within(60), count.within(3_600)]).toEqual([1, 4])
  now += 3_540_000
  expect([count.within(60), count.within(3_600)]).toEqual([0, 1])
  now += 86_400_000
  expect(count.within(3_600)).toBe(0)
  count.add()
  expect(count.within(1)).toBe(1)
})
