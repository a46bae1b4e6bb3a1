import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { NotAllowed } from '@/lib/accounts/actor'
import { transaction } from '@/lib/db/pool'
import { FormError } from '@/lib/form-error'
import { Iccid } from '@/lib/rsp/identifiers'
import { tell } from '@/lib/rsp/timeline/sentences'
import { Device, verdictOf } from '@/lib/smdp/testing/device'
import { Laboratory } from '@/lib/smdp/testing/laboratory'
import { downloadOrder } from './download-order'
import { ExtendInput, extendExpiry, extendOrder, RaiseInput, raiseLimit } from './extend-order'

let lab: Laboratory
beforeAll(async () => {
  lab = await Laboratory.open()
})
afterAll(() => lab.close())

const dayMs = 86_400_000
const inDays = (days: number): Date => new Date(lab.now.getTime() + days * dayMs)
const extend = (iccid: Iccid, expiresAt: Date | null) => extendExpiry(lab.db, lab.orderContext(), { iccid, expiresAt })
const raise = (input: RaiseInput) => raiseLimit(lab.db, lab.orderContext(), input)
const refused = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    error => (error instanceof FormError ? error.message : Promise.reject(error)),
  )
const issued = async (options: Parameters<Laboratory['issued']>[0] = {}) => {
  const { iccid, ...order } = await lab.issued(options)
  return { ...order, iccid: Iccid.parse(iccid) }
}
const lastEvent = async (iccid: string) => {
  const event = (await lab.events(iccid)).at(-1)
  return event && { kind: event.kind, data: event.data }
}

describe('a code is good for longer', () => {
  test('also when it has run out: the same code works again', async () => {
    const { iccid, matchingId } = await issued({ expiresAt: inDays(1) })
    const before = lab.now
    lab.now = inDays(2)
    try {
      expect(verdictOf(await new Device(lab).authenticate(matchingId))).toBe('8.8.5/4.10')
      const until = inDays(7)
      expect(await extend(iccid, until)).toMatchObject({ iccid, expiresAt: until })
      expect(verdictOf(await new Device(lab).downloaded(matchingId))).toBe('Executed-Success')
    } finally {
      lab.now = before
    }
  })

  test('the timeline says until when, and what it was before; the audit who did it', async () => {
    const { iccid, orderId } = await issued({ expiresAt: inDays(1) })
    await extend(iccid, null)
    const event = await lastEvent(iccid)
    expect(event).toEqual({ kind: 'orderChanged', data: { expiresAt: null, expiresBefore: inDays(1).toISOString() } })
    expect(
      tell({ ...event, kind: 'orderChanged', outcome: 'ok', status: null, detail: null, data: event?.data ?? null, actor: 'x' }),
    ).toMatchObject({
      title: 'The code is good without end now.',
      lines: [expect.stringMatching(/^Before, it was good until \d+ /)],
    })
    expect(await lab.sql(`SELECT actor, detail FROM audit WHERE target = $1 AND action = 'order:extend'`, [iccid])).toEqual([
      { actor: 'cli:test', detail: { orderId, expiresAt: null, expiresBefore: inDays(1).toISOString() } },
    ])
  })

  test('never for shorter, never until a moment that has passed', async () => {
    const { iccid } = await issued({ expiresAt: inDays(3) })
    expect(await refused(extend(iccid, inDays(2)))).toMatch(/^The code is good until .* already\.$/)
    expect(await refused(extend(iccid, inDays(-1)))).toMatch(/^That moment has passed/)
    const { iccid: endless } = await issued()
    expect(await refused(extend(endless, inDays(2)))).toBe('The code is good without end already.')
    expect((await lab.events(iccid)).filter(({ kind }) => kind === 'orderChanged')).toEqual([])
  })

  test('ten who press it at once extend it once', async () => {
    const { iccid } = await issued({ expiresAt: inDays(1) })
    const until = inDays(9)
    const done = await Promise.all(Array.from({ length: 10 }, () => refused(extend(iccid, until))))
    expect(done.filter(words => words === 'done')).toHaveLength(1)
    expect((await lab.events(iccid)).filter(({ kind }) => kind === 'orderChanged')).toHaveLength(1)
  })
})

describe('a code may be tried more often', () => {
  test('downloads: one that is used up opens again', async () => {
    await lab.addType({ name: 'once', downloadLimit: 1 })
    const { iccid, matchingId } = await issued({ type: 'once' })
    expect(verdictOf(await new Device(lab).authenticate(matchingId))).toBe('Executed-Success')
    expect(await raise({ iccid, downloadLimit: 3 })).toMatchObject({ downloadLimit: 3 })
    expect(verdictOf(await new Device(lab).authenticate(matchingId))).toBe('Executed-Success')
    expect((await lab.events(iccid)).find(({ kind }) => kind === 'orderChanged')?.data).toEqual({
      downloadLimit: 3,
      downloadLimitBefore: 1,
    })
  })

  test('confirmation codes: what was counted stays counted', async () => {
    const { iccid, matchingId } = await issued({ confirmationCode: '2468' })
    const wrong = async () => {
      const device = new Device(lab)
      await device.authenticate(matchingId)
      return verdictOf(await device.fetch({ confirmationCode: '1111' }))
    }
    expect([await wrong(), await wrong()]).toEqual(['8.2.7/3.8', '8.2.7/3.8'])
    await raise({ iccid, confirmationLimit: 5 })
    expect([await wrong(), await wrong()]).toEqual(['8.2.7/3.8', '8.2.7/3.8'])
    const device = new Device(lab)
    await device.authenticate(matchingId)
    expect(verdictOf(await device.fetch({ confirmationCode: '2468' }))).toBe('Executed-Success')
  })

  test('only raised, and only where the order counts them', async () => {
    const { iccid } = await issued()
    expect(await refused(raise({ iccid, downloadLimit: 10 }))).toBe('10 downloads are allowed already: a limit is only raised.')
    expect(await refused(raise({ iccid, confirmationLimit: 9 }))).toBe('This order asks for no confirmation code.')
    expect(await refused(raise({ iccid }))).toMatch(/^Say until when/)
    expect(RaiseInput.safeParse({ iccid, confirmationLimit: 101 }).success).toBe(false)
    expect(RaiseInput.safeParse({ iccid, downloadLimit: 1_001 }).success).toBe(false)
    expect(ExtendInput.safeParse({ iccid }).success).toBe(false)
  })
})

describe('what has no open code', () => {
  test('is told so: ended, not issued yet, unknown', async () => {
    const { iccid } = await issued({ expiresAt: inDays(1) })
    await lab.cancelled(iccid, 'Available')
    expect(await refused(extend(iccid, inDays(5)))).toMatch(/^There is no open order any more/)
    const { iccid: reserved } = await lab.addProfile()
    await transaction(lab.db, tx => downloadOrder(tx, lab.orderContext(), { iccid: reserved }))
    expect(await refused(raise({ iccid: reserved, downloadLimit: 20 }))).toMatch(/^The order has no code yet/)
    await expect(extend(Iccid.parse('8999991200000000019'), null)).rejects.toThrow()
  })

  test('both at once: all that is given, or nothing', async () => {
    const { iccid } = await issued({ expiresAt: inDays(1) })
    const both = (downloadLimit: number) => extendOrder(lab.db, lab.orderContext(), { iccid, expiresAt: inDays(4), downloadLimit })
    expect(await refused(both(10))).toContain('only raised')
    expect(await lab.sql('SELECT expires_at FROM download_order WHERE iccid = $1', [iccid])).toEqual([{ expires_at: inDays(1) }])
    expect(await both(12)).toMatchObject({ expiresAt: inDays(4), downloadLimit: 12 })
  })

  test('who may not, does not', () => {
    const agent = { ...lab.orderContext(), actor: { kind: 'account' as const, name: 'x@example.com', role: 'support' as const } }
    expect(() => extendOrder(lab.db, agent, { iccid: Iccid.parse('8999991200000000019'), expiresAt: null })).toThrow(NotAllowed)
  })
})
