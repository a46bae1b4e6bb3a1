import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { FormError } from '@/lib/form-error'
import { Eid, Iccid } from '@/lib/rsp/identifiers'
import { Device } from '@/lib/smdp/testing/device'
import { Laboratory } from '@/lib/smdp/testing/laboratory'
import { deletedOnPhone, goodLinks, moved, onPhone, ordersOf, verdictsOf } from '@/lib/smdp/testing/moved-profiles'
import { EVENT, installationResult, otherNotification } from '@/lib/smdp/testing/notifications'
import { issue } from '../issue'
import { type ExchangeInput, exchangeFile, listReplacements, type ReplaceInput, replacementOf, replaceProfile } from './replace'

let lab: Laboratory
beforeAll(async () => {
  lab = await Laboratory.open()
  await lab.addType({ name: 'other' })
  await lab.addType({ name: 'empty' })
  await lab.addType({ name: 'free', reuseAfterDeletion: false })
})
afterAll(() => lab.close())

const replace = (iccid: string, more: Partial<ReplaceInput> = {}) =>
  replaceProfile(lab.db, lab.orderContext(), { iccid: Iccid.parse(iccid), reason: 'The phone was lost.', ...more })
const inStock = (type?: string) => lab.addProfile(type ? { type } : {})
const refusal = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    error => (error instanceof FormError ? error.message : (error.status ?? Promise.reject(error))),
  )

describe('a lost or broken phone', () => {
  test('the customer gets a fresh profile from stock, and the old one is barred', async () => {
    const old = await onPhone(lab)
    const { iccid: fresh } = await inStock()
    const issued = await replace(old.iccid)
    expect(issued).toMatchObject({ oldIccid: old.iccid, iccid: fresh, state: 'Released' })
    expect(await lab.profile(old.iccid)).toMatchObject({ state: 'Unavailable' })
    expect((await lab.events(old.iccid)).at(-1)).toMatchObject({
      kind: 'bar',
      data: { newIccid: fresh, reason: 'The phone was lost.' },
    })
    expect((await lab.events(fresh)).find(({ kind }) => kind === 'replacement')).toMatchObject({
      data: { oldIccid: old.iccid, reason: 'The phone was lost.' },
    })
    expect(await goodLinks(lab, old.iccid)).toEqual([])
    expect(await goodLinks(lab, fresh)).toEqual([issued.orderId])
    expect(await ordersOf(lab, fresh)).toMatchObject([{ reason: 'replacement' }])
    expect(await lab.phone().download({ activationCode: issued.activationCode })).toMatchObject({ outcome: 'installed' })
    expect(await replacementOf(lab.db, old.iccid)).toMatchObject({ replacedBy: { newIccid: fresh } })
    expect(await replacementOf(lab.db, fresh)).toMatchObject({ standsInFor: { oldIccid: old.iccid } })
  })

  test('the order is the same customer’s', async () => {
    const { iccid } = await inStock('other')
    await issue(lab.db, lab.orderContext(), { iccids: [iccid], customerEmail: 'kim@example.com', reference: 'A-17', language: 'ar' })
    await inStock('other')
    const { iccid: fresh } = await replace(iccid)
    expect(await ordersOf(lab, fresh)).toMatchObject([{ customer_email: 'kim@example.com', reference: 'A-17', language: 'ar' }])
  })

  test('a partner’s order stays the partner’s, whoever makes the next one', async () => {
    const { iccid } = await inStock('other')
    const partner = { id: '11111111-2222-4333-8444-555555555555', allTypes: true, typeIds: [] }
    await issue(lab.db, { ...lab.orderContext(), partner }, { iccids: [iccid] })
    await inStock('other')
    const { iccid: fresh } = await replace(iccid)
    expect(await ordersOf(lab, fresh)).toMatchObject([{ partner_id: partner.id, created_by: 'cli:test' }])
  })

  test('of another type, for one eUICC', async () => {
    const { iccid } = await onPhone(lab)
    const { iccid: fresh } = await inStock('other')
    const phone = lab.phone()
    const issued = await replace(iccid, { type: 'other', eid: Eid.parse(phone.euicc.card.eid) })
    expect(issued.iccid).toBe(fresh)
    await expect(lab.phone().download({ activationCode: issued.activationCode })).rejects.toThrow()
    expect(await phone.download({ activationCode: issued.activationCode })).toMatchObject({ outcome: 'installed' })
  })

  test('with no stock nothing is barred', async () => {
    const { iccid } = await onPhone(lab, { type: 'empty' })
    const before = await lab.fingerprint()
    expect(await refusal(replace(iccid))).toBe('profileTypeExhausted')
    expect(await refusal(replace(iccid, { type: 'no such type' }))).toBe('profileTypeUnknown')
    expect(await lab.fingerprint()).toEqual(before)
  })

  test('whatever the state: a code that no phone has used is dead, a download under way too', async () => {
    await inStock()
    const unused = await lab.issued()
    await replace(unused.iccid)
    await expect(lab.phone().download({ activationCode: unused.activationCode })).rejects.toThrow()

    const taken = await lab.issued()
    const device = new Device(lab)
    await device.authenticate(taken.matchingId)
    const request = device.prepare()
    await device.sendPrepared(request)
    await inStock()
    await replace(taken.iccid)
    expect(await lab.profile(taken.iccid)).toMatchObject({ state: 'Unavailable' })
    expect((await device.sendPrepared(request)).json.boundProfilePackage).toBeUndefined()
    await device.notify(installationResult(device, { iccid: taken.iccid }))
    expect(await lab.profile(taken.iccid)).toMatchObject({ state: 'Unavailable' })
    expect(await verdictsOf(lab, taken.iccid)).toEqual(['order closed'])

    const failed = await lab.issued()
    const second = new Device(lab)
    await second.downloaded(failed.matchingId)
    await second.notify(installationResult(second, { errorReason: 1, iccid: failed.iccid }))
    await inStock()
    await replace(failed.iccid)
    expect((await lab.events(failed.iccid)).slice(-2)).toMatchObject([{ kind: 'cancelOrder' }, { kind: 'replacement' }])
  })

  test('nobody has it, or it is out of use: there is nothing to replace', async () => {
    const { iccid } = await inStock('other')
    expect(await refusal(replace(iccid))).toContain('in stock')
    await lab.cancelled(iccid, 'Unavailable')
    expect(await refusal(replace(iccid))).toContain('out of use already')
    expect(await refusal(replace('8999991200000000019'))).toBe('iccidUnknown')
  })

  test('what the lost phone still tells changes nothing; nobody brings the barred profile back', async () => {
    const { iccid, matchingId } = await lab.issued()
    const device = new Device(lab)
    await device.downloaded(matchingId)
    await device.notify(installationResult(device, { iccid, sequenceNumber: 1 }))
    await inStock()
    await replace(iccid)
    const before = await lab.profile(iccid)
    await device.notify(otherNotification(device, { sequenceNumber: 2, event: EVENT.enable, iccid }))
    await device.notify(otherNotification(device, { sequenceNumber: 3, event: EVENT.delete, iccid }))
    expect(await lab.profile(iccid)).toEqual(before)
    expect(await verdictsOf(lab, iccid)).toEqual(['applied', 'the profile is Unavailable', 'the profile is Unavailable'])
    expect(await refusal(moved(lab, iccid, { pastPolicy: { reason: 'found again' } }))).toContain('out of use')
    await expect(lab.cancelled(iccid, 'Available')).rejects.toMatchObject({ status: 'iccidInUse' })
  })
})

describe('replaced again', () => {
  test('the same profile twice: the second hears which one took its place, also at once', async () => {
    const { iccid } = await onPhone(lab)
    for (let i = 0; i < 3; i++) await inStock()
    const answers = await Promise.all([refusal(replace(iccid)), refusal(replace(iccid)), refusal(replace(iccid))])
    expect(answers.filter(answer => answer === 'done')).toHaveLength(1)
    expect(answers.filter(answer => answer.includes('took its place'))).toHaveLength(2)
    expect(await lab.sql('SELECT 1 FROM replacement WHERE old_iccid = $1', [iccid])).toHaveLength(1)
  })

  test('the replacement itself, used or not: the phone number goes on with the customer', async () => {
    await lab.addType({ name: 'chain' })
    const [first, second, third] = [await inStock('chain'), await inStock('chain'), await inStock('chain')].map(({ iccid }) => iccid)
    if (!first || !second || !third) throw new Error('no stock')
    for (const [iccid, msisdn] of [
      [first, '491700000001'],
      [second, '491700000002'],
      [third, '491700000003'],
    ])
      await lab.sql('UPDATE profile SET msisdn = $2 WHERE iccid = $1', [iccid, msisdn])
    await issue(lab.db, lab.orderContext(), { iccids: [Iccid.parse(first)], reference: 'chain' })
    const one = await replace(first)
    const two = await replace(one.iccid)
    const rows = await lab.sql(`SELECT old_iccid, new_iccid, msisdn FROM replacement WHERE reference = 'chain' ORDER BY id`)
    expect(rows).toMatchObject([
      { old_iccid: first, new_iccid: one.iccid, msisdn: '491700000001' },
      { old_iccid: one.iccid, new_iccid: two.iccid, msisdn: '491700000001' },
    ])
  })

  test('a replacement’s order, cancelled, does not put its profile back into stock: the network knows it as the customer’s', async () => {
    const { iccid } = await onPhone(lab)
    await inStock()
    const issued = await replace(iccid)
    await expect(lab.cancelled(issued.iccid, 'Available')).rejects.toMatchObject({ status: 'iccidInUse' })
    expect(await lab.cancelled(issued.iccid, 'Unavailable')).toBe('Unavailable')
  })

  test('a replacement moves to a new phone as any other profile', async () => {
    const { iccid } = await deletedOnPhone(lab)
    await inStock()
    const issued = await replace(iccid)
    const phone = lab.phone()
    await phone.download({ activationCode: issued.activationCode })
    phone.deleteProfile(issued.iccid)
    await phone.sendNotifications()
    const next = await moved(lab, issued.iccid)
    expect(await lab.phone().download({ activationCode: next.activationCode })).toMatchObject({ outcome: 'installed' })
  })

  test('a move against a replacement: one of them', async () => {
    for (let round = 0; round < 4; round++) {
      const { iccid } = await deletedOnPhone(lab, { type: 'free' })
      await inStock('free')
      const [moving, replacing] = await Promise.all([refusal(moved(lab, iccid)), refusal(replace(iccid))])
      const state = (await lab.profile(iccid))?.state
      // A move that came first is replaced with its code; one that came second finds the profile out of use.
      expect(replacing).toBe('done')
      expect(moving === 'done' || moving.includes('out of use')).toBe(true)
      expect(state).toBe('Unavailable')
      expect(await goodLinks(lab, iccid)).toEqual([])
    }
  })
})

describe('the exchange file', () => {
  const taken = async (input: ExchangeInput) => {
    let text = ''
    for await (const part of exchangeFile(lab.db, lab.orderContext(), input)) text += part
    return text
  }
  const handOverAll = () => refusal(taken({ notExported: true }))
  const replaced = async (reference?: string) => {
    const { iccid } = await inStock('other')
    await issue(lab.db, lab.orderContext(), { iccids: [iccid], reference })
    await inStock('other')
    return replace(iccid)
  }

  test('says which profile took which one’s place, and with which number', async () => {
    await handOverAll()
    const { iccid, oldIccid } = await replaced('A-17')
    await lab.sql(
      `UPDATE replacement SET old_imsi = '262010000000001', new_imsi = '262010000000002', msisdn = '+491701' WHERE old_iccid = $1`,
      [oldIccid],
    )
    expect(await taken({ notExported: true })).toBe(
      `old_iccid,new_iccid,old_imsi,new_imsi,msisdn,reference,at\r\n${oldIccid},${iccid},262010000000001,262010000000002,+491701,A-17,${lab.now.toISOString()}\r\n`,
    )
    expect(
      (await lab.sql(`SELECT result FROM audit WHERE target = 'exchange file' ORDER BY id`)).map(({ result }) => result).slice(-2),
    ).toEqual(['begun', 'ok'])
  })

  test('holds what no file had yet, until there is nothing more', async () => {
    await handOverAll()
    const { oldIccid } = await replaced()
    expect((await listReplacements(lab.db, { limit: 10, notExported: true })).map(row => row.oldIccid)).toEqual([oldIccid])
    expect(await taken({ notExported: true })).toContain(oldIccid)
    expect(await listReplacements(lab.db, { limit: 10, notExported: true })).toEqual([])
    expect(await handOverAll()).toContain('Everything has been handed over')
    expect((await listReplacements(lab.db, { limit: 1 }))[0]).toMatchObject({ oldIccid, exportedBy: 'cli:test', exportedAt: lab.now })
  })

  test('one that broke off leaves everything for the next', async () => {
    await handOverAll()
    const { oldIccid } = await replaced()
    for await (const part of exchangeFile(lab.db, lab.orderContext(), { notExported: true })) if (part.includes(oldIccid)) break
    expect(await taken({ notExported: true })).toContain(oldIccid)
  })

  test('of a time, whether handed over or not', async () => {
    const today = lab.now
    lab.now = new Date('2031-05-03T10:00:00Z')
    const { oldIccid } = await replaced()
    lab.now = today
    const day = (from: string, to: string) => refusal(taken({ from: new Date(from), to: new Date(to) }))
    expect(await day('2031-05-03T00:00:00Z', '2031-05-04T00:00:00Z')).toBe('done')
    expect(await taken({ from: new Date('2031-05-03T10:00:00Z') })).toContain(oldIccid)
    expect(await day('2031-05-03T10:00:00.001Z', '2031-05-04T00:00:00Z')).toContain('No profile was replaced in this time.')
    expect(await day('2031-05-02T00:00:00Z', '2031-05-03T10:00:00Z')).toContain('No profile was replaced in this time.')
  })

  test('a reference is no formula for a spreadsheet', async () => {
    await handOverAll()
    await replaced('=1+"1",2')
    expect(await taken({ notExported: true })).toContain(`,"'=1+""1"",2",`)
  })

  test('more than one page of them, each once and in order', async () => {
    await handOverAll()
    await lab.sql(`INSERT INTO replacement (at, old_iccid, new_iccid, reason, order_id, created_by)
      SELECT now(), 'old-' || n, 'new-' || n, 'test', gen_random_uuid(), 'test' FROM generate_series(1, 2500) n`)
    const lines = (await taken({ notExported: true })).trimEnd().split('\r\n').slice(1)
    expect(lines.map(line => line.split(',')[0])).toEqual(Array.from({ length: 2_500 }, (_, i) => `old-${i + 1}`))
    expect(await handOverAll()).toContain('Everything has been handed over')
  })

  test('the list is read page by page, newest first', async () => {
    const first = await listReplacements(lab.db, { limit: 3 })
    const second = await listReplacements(lab.db, { limit: 3, before: first.at(-1)?.id })
    const ids = [...first, ...second].map(({ id }) => Number(id))
    expect(ids).toEqual([...ids].sort((a, b) => b - a))
    expect(new Set(ids).size).toBe(6)
  })
})
