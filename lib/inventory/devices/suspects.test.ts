import { describe, expect, test } from 'vitest'
import { type AttemptGroup, isFarAbove, suspectsOf, wilson } from './suspects'

const group = (tac: string, eum: string, type: string, installed: number, failed: number, svn = '2.2.2'): AttemptGroup => ({
  tac,
  eum,
  svn,
  type,
  installed,
  failed,
})
const of = (groups: AttemptGroup[]) => suspectsOf(groups).map(suspect => suspect.of)

test.each([
  [0, 10, 1.96, 0, 0.2775],
  [5, 10, 1.96, 0.2366, 0.7634],
  [81, 263, 1.96, 0.2553, 0.3662],
])("Wilson's interval of %i in %i at %f is known", (part, whole, z, lower, upper) => {
  expect(wilson(part, whole, z).lower).toBeCloseTo(lower, 4)
  expect(wilson(part, whole, z).upper).toBeCloseTo(upper, 4)
})

describe('far above the rest', () => {
  const others = { installed: 970, failed: 30 }
  test.each([
    ['half of them', 20, 20, true],
    ['four times as many among many', 880, 120, true],
    ['all of few attempts', 0, 19, false],
    ['few failures', 16, 4, false],
    ['a little more', 95, 5, false],
    ['no more', 970, 30, false],
  ])('is %s: %i installed, %i failed: %s', (_, installed, failed, far) => {
    expect(isFarAbove({ installed, failed }, others)).toBe(far)
  })

  test('is nothing when there is nothing to compare with', () => {
    expect(isFarAbove({ installed: 0, failed: 100 }, { installed: 19, failed: 0 })).toBe(false)
  })
})

describe('what is named', () => {
  const sound = ['35000001', '35000002', '35000003'].flatMap(tac =>
    ['gold', 'silver'].map(type => group(tac, `8904900${tac.slice(-1)}`, type, 195, 5)),
  )

  test('nothing where all fail alike', () => expect(of(sound)).toEqual([]))

  test('a device that fails with every type, not its pairs nor its manufacturer', () => {
    const bad = ['gold', 'silver'].map(type => group('35666666', '89049001', type, 40, 60))
    expect(suspectsOf([...sound, ...bad])).toEqual([
      { of: { tac: '35666666' }, installed: 80, failed: 120, others: { installed: 1_170, failed: 30 } },
    ])
  })

  test('a device with the one type that it fails with, and neither of the two alone', () => {
    const pair = [group('35666666', '89049001', 'gold', 10, 50), group('35666666', '89049001', 'silver', 195, 5)]
    expect(of([...sound, ...pair])).toEqual([{ tac: '35666666', type: 'gold' }])
  })

  test('a manufacturer whose chips fail in every device, and a version', () => {
    const eum = ['35000001', '35000002', '35000003'].map(tac => group(tac, '89066666', 'gold', 30, 30))
    expect(of([...sound, ...eum])).toEqual([{ eum: '89066666' }])
    const svn = ['35000001', '35000002', '35000003'].map((tac, i) => group(tac, `8904900${i + 1}`, 'gold', 30, 30, '2.1.0'))
    expect(of([...sound, ...svn])).toEqual([{ svn: '2.1.0' }])
  })

  test('several, the clearest first, and each for its own sake', () => {
    const bad = [group('35666666', '89049001', 'gold', 5, 95), group('35777777', '89049002', 'silver', 50, 50)]
    expect(of([...sound, ...bad])).toEqual([{ tac: '35666666' }, { tac: '35777777' }])
  })

  test('never what is not known, nor the many rare devices together', () => {
    expect(of([...sound, group('', '', '', 0, 300, ''), group('*', '', '', 0, 300, '')])).toEqual([])
  })

  test('by chance next to nothing, in thousands of pairs that all fail alike', () => {
    let seed = 7
    const random = () => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31
      return seed / 2 ** 31
    }
    const groups = Array.from({ length: 2_000 }, (_, n) => {
      const failed = Array.from({ length: 60 }, random).filter(chance => chance < 0.1).length
      return group(String(35_000_000 + (n % 400)), `8904${n % 20}`, `type ${n % 5}`, 60 - failed, failed)
    })
    expect(of(groups).length).toBeLessThanOrEqual(1)
  })
})
