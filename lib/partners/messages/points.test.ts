import { describe, expect, test } from 'vitest'
import type { TimelineStep } from '@/lib/db/partners/timeline-steps'
import { EVENT_KINDS } from '@/lib/db/profile-events'
import { defaultPoints } from '../notification-points'
import { WEBHOOK_EVENT_NAMES, WebhookPayload } from '../webhooks/events'
import { type Listener, type ProgressInfo, testOf, toldOf } from './points'
import { TOLD_KINDS } from './telling'

const partnerId = '11111111-1111-4111-8111-111111111111'
const at = new Date('2026-05-03T14:30:00.250Z')
const id = '22222222-2222-4222-8222-222222222222'

const step = (more: Partial<TimelineStep>): TimelineStep => ({
  eventId: '7',
  at,
  iccid: '8944000000000000011',
  kind: 'authenticateClient',
  outcome: 'ok',
  status: null,
  data: null,
  eid: '89049032000000000000000000000001',
  orderId: '33333333-3333-4333-8333-333333333333',
  partnerId,
  partnerName: 'Example',
  reference: 'crm-1',
  typeId: '44444444-4444-4444-8444-444444444444',
  typeName: 'Consumer',
  installationResult: null,
  ...more,
})
const createdAt = new Date(at.getTime() - 1_000)
const callback: Listener = { kind: 'es2plus', partnerId, typeIds: null, points: defaultPoints(), headerVersion: '2.2.2', createdAt }
const webhook: Listener = { ...callback, kind: 'webhook', partnerId: null, points: { events: [] } }

const infos = (more: Partial<TimelineStep>, listener = callback) =>
  toldOf(listener, step(more)).map(({ body }) => body(id, '1.2.3') as ProgressInfo)
const codeOf = ({ notificationPointStatus: status }: ProgressInfo) =>
  status.status === 'Failed' ? `${status.statusCodeData.subjectCode}/${status.statusCodeData.reasonCode}` : 'ok'
const points = (more: Partial<TimelineStep>) => infos(more).map(info => [info.notificationPointId, codeOf(info)])
const payloads = (more: Partial<TimelineStep>, listener = webhook) =>
  toldOf(listener, step(more)).map(({ body }) => body(id, '1.2.3') as WebhookPayload)
const named = (more: Partial<TimelineStep>) => payloads(more).map(({ event, data }) => [event, data?.result, data?.orderEnded])

describe('ES2+.HandleDownloadProgressInfo', () => {
  test('§5.3.5 says who, which profile, when and how it went', () => {
    expect(infos({})).toEqual([
      {
        header: { functionRequesterIdentifier: '1.2.3', functionCallIdentifier: id },
        eid: '89049032000000000000000000000001',
        iccid: '8944000000000000011',
        profileType: 'Consumer',
        timestamp: '2026-05-03T14:30:00Z',
        notificationPointId: 1,
        notificationPointStatus: { status: 'Executed-Success' },
      },
    ])
  })

  test.each([
    ['a device that may have it', { outcome: 'warning' }, [[1, 'ok']]],
    ['a device that may not', { outcome: 'refused', status: 'profileNotEligible' }, [[1, '8.2.5/4.3']]],
    ['no attempt left', { outcome: 'refused', status: 'downloadAttemptsExceeded' }, [[1, '8.8.5/6.4']]],
    ['the package', { kind: 'getBoundProfilePackage' }, [[3, 'ok']]],
    ['a wrong code', { kind: 'getBoundProfilePackage', outcome: 'refused', status: 'confirmationCodeRefused' }, [[2, '8.2.7/3.8']]],
    ['no code', { kind: 'getBoundProfilePackage', outcome: 'refused', status: 'confirmationCodeMissing' }, [[2, '8.2.7/2.2']]],
    [
      'the last code',
      { kind: 'getBoundProfilePackage', outcome: 'refused', status: 'confirmationCodeAttemptsExceeded' },
      [[2, '8.2.7/6.4']],
    ],
    ['no package', { kind: 'getBoundProfilePackage', outcome: 'refused', status: 'bppUnavailable' }, [[3, '8.2/3.7']]],
    ['a person who said no', { kind: 'cancelSession', data: { reason: 0, effect: 'ended' } }, [[2, '8.8.5/3.8']]],
    ['a package that does not load', { kind: 'cancelSession', data: { reason: 5, effect: 'ended' } }, [[2, '8.2.10/4.2']]],
    ['a reason that nobody knows', { kind: 'cancelSession', data: { reason: 99, effect: 'ended' } }, [[2, '8/4.2']]],
    ['a person who waits', { kind: 'cancelSession', data: { reason: 1, effect: 'kept' } }, []],
    ['an installation', { kind: 'installationResult', data: { success: true } }, [[4, 'ok']]],
    ['too little memory', { kind: 'installationResult', data: { success: false, errorReason: 10, effect: 'kept' } }, [[4, '8.1/4.8']]],
    [
      'a failed installation',
      { kind: 'installationResult', data: { success: false, errorReason: 12, effect: 'ended' } },
      [[4, '8.2.10/4.2']],
    ],
    ['a result that came too late', { kind: 'installationResult', data: { success: true, late: true } }, []],
    ['enabled', { kind: 'notification', data: { event: 'enable' } }, [[101, 'ok']]],
    ['disabled', { kind: 'notification', data: { event: 'disable' } }, [[102, 'ok']]],
    ['deleted', { kind: 'notification', data: { event: 'delete' } }, [[5, 'ok']]],
    ['an order', { kind: 'downloadOrder' }, []],
    ['the end after the refusal', { kind: 'orderEnded', status: 'downloadAttemptsExceeded' }, []],
  ] as [string, Partial<TimelineStep>, unknown][])('tells %s', (_, more, expected) => {
    expect(points(more)).toEqual(expected)
  })

  test('the result of an installation is sent as it came, in point 4 alone', () => {
    const installationResult = Buffer.from('bf3700', 'hex')
    expect(infos({ kind: 'installationResult', data: { success: true }, installationResult })[0]?.resultData).toBe('vzcA')
    expect(infos({ installationResult })[0]).not.toHaveProperty('resultData')
  })

  test('numbers are the partner’s, and a point without one is not told', () => {
    const own = { ...callback, points: { download: 30, deleted: 17 } }
    expect(infos({ kind: 'getBoundProfilePackage' }, own)[0]?.notificationPointId).toBe(30)
    expect(infos({ kind: 'notification', data: { event: 'delete' } }, own)[0]?.notificationPointId).toBe(17)
    expect(infos({}, own)).toEqual([])
  })

  test('before v2.2 an ICCID has 20 characters', () => {
    expect(infos({}, { ...callback, headerVersion: '2.1.0' })[0]?.iccid).toBe('8944000000000000011F')
  })

  test('an EID that was erased is left out', () => {
    expect(infos({ eid: 'erased:01234567' })[0]).not.toHaveProperty('eid')
  })
})

describe('webhooks', () => {
  test.each([
    ['an order', { kind: 'downloadOrder' }, [['order.created', 'success', false]]],
    ['a confirmation', { kind: 'confirmOrder', data: { released: false } }, [['order.confirmed', 'success', false]]],
    [
      'a confirmation with release',
      { kind: 'confirmOrder', data: { released: true } },
      [
        ['order.confirmed', 'success', false],
        ['order.released', 'success', false],
      ],
    ],
    ['a release', { kind: 'releaseProfile' }, [['order.released', 'success', false]]],
    ['another device', { kind: 'bind' }, [['order.changed', 'success', false]]],
    ['a cancelled order', { kind: 'cancelOrder' }, [['order.cancelled', 'success', true]]],
    ['a refused device', { outcome: 'refused', status: 'profileNotEligible' }, [['profile.eligibility', 'failed', false]]],
    ['the package', { kind: 'getBoundProfilePackage' }, [['profile.downloaded', 'success', false]]],
    ['a person who waits', { kind: 'cancelSession', data: { reason: 1, effect: 'kept' } }, [['profile.cancelled', 'failed', false]]],
    ['an installation', { kind: 'installationResult', data: { success: true } }, [['profile.installed', 'success', true]]],
    [
      'a failed installation',
      { kind: 'installationResult', data: { success: false, errorReason: 12, effect: 'ended' } },
      [['profile.failed', 'failed', true]],
    ],
    ['an order at its limit', { kind: 'orderEnded', status: 'downloadAttemptsExceeded' }, [['profile.failed', 'failed', true]]],
    ['a link that was made', { kind: 'linkMade' }, []],
  ] as [string, Partial<TimelineStep>, unknown][])('tell %s', (_, more, expected) => {
    expect(named(more)).toEqual(expected)
  })

  test('what is told is what is documented, and there is no code in it', () => {
    for (const kind of TOLD_KINDS)
      for (const payload of payloads({ kind, data: { matchingId: 'SECRET', event: 'enable', released: true } })) {
        expect(WebhookPayload.parse(payload)).toEqual(payload)
        expect(JSON.stringify(payload)).not.toContain('SECRET')
      }
  })

  test('only the wanted events are told, and all where none is named', () => {
    expect(payloads({}, { ...webhook, points: { events: ['profile.downloaded'] } })).toEqual([])
    expect(payloads({ kind: 'getBoundProfilePackage' }, { ...webhook, points: { events: ['profile.downloaded'] } })).toHaveLength(1)
    expect(payloads({}, { ...webhook, points: {} })).toHaveLength(1)
  })
})

test('nobody is told of orders of others, of types that they did not ask for, or from before they were there', () => {
  const other = '55555555-5555-4555-8555-555555555555'
  const told = (listener: Listener, more: Partial<TimelineStep> = {}) => toldOf(listener, step(more)).length
  expect(told(callback, { partnerId: other })).toBe(0)
  expect(told(callback, { partnerId: null })).toBe(0)
  expect(told(webhook, { partnerId: null })).toBe(1)
  expect(told({ ...webhook, partnerId }, { partnerId: other })).toBe(0)
  expect(told({ ...webhook, partnerId }, { partnerId: null })).toBe(0)
  expect(told({ ...webhook, partnerId })).toBe(1)
  expect(told({ ...webhook, typeIds: [other] })).toBe(0)
  expect(told({ ...callback, createdAt: new Date(at.getTime() + 1) })).toBe(0)
})

test('a test tells of no profile', () => {
  expect(WebhookPayload.parse(testOf(webhook, at).body(id, ''))).toMatchObject({ id, event: 'test', data: null })
  expect(testOf({ ...callback, points: { deleted: 17 } }, at).body(id, '1.2.3')).toMatchObject({
    iccid: '0'.repeat(19),
    notificationPointId: 17,
  })
})

test('every kind that is told is one of the timeline, and every event is told of something', () => {
  expect(EVENT_KINDS).toEqual(expect.arrayContaining(TOLD_KINDS))
  expect(new Set(WEBHOOK_EVENT_NAMES).size).toBe(WEBHOOK_EVENT_NAMES.length)
})
