import { expect, test } from 'vitest'
import { filtersOf, readAuditView, readCursor, viewParameters, writeCursor } from './query'

test('the view is read from the URL and written there again; what makes no sense is left out', () => {
  const given = { who: ' kim ', what: 'order:bind', target: '89*', result: 'ok', from: '2026-05-01', to: '2026-05-02' }
  const view = readAuditView(given)
  expect(viewParameters(view)).toEqual({ ...given, who: 'kim' })
  expect(filtersOf(view)).toEqual({
    who: 'kim',
    what: 'order:bind',
    target: '89*',
    result: 'ok',
    from: new Date('2026-05-01T00:00:00Z'),
    before: new Date('2026-05-03T00:00:00Z'),
  })
  expect(viewParameters(readAuditView({ what: 'fly', from: '2026-13-41', to: 'x', who: ['', 'b'] }))).toEqual({})
})

test('a page begins behind a row', () => {
  const cursor = { at: new Date('2026-05-01T10:00:00.123Z'), id: '42' }
  expect(readCursor(writeCursor(cursor))).toEqual(cursor)
  expect(readCursor('x.1')).toBeUndefined()
})
