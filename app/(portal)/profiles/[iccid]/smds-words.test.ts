import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { describe, expect, test } from 'vitest'
import type { ProfileState } from '@/lib/rsp/lifecycle'
import { SmdsEvent } from './smds-event'
import { smdsWords } from './smds-words'

const now = new Date('2030-05-01T12:00:00Z')
const daysAgo = (days: number) => new Date(now.getTime() - days * 86_400_000)
const why = 'The SM-DS is not accessible (ds.example.com: no answer in time).'

type Given = Partial<Parameters<typeof smdsWords>[0]>

const order = (more: Given): Parameters<typeof smdsWords>[0] => ({
  smdsAddress: 'ds.example.com',
  smdsEvent: 'waiting',
  smdsRegisteredAt: null,
  smdsFailure: null,
  smdsGivenUp: false,
  closedAt: null,
  eid: '89049032123451234512345678901235',
  ...more,
})

/** As one sentence, as it stands on the page. */
function read(more: Given, state: ProfileState = 'Released'): string | undefined {
  const words = smdsWords(order(more), state, now)
  if (!words) return undefined
  const html = renderToStaticMarkup(createElement(SmdsEvent, { words, address: 'ds.example.com' }))
  return html.replaceAll('<span class="block', ' | <span').replace(/<[^>]+>/g, '')
}

const closed = { smdsEvent: 'registered', closedAt: daysAgo(1) } as const

describe('what is said of an order’s event on an SM-DS', () => {
  test('nothing where the order has none', () => {
    expect(read({ smdsAddress: null, smdsEvent: null })).toBeUndefined()
  })

  test.each<[string, Given, ProfileState, RegExp]>([
    ['it waits for the release', {}, 'Confirmed', /^Waiting to be registered at ds\.example\.com \| .*released/],
    ['it waits for the SM-DS', {}, 'Released', /^Waiting to be registered at ds\.example\.com$/],
    ['the SM-DS does not take it', { smdsFailure: why }, 'Released', /^Waiting to be registered.*not accessible.*tried again/],
    ['it was given up', { smdsFailure: why, smdsGivenUp: true }, 'Released', /^Could not be registered.*not accessible.*Hand out the code/],
    [
      'it is there, since a known moment',
      { smdsEvent: 'registered', smdsRegisteredAt: daysAgo(2) },
      'Released',
      /^Registered at ds\.example\.com, 2030-04-29$/,
    ],
    ['it is there', { smdsEvent: 'registered' }, 'Downloaded', /^Registered at ds\.example\.com$/],
    ['the order has ended before', { closedAt: daysAgo(1) }, 'Available', /^Never registered/],
    ['it is being deleted', closed, 'Available', /^Being deleted at ds\.example\.com$/],
    [
      'it could not be deleted so far',
      { ...closed, smdsFailure: why },
      'Available',
      /^Could not be deleted yet.*no answer in time.*tried again/,
    ],
    [
      'it could not be deleted',
      { ...closed, smdsFailure: why, smdsGivenUp: true },
      'Available',
      /^Could not be deleted at.*no answer in time.*not tried any more/,
    ],
    [
      'nobody has deleted it for a month',
      { ...closed, closedAt: daysAgo(31) },
      'Available',
      /^Could not be deleted at.*not tried any more/,
    ],
    ['its device was erased', { ...closed, eid: 'erased:abc' }, 'Available', /^Could not be deleted at.*EID was erased/],
    ['it is deleted', { ...closed, smdsEvent: 'deleted' }, 'Available', /^Deleted at ds\.example\.com$/],
  ])('%s', (_, more, state, said) => {
    expect(read(more, state)).toMatch(said)
  })

  test('who sees EIDs masked reads the same', () => {
    expect(read({ ...closed, eid: '••••1235' })).toMatch(/^Being deleted/)
  })
})
