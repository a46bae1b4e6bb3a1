import { describe, expect, test } from 'vitest'
import { filtersOf, readCursor, readTrafficView, viewParameters, writeCursor } from './query'

const id = '0c1d2e3f-0000-4000-8000-000000000001'

describe('the workbench as its URL', () => {
  test('reads what it has written', () => {
    const parameters = {
      way: 'told',
      who: `webhook:${id}`,
      what: 'profile.installed',
      result: 'dead',
      iccid: '8944',
      from: '2030-01-01',
      to: '2030-01-02',
    }
    const view = readTrafficView(parameters)
    expect(viewParameters(view)).toEqual(parameters)
    expect(filtersOf(view)).toEqual({
      kind: 'message',
      partnerId: undefined,
      endpointId: id,
      name: 'profile.installed',
      outcome: 'dead',
      iccid: '8944',
      from: new Date('2030-01-01T00:00:00Z'),
      before: new Date('2030-01-03T00:00:00Z'),
    })
    const cursor = { at: new Date(1_900_000_000_123), kind: 'message' as const, id: '17' }
    expect(readCursor(writeCursor(cursor))).toEqual(cursor)
  })

  test('takes an ICCID as partners write it, with its filler', () => {
    expect(readTrafficView({ iccid: ' 8944 0000 0000 0000 001F ' }).iccid).toBe('8944000000000000001')
  })

  test.each([
    { way: 'sideways' },
    { who: `somebody:${id}` },
    { who: "partner:1' OR true" },
    { what: 'a b' },
    { result: 'fine' },
    { iccid: 'x1' },
    { from: '2030-13-01', to: 'tomorrow' },
  ])('takes no notice of %j', parameters => {
    expect(viewParameters(readTrafficView(parameters))).toEqual({})
  })

  test.each(['', '1.call', '1.call.x', '1.other.1', '99999999999999999.call.1'])('takes no page from %j', text => {
    expect(readCursor(text)).toBeUndefined()
  })
})
