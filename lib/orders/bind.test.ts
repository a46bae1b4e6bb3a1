import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { NotAllowed } from '@/lib/accounts/actor'
import { deliverProfile, StaleState } from '@/lib/db/move-profile'
import { type Transaction, transaction } from '@/lib/db/pool'
import { FormError } from '@/lib/form-error'
import { Eid, Iccid, MatchingId } from '@/lib/rsp/identifiers'
import { Device, verdictOf } from '@/lib/smdp/testing/device'
import { actor, Laboratory } from '@/lib/smdp/testing/laboratory'
import { bind, unbind } from './bind'
import { bindProfile } from './bind-profile'
import { confirmOrder } from './confirm-order'
import { downloadOrder } from './download-order'
import { readEidPolicy, typedEid, writeEidPolicy } from './eid-policy'
import { issue } from './issue'

let lab: Laboratory
beforeAll(async () => {
  lab = await Laboratory.open()
})
afterAll(() => lab.close())

const x = Eid.parse('89999123000000000000000000004291')
const y = Eid.parse('89999123000000000000000000004388')
const mistyped = Eid.parse('89999123000000000000000000004289')

const inTransaction = <T>(work: (tx: Transaction) => Promise<T>) => transaction(lab.db, work)
const bindTo = (iccid: string, eid: Eid) => bind(lab.db, lab.orderContext(), { iccid: Iccid.parse(iccid), eid })
const free = (iccid: string) => unbind(lab.db, lab.orderContext(), { iccid: Iccid.parse(iccid) })
const orderEid = async (iccid: string) =>
  (await lab.sql('SELECT eid FROM download_order WHERE iccid = $1 AND closed_at IS NULL', [iccid]))[0]?.eid
const lastEvent = async (iccid: string) =>
  (await lab.sql('SELECT kind, eid, data, actor FROM profile_event WHERE iccid = $1 ORDER BY id DESC LIMIT 1', [iccid]))[0]
const confirmed = async () => {
  const { iccid } = await lab.addProfile()
  const [issued] = await issue(lab.db, lab.orderContext(), { iccids: [iccid], release: false })
  if (!issued) throw new Error('nothing issued')
  return issued
}

describe('binding a profile to an eUICC', () => {
  test('Available: it is reserved for it, with its customer (Linked), and confirmed for it later', async () => {
    const { iccid } = await lab.addProfile()
    const customer = { customerEmail: 'ada@example.com', reference: 'A 17', language: 'de' as const }
    expect(await bind(lab.db, lab.orderContext(), { iccid, eid: x, ...customer })).toEqual({ iccid, state: 'Linked', eid: x })
    expect(await lab.sql('SELECT eid, customer_email, reference, language FROM download_order WHERE iccid = $1', [iccid])).toEqual([
      { eid: x, customer_email: 'ada@example.com', reference: 'A 17', language: 'de' },
    ])
    expect((await inTransaction(tx => confirmOrder(tx, lab.orderContext(), { iccid, releaseFlag: true }))).eid).toBe(x)
  })

  test('Allocated becomes Linked, Linked for another one stays Linked, unbound it is Allocated again; each is on the timeline', async () => {
    const { iccid } = await lab.addProfile()
    await inTransaction(tx => downloadOrder(tx, lab.orderContext(), { iccid }))
    expect(await bindTo(iccid, x)).toMatchObject({ state: 'Linked' })
    expect(await lastEvent(iccid)).toEqual({ kind: 'bind', eid: x, data: null, actor: 'cli:test' })
    expect(await bindTo(iccid, y)).toMatchObject({ state: 'Linked' })
    expect(await lastEvent(iccid)).toMatchObject({ kind: 'bind', eid: y, data: { from: x } })
    expect(await orderEid(iccid)).toBe(y)
    expect(await free(iccid)).toEqual({ iccid, state: 'Allocated', eid: null })
    expect(await lastEvent(iccid)).toMatchObject({ kind: 'unbind', eid: null, data: { from: y } })
    expect(await orderEid(iccid)).toBeNull()
    await expect(free(iccid)).rejects.toThrow('This profile is not bound to an eUICC.')
  })

  test('Confirmed and Released: only that eUICC can download, after a change only the other one, unbound anyone', async () => {
    for (const { iccid } of [await confirmed(), await lab.issued()]) {
      const { state } = (await lab.profile(iccid)) ?? {}
      expect(await bindTo(iccid, x)).toMatchObject({ state })
      expect(await bindTo(iccid, y)).toMatchObject({ state })
      expect(await orderEid(iccid)).toBe(y)
      expect(await free(iccid)).toMatchObject({ state, eid: null })
    }
    const { iccid, matchingId } = await lab.issued()
    const [first, second] = [new Device(lab), new Device(lab)]
    await bindTo(iccid, Eid.parse(first.card.eid))
    expect(verdictOf(await second.authenticate(matchingId))).toBe('8.1.1/3.8')
    await bindTo(iccid, Eid.parse(second.card.eid))
    expect(verdictOf(await first.authenticate(matchingId))).toBe('8.1.1/3.8')
    expect(verdictOf(await second.downloaded(matchingId))).toBe('Executed-Success')
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Downloaded', eid: second.card.eid })
  })

  test('for the eUICC that it is for already changes nothing', async () => {
    const { iccid } = await lab.issued({ eid: x })
    const events = (await lab.events(iccid)).length
    expect(await bindTo(iccid, x)).toMatchObject({ state: 'Released', eid: x })
    expect(await lab.events(iccid)).toHaveLength(events)
  })

  test('is over once a device has taken the package, and for what has no order', async () => {
    const { iccid, matchingId } = await lab.issued()
    const device = new Device(lab)
    await device.downloaded(matchingId)
    await expect(bindTo(iccid, x)).rejects.toThrow(`The eUICC ${device.card.eid} has taken this profile already`)
    await expect(free(iccid)).rejects.toBeInstanceOf(FormError)
    const { iccid: retired } = await lab.addProfile()
    await lab.cancelled(retired, 'Unavailable')
    await expect(bindTo(retired, x)).rejects.toThrow('The profile is Unavailable: there is no order')
    await expect(bindTo('89019990001234567893', x)).rejects.toMatchObject({ status: 'iccidUnknown' })
  })

  test('a default SM-DP+ order can be made another eUICC’s, but not anybody’s', async () => {
    const device = new Device(lab)
    const { iccid } = await lab.issued({ eid: x, matchingId: MatchingId.parse('') })
    await expect(free(iccid)).rejects.toThrow('the device finds it by its EID alone')
    expect(verdictOf(await device.authenticate(''))).toBe('8.1.1/3.8')
    await bindTo(iccid, Eid.parse(device.card.eid))
    expect(verdictOf(await device.downloaded(''))).toBe('Executed-Success')
  })

  test('bound again after a cancelled order, the one before does not count', async () => {
    const { iccid } = await lab.issued()
    await bindTo(iccid, x)
    await lab.cancelled(iccid, 'Available')
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Available', eid: null })
    const [again] = await lab.issueAgain(iccid)
    expect(verdictOf(await new Device(lab).downloaded(again?.matchingId))).toBe('Executed-Success')
  })

  test('what ends an order ends a bound one too: wrong confirmation codes of its own eUICC', async () => {
    await lab.addType({ name: 'one try', confirmationLimit: 1 })
    const device = new Device(lab)
    const { iccid, matchingId, orderId } = await lab.issued({ type: 'one try', confirmationCode: '1234' })
    await bindTo(iccid, Eid.parse(device.card.eid))
    await device.authenticate(matchingId)
    await device.fetch({ confirmationCode: 'wrong' })
    expect(await lab.order(orderId)).toMatchObject({ outcome: 'confirmationCodeAttemptsExceeded' })
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Error' })
    await lab.cancelled(iccid, 'Available')
  })

  test('is audited, and who may not does not', async () => {
    const { iccid } = await lab.issued()
    await bindTo(iccid, x)
    await free(iccid)
    expect(await lab.sql(`SELECT detail FROM audit WHERE target = $1 AND action = 'order:bind' ORDER BY id`, [iccid])).toEqual([
      { detail: { eid: { digest: expect.any(String) }, state: 'Released' } },
      { detail: { eid: null, state: 'Released' } },
    ])
    const nobody = { ...lab.orderContext(), actor: { ...actor, role: 'nobody' as 'operator' } }
    await expect(bind(lab.db, nobody, { iccid: Iccid.parse(iccid), eid: x })).rejects.toBeInstanceOf(NotAllowed)
    await expect(unbind(lab.db, nobody, { iccid: Iccid.parse(iccid) })).rejects.toBeInstanceOf(NotAllowed)
  })
})

describe('binding beside a download', () => {
  test('a session that was opened for another eUICC loses cleanly: no package, nothing of the order changed', async () => {
    const { iccid, matchingId } = await lab.issued()
    const [early, late] = [new Device(lab), new Device(lab)]
    await early.authenticate(matchingId)
    await bindTo(iccid, Eid.parse(late.card.eid))
    expect(verdictOf(await early.fetch())).toBe('8.1.1/3.8')
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Released', binding_id: null })
    expect(verdictOf(await late.downloaded(matchingId))).toBe('Executed-Success')
  })

  const deliveryTo = (iccid: string, orderId: string, eid: string) =>
    deliverProfile(lab.db, {
      iccid,
      orderId,
      event: 'deliver',
      at: lab.now,
      delivery: {
        eid,
        replaces: null,
        bindingId: randomUUID(),
        binding: {
          otPkDp: Buffer.of(1),
          otPkEuicc: Buffer.of(2),
          metadata: Buffer.of(3),
          sealed: Buffer.of(4),
          ciNumber: 1,
          credential: 1,
        },
        seen: { confirmationCodeHash: null, protection: 'session' },
      },
      timeline: { at: lab.now, iccid, actor: 'test', kind: 'getBoundProfilePackage', outcome: 'ok' },
    })
  const waiting = async (count: number) =>
    vi.waitFor(async () => {
      const [row] = await lab.sql(`SELECT count(*)::int AS n FROM pg_stat_activity
        WHERE wait_event_type = 'Lock' AND datname = current_database()`)
      expect(row?.n).toBe(count)
    }, 10_000)
  /** Binds, and lets something begin that has to wait before the binding is committed. */
  const whileBinding = async <T>(iccid: string, eid: Eid, begin: () => Promise<T>): Promise<PromiseSettledResult<T>> => {
    const begun = await inTransaction(async tx => {
      await bindProfile(tx, lab.orderContext(), { iccid: Iccid.parse(iccid), eid })
      const other = Promise.allSettled([begin()])
      await waiting(1)
      return { other }
    })
    const [settled] = await begun.other
    return settled
  }

  test('a delivery that began before the change was committed does not go to the eUICC of before', async () => {
    const bound = await lab.issued({ eid: x })
    const lost = await whileBinding(bound.iccid, y, () => deliveryTo(bound.iccid, bound.orderId, x))
    expect(lost).toMatchObject({ status: 'rejected', reason: expect.any(StaleState) })
    expect(await lab.profile(bound.iccid)).toMatchObject({ state: 'Released', binding_id: null })

    const anyone = await lab.issued()
    expect(await whileBinding(anyone.iccid, y, () => deliveryTo(anyone.iccid, anyone.orderId, x))).toMatchObject({ status: 'rejected' })
    await deliveryTo(anyone.iccid, anyone.orderId, y)
    expect(await lab.profile(anyone.iccid)).toMatchObject({ state: 'Downloaded', eid: y })
  })

  test('20 deliveries and 20 changes at once: whoever has the package is the one for whom the order is', async () => {
    for (let round = 0; round < 5; round++) {
      const { iccid, orderId } = await lab.issued()
      const work = Array.from({ length: 40 }, (_, i) => {
        const eid = i % 4 < 2 ? x : y
        return i % 2 ? deliveryTo(iccid, orderId, eid) : bindTo(iccid, eid)
      })
      for (const each of await Promise.allSettled(work))
        if (each.status === 'rejected' && !(each.reason instanceof FormError)) expect(each.reason).toBeInstanceOf(StaleState)
      const profile = await lab.profile(iccid)
      expect(profile?.state).toBe('Downloaded')
      expect([null, profile?.eid]).toContain(await orderEid(iccid))
    }
  })

  test('two changes at once are one after the other, and a confirmation that waited sees the change', async () => {
    const { iccid, orderId } = await lab.issued()
    await Promise.all([bindTo(iccid, x), bindTo(iccid, y)])
    const events = await lab.sql(`SELECT eid, data FROM profile_event WHERE order_id = $1 AND kind = 'bind' ORDER BY id`, [orderId])
    expect(events).toHaveLength(2)
    expect(events[1]?.data).toEqual({ from: events[0]?.eid })
    expect(await orderEid(iccid)).toBe(events[1]?.eid)

    const linked = (await lab.addProfile()).iccid
    await bindTo(linked, x)
    const confirm = () => inTransaction(tx => confirmOrder(tx, lab.orderContext(), { iccid: linked, releaseFlag: true }))
    expect(await whileBinding(linked, y, confirm)).toMatchObject({ status: 'fulfilled', value: { eid: y } })
    expect(await orderEid(linked)).toBe(y)
  })
})

describe('check digits of EIDs', () => {
  test('must hold wherever a person or a file brings one, unless a test laboratory lets them pass', async () => {
    const { iccid } = await lab.addProfile()
    const issueFor = () => issue(lab.db, lab.orderContext(), { iccids: [iccid], eid: mistyped })
    expect(await readEidPolicy(lab.db)).toBe('refuse')
    await expect(bindTo(iccid, mistyped)).rejects.toThrow('do not fit the rest')
    await expect(issueFor()).rejects.toMatchObject({ fields: { eid: expect.stringContaining('mistyped') } })
    expect((await typedEid(lab.db)).safeParse(mistyped).success).toBe(false)
    expect((await typedEid(lab.db)).parse('8999 9123-0000 0000 0000 0000 0000 4291')).toBe(x)

    await writeEidPolicy(lab.db, actor, 'warn')
    expect((await typedEid(lab.db)).parse(mistyped)).toBe(mistyped)
    expect(await issueFor()).toMatchObject([{ state: 'Released' }])
    expect(await lab.sql(`SELECT detail FROM audit WHERE action = 'settings:write'`)).toEqual([{ detail: { policy: 'warn' } }])
    await writeEidPolicy(lab.db, actor, 'refuse')
    await expect(writeEidPolicy(lab.db, { ...actor, role: 'operator' }, 'warn')).rejects.toBeInstanceOf(NotAllowed)
  })
})
