import { expect, test } from 'vitest'
import { detailFacts } from './detail-facts'

test('a detail is told as pairs, however deep it is', () => {
  expect(
    detailFacts({ eid: '••••1235', live: true, none: null, list: ['a', 1], view: { states: [], from: { n: 1 } }, rows: [{ a: 1 }] }),
  ).toEqual([
    ['eid', '••••1235'],
    ['live', 'true'],
    ['none', '–'],
    ['list', 'a, 1'],
    ['view.states', '–'],
    ['view.from.n', '1'],
    ['rows.0.a', '1'],
  ])
  expect(detailFacts(null)).toEqual([])
  expect(detailFacts({})).toEqual([])
})
