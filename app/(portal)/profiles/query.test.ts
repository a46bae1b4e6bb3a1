import { describe, expect, test } from 'vitest'
import { isFiltered, readColumns, readProfileQuery, viewOf, writeCursor } from './query'

test('control characters in the URL never reach the database', () => {
  expect(readProfileQuery({ q: 'a\u0000b', type: ['x\u0000', 'y'] })).toMatchObject({ search: 'a b', type: 'x ' })
})

describe('a view is a URL', () => {
  test('filters, dates as days of UTC with the last one included, order and size', () => {
    const query = readProfileQuery({
      state: 'Available,Nonsense',
      batch: '12',
      from: '2026-01-05',
      to: '2026-01-05',
      sort: '-added',
      size: '100',
    })
    expect(query).toMatchObject({ states: ['Available'], batch: '12', sort: 'added', descending: true, pageSize: 100 })
    expect(viewOf(query)).toEqual({
      search: '',
      states: ['Available'],
      batch: '12',
      addedFrom: '2026-01-05T00:00:00.000Z',
      addedBefore: '2026-01-06T00:00:00.000Z',
      runtimeStates: [],
    })
  })

  test('what makes no sense is as good as absent', () => {
    const nonsense = { batch: '1;2', from: '2026-13-45', to: 'tomorrow', after: '1.2', before: '-1.5.89', sort: 'eid', size: '7' }
    expect(readProfileQuery(nonsense)).toEqual(readProfileQuery({}))
    expect(isFiltered(viewOf(readProfileQuery(nonsense)))).toBe(false)
  })

  test('a cursor comes back as it was written', () => {
    const after = { rank: 50, at: 1_767_571_200_123, iccid: '8944000000000000001' }
    expect(readProfileQuery({ after: writeCursor(after) }).after).toEqual(after)
  })

  test('what is searched is listed by ICCID unless the URL says otherwise', () => {
    expect(readProfileQuery({ q: '8944' })).toMatchObject({ sort: 'iccid', descending: false })
    expect(readProfileQuery({ q: '8944', sort: '-changed' })).toMatchObject({ sort: 'changed', descending: true })
    expect(readProfileQuery({})).toMatchObject({ sort: 'changed', descending: true })
  })

  test('columns are named, in their own order, the ICCID always', () => {
    expect(readColumns('imsi,state,k')).toEqual(['iccid', 'state', 'imsi'])
    expect(readColumns(undefined)).toContain('matchingId')
  })
})
