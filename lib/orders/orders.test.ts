import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { NotAllowed } from '@/lib/accounts/actor'
import { type Transaction, transaction } from '@/lib/db/pool'
import { FormError } from '@/lib/form-error'
import { Eid, Iccid, MatchingId } from '@/lib/rsp/identifiers'
import { PROFILE_STATES, type ProfileState } from '@/lib/rsp/lifecycle'
import { RspError, STATUS } from '@/lib/rsp/status'
import { Device, verdictOf } from '@/lib/smdp/testing/device'
import { Laboratory } from '@/lib/smdp/testing/laboratory'
import { cancel } from './cancel'
import { cancelOrder } from './cancel-order'
import { confirmOrder } from './confirm-order'
import { newConfirmationCode } from './confirmation-code'
import { downloadOrder } from './download-order'
import { type Issued, IssueInput, issue } from './issue'
import { newMatchingId } from './matching-id'
import { release } from './release'
import { releaseProfile } from './release-profile'

let lab: Laboratory
beforeAll(async () => {
  lab = await Laboratory.open()
  await lab.addType({ name: 'other' })
})
afterAll(() => lab.close())

const eid = Eid.parse('89999123000000000000000000004291')
const otherEid = Eid.parse('89999123000000000000000000004388')
const inTransaction = <T>(work: (tx: Transaction) => Promise<T>) => transaction(lab.db, work)
const issueThem = (input: IssueInput) => issue(lab.db, lab.orderContext(), input)

/** `ok`, or `subject/reason` of the refusal. */
async function verdict(work: Promise<unknown>): Promise<string> {
  try {
    await work
    return 'ok'
  } catch (error) {
    if (!(error instanceof RspError)) throw error
    return `${STATUS[error.status].subjectCode}/${STATUS[error.status].reasonCode}`
  }
}

/** A profile that has come to this state the way profiles do. */
const IN_STATE: Record<ProfileState, () => Promise<Iccid>> = {
  Available: async () => (await lab.addProfile()).iccid,
  Allocated: async () => {
    const { iccid } = await lab.addProfile()
    await inTransaction(tx => downloadOrder(tx, lab.orderContext(), { iccid }))
    return iccid
  },
  Linked: async () => {
    const { iccid } = await lab.addProfile()
    await inTransaction(tx => downloadOrder(tx, lab.orderContext(), { iccid, eid }))
    return iccid
  },
  Confirmed: async () => {
    const iccid = await IN_STATE.Allocated()
    await inTransaction(tx => confirmOrder(tx, lab.orderContext(), { iccid, releaseFlag: false }))
    return iccid
  },
  Released: async () => Iccid.parse((await lab.issued()).iccid),
  Downloaded: async () => {
    const { iccid, matchingId } = await lab.issued()
    await new Device(lab).downloaded(matchingId)
    return Iccid.parse(iccid)
  },
  Installed: async () => {
    const { iccid, activationCode } = await lab.issued()
    await lab.phone().download({ activationCode })
    return Iccid.parse(iccid)
  },
  Error: async () => {
    const { iccid, matchingId } = await lab.issued()
    const device = new Device(lab)
    await device.authenticate(matchingId)
    await device.cancel('undefinedReason')
    return Iccid.parse(iccid)
  },
  Unavailable: async () => {
    const iccid = await IN_STATE.Available()
    await lab.cancelled(iccid, 'Unavailable')
    return iccid
  },
}

describe('ES2+ §5.3 verbs by states', () => {
  const VERBS: Record<string, (tx: Transaction, iccid: Iccid) => Promise<unknown>> = {
    downloadOrder: (tx: Transaction, iccid: Iccid) => downloadOrder(tx, lab.orderContext(), { iccid }),
    confirmOrder: (tx: Transaction, iccid: Iccid) => confirmOrder(tx, lab.orderContext(), { iccid, releaseFlag: true }),
    releaseProfile: (tx: Transaction, iccid: Iccid) => releaseProfile(tx, lab.orderContext(), { iccid }),
    cancelToAvailable: (tx: Transaction, iccid: Iccid) =>
      cancelOrder(tx, lab.orderContext(), { iccid, finalProfileStatusIndicator: 'Available' }),
    cancelToUnavailable: (tx: Transaction, iccid: Iccid) =>
      cancelOrder(tx, lab.orderContext(), { iccid, finalProfileStatusIndicator: 'Unavailable' }),
  }
  /** The state after the verb, or the refusal. */
  const TABLE: Record<ProfileState, Record<string, string>> = {
    Available: {
      downloadOrder: 'Allocated',
      confirmOrder: '8.2.1/3.3',
      releaseProfile: '8.2.1/3.5',
      cancelToAvailable: '8.2.1/3.3',
      cancelToUnavailable: 'Unavailable',
    },
    Allocated: {
      downloadOrder: '8.2.1/3.3',
      confirmOrder: 'Released',
      releaseProfile: '8.2.1/3.5',
      cancelToAvailable: 'Available',
      cancelToUnavailable: 'Unavailable',
    },
    Linked: {
      downloadOrder: '8.2.1/3.3',
      confirmOrder: 'Released',
      releaseProfile: '8.2.1/3.5',
      cancelToAvailable: 'Available',
      cancelToUnavailable: 'Unavailable',
    },
    Confirmed: {
      downloadOrder: '8.2.1/3.3',
      confirmOrder: '8.2.1/3.3',
      releaseProfile: 'Released',
      cancelToAvailable: 'Available',
      cancelToUnavailable: 'Unavailable',
    },
    Released: {
      downloadOrder: '8.2.1/3.3',
      confirmOrder: '8.2.1/3.3',
      releaseProfile: '8.2.1/3.5',
      cancelToAvailable: 'Available',
      cancelToUnavailable: 'Unavailable',
    },
    Downloaded: {
      downloadOrder: '8.2.1/3.3',
      confirmOrder: '8.2.1/3.3',
      releaseProfile: '8.2.1/3.5',
      cancelToAvailable: '8.2.1/3.3',
      cancelToUnavailable: 'Unavailable',
    },
    Installed: {
      downloadOrder: '8.2.1/3.3',
      confirmOrder: '8.2.1/3.3',
      releaseProfile: '8.2.1/3.5',
      cancelToAvailable: '8.2.1/3.3',
      cancelToUnavailable: '8.2.1/3.3',
    },
    Error: {
      downloadOrder: '8.2.1/3.3',
      confirmOrder: '8.2.1/3.3',
      releaseProfile: '8.2.1/3.5',
      cancelToAvailable: 'Available',
      cancelToUnavailable: 'Unavailable',
    },
    Unavailable: {
      downloadOrder: '8.2.1/3.3',
      confirmOrder: '8.2.1/3.3',
      releaseProfile: '8.2.1/3.5',
      cancelToAvailable: '8.2.1/3.3',
      cancelToUnavailable: '8.2.1/3.3',
    },
  }
  const rows = PROFILE_STATES.flatMap(state => Object.entries(TABLE[state]).map(([verb, expected]) => ({ state, verb, expected })))
  test.each(rows)('$verb of a profile that is $state: $expected', async ({ state, verb, expected }) => {
    const iccid = await IN_STATE[state]()
    expect((await lab.profile(iccid))?.state).toBe(state)
    const found = await verdict(inTransaction(async tx => VERBS[verb]?.(tx, iccid)))
    const after = (await lab.profile(iccid))?.state
    expect(found === 'ok' ? after : found).toBe(expected)
    if (found !== 'ok') expect(after).toBe(state)
    const openOrders = await lab.sql('SELECT id FROM download_order WHERE iccid = $1 AND closed_at IS NULL', [iccid])
    const open = ['Allocated', 'Linked', 'Confirmed', 'Released', 'Downloaded'].includes(after ?? '')
    expect(openOrders).toHaveLength(open ? 1 : 0)
    expect((await lab.profile(iccid))?.order_id).toBe(open ? openOrders[0]?.id : null)
  })

  test('an ICCID that nobody knows (8.2.1/3.9)', async () => {
    const unknown = Iccid.parse('89019990001234567893')
    for (const verb of Object.values(VERBS)) expect(await verdict(inTransaction(tx => verb(tx, unknown)))).toBe('8.2.1/3.9')
  })
})

describe('ES2+ §5.3.1 downloadOrder', () => {
  test('by type takes a free profile; unknown type (8.2.5/3.9), none left (8.2.5/3.7), neither ICCID nor type (1.3.1/2.2)', async () => {
    await lab.addType({ name: 'one left' })
    const { iccid } = await lab.addProfile({ type: 'one left' })
    const order = (profileType?: string) => inTransaction(tx => downloadOrder(tx, lab.orderContext(), { profileType }))
    expect((await order('one left')).iccid).toBe(iccid)
    expect(await verdict(order('one left'))).toBe('8.2.5/3.7')
    expect(await verdict(order('no such type'))).toBe('8.2.5/3.9')
    expect(await verdict(order())).toBe('1.3.1/2.2')
  })

  test('by ICCID and type must agree (8.2.5/3.8)', async () => {
    const { iccid } = await lab.addProfile()
    expect(await verdict(inTransaction(tx => downloadOrder(tx, lab.orderContext(), { iccid, profileType: 'other' })))).toBe('8.2.5/3.8')
    expect(await verdict(inTransaction(tx => downloadOrder(tx, lab.orderContext(), { iccid, profileType: 'test', eid })))).toBe('ok')
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Linked' })
  })
})

describe('ES2+ §5.3.2 confirmOrder', () => {
  const linked = async () => IN_STATE.Linked()
  const confirm = (iccid: Iccid, more: Partial<Parameters<typeof confirmOrder>[2]> = {}) =>
    inTransaction(tx => confirmOrder(tx, lab.orderContext(), { iccid, releaseFlag: true, ...more }))

  test('another EID than the linked one (8.1.1/3.10), the same or none is fine', async () => {
    const iccid = await linked()
    expect(await verdict(confirm(iccid, { eid: otherEid }))).toBe('8.1.1/3.10')
    expect((await confirm(iccid)).eid).toBe(eid)
    expect((await confirm(await linked(), { eid })).eid).toBe(eid)
  })

  test('an empty MatchingID needs an EID (8.1.1/2.2)', async () => {
    const matchingId = MatchingId.parse('')
    expect(await verdict(confirm(await IN_STATE.Allocated(), { matchingId }))).toBe('8.1.1/2.2')
    expect(await verdict(confirm(await IN_STATE.Allocated(), { matchingId, eid }))).toBe('ok')
    expect(await verdict(confirm(await linked(), { matchingId }))).toBe('ok')
  })

  test('a MatchingID names one open order (8.2.6/3.3); after its end it may be used again', async () => {
    const matchingId = MatchingId.parse('ONLY-ONE')
    const first = await IN_STATE.Allocated()
    const second = await IN_STATE.Allocated()
    await confirm(first, { matchingId })
    expect(await verdict(confirm(second, { matchingId }))).toBe('8.2.6/3.3')
    expect((await lab.profile(second))?.state).toBe('Allocated')
    await lab.cancelled(first, 'Available')
    expect(await verdict(confirm(second, { matchingId }))).toBe('ok')
    expect(verdictOf(await new Device(lab).authenticate(matchingId))).toBe('Executed-Success')
  })

  test('two that want one MatchingID at once: one gets it (8.2.6/3.3)', async () => {
    const matchingId = MatchingId.parse('AT-ONCE')
    const iccids = [await IN_STATE.Allocated(), await IN_STATE.Allocated(), await IN_STATE.Allocated()]
    const verdicts = await Promise.all(iccids.map(iccid => verdict(confirm(iccid, { matchingId }))))
    expect(verdicts.sort()).toEqual(['8.2.6/3.3', '8.2.6/3.3', 'ok'])
  })

  test('one that is left out is made: 100 random bits in letters that people do not confuse', () => {
    let at = 0
    const made = new Set(
      Array.from({ length: 100 }, () => newMatchingId(bytes => Buffer.from(Array.from({ length: bytes }, () => at++ * 37)))),
    )
    for (const matchingId of made) expect(matchingId).toMatch(/^([2-9A-HJ-NP-Z]{5}-){3}[2-9A-HJ-NP-Z]{5}$/)
  })
})

describe('ES2+ §5.3.3 cancelOrder', () => {
  test('EID and MatchingID, when given, must be the order’s (8.1.1/3.10, 8.2.6/3.10)', async () => {
    const { iccid: text, matchingId } = await lab.issued({ eid })
    const iccid = Iccid.parse(text)
    const order = (more: object) =>
      inTransaction(tx => cancelOrder(tx, lab.orderContext(), { iccid, finalProfileStatusIndicator: 'Available', ...more }))
    expect(await verdict(order({ eid: otherEid }))).toBe('8.1.1/3.10')
    expect(await verdict(order({ matchingId: MatchingId.parse('ANOTHER') }))).toBe('8.2.6/3.10')
    expect(await verdict(order({ eid, matchingId }))).toBe('ok')
  })

  test('back in stock the profile has forgotten who asked for it, and a new order starts from nothing', async () => {
    const { iccid, matchingId, orderId } = await lab.issued({ confirmationCode: '1234' })
    const device = new Device(lab)
    await device.authenticate(matchingId)
    await device.fetch({ confirmationCode: 'wrong' })
    await lab.cancelled(iccid, 'Available')
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Available', eid: null, binding_id: null, order_id: null })
    const [again] = await lab.issueAgain(iccid)
    expect(again?.orderId).not.toBe(orderId)
    expect(await lab.order(again?.orderId ?? '')).toMatchObject({
      download_attempts: 0,
      confirmation_attempts: 0,
      confirmation_code_hash: null,
    })
    expect(verdictOf(await new Device(lab).downloaded(again?.matchingId))).toBe('Executed-Success')
  })
})

describe('issue', () => {
  const audits = async () => Number((await lab.sql(`SELECT count(*)::int AS n FROM audit`))[0]?.n)

  test('N of a type, all or none', async () => {
    await lab.addType({ name: 'five' })
    for (let i = 0; i < 5; i++) await lab.addProfile({ type: 'five' })
    const before = await lab.fingerprint()
    expect(await verdict(issueThem({ type: 'five', count: 6 }))).toBe('8.2.5/3.7')
    expect(await lab.fingerprint()).toEqual(before)
    const issued = await issueThem({ type: 'five', count: 5 })
    expect(new Set(issued.map(one => one.iccid)).size).toBe(5)
    expect(new Set(issued.map(one => one.matchingId)).size).toBe(5)
  })

  test('by ICCIDs, all or none: one that is taken stops the others', async () => {
    const free = await IN_STATE.Available()
    const taken = await IN_STATE.Released()
    const before = await lab.fingerprint()
    expect(await verdict(issueThem({ iccids: [free, taken] }))).toBe('8.2.1/3.3')
    expect(await verdict(issueThem({ iccids: [free, free] }))).toBe('8.2.1/3.3')
    expect(await lab.fingerprint()).toEqual(before)
  })

  test('several at once never take the same profile', async () => {
    await lab.addType({ name: 'crowd' })
    for (let i = 0; i < 24; i++) await lab.addProfile({ type: 'crowd' })
    const issued = (await Promise.all(Array.from({ length: 6 }, () => issueThem({ type: 'crowd', count: 4 })))).flat()
    expect(new Set(issued.map(one => one.iccid)).size).toBe(24)
    expect(await verdict(issueThem({ type: 'crowd', count: 1 }))).toBe('8.2.5/3.7')
  })

  test('two that name the same ICCIDs in another order: one gets them, the other hears so (8.2.1/3.3)', async () => {
    for (let round = 0; round < 4; round++) {
      const iccids = [await IN_STATE.Available(), await IN_STATE.Available(), await IN_STATE.Available(), await IN_STATE.Available()]
      const verdicts = await Promise.all([verdict(issueThem({ iccids })), verdict(issueThem({ iccids: [...iccids].reverse() }))])
      expect(verdicts.sort()).toEqual(['8.2.1/3.3', 'ok'])
    }
  })

  test('answers come in the order in which the ICCIDs were named', async () => {
    const iccids = [await IN_STATE.Available(), await IN_STATE.Available(), await IN_STATE.Available()].reverse()
    expect((await issueThem({ iccids })).map(one => one.iccid)).toEqual(iccids)
  })

  test('the activation code names address and MatchingID, and says when a confirmation code is needed', async () => {
    const [plain] = await issueThem({ iccids: [await IN_STATE.Available()] })
    const [secret] = await issueThem({ iccids: [await IN_STATE.Available()], confirmationCode: '1234' })
    expect(plain?.activationCode).toBe(`LPA:1$smdp.example.com$${plain?.matchingId}`)
    expect(secret?.activationCode).toBe(`LPA:1$smdp.example.com$${secret?.matchingId}$$1`)
  })

  test('an order has its customer, and a page at an address that nobody guesses; cancelled, the page is good no more', async () => {
    const iccid = await IN_STATE.Available()
    const customer = { customerEmail: 'ada@example.com', reference: 'A 17', language: 'de' as const }
    const [issued] = await issueThem({ iccids: [iccid], ...customer })
    expect(issued?.page).toMatch(/^https:\/\/esim\.example\.com\/e\/[\w-]{22,}$/)
    const [row] = await lab.sql('SELECT customer_email, reference, language, reason FROM download_order WHERE id = $1', [issued?.orderId])
    expect(row).toEqual({ customer_email: 'ada@example.com', reference: 'A 17', language: 'de', reason: 'new' })
    const links = () => lab.sql('SELECT order_id FROM customer_link WHERE iccid = $1 AND revoked_at IS NULL', [iccid])
    expect(await links()).toEqual([{ order_id: issued?.orderId }])
    await lab.cancelled(iccid, 'Available')
    expect(await links()).toEqual([])
    const [again] = await lab.issueAgain(iccid)
    expect(again?.page).not.toBe(issued?.page)
  })

  test('for later release: no device gets it before', async () => {
    const [issued] = await issueThem({ iccids: [await IN_STATE.Available()], release: false })
    expect(issued?.state).toBe('Confirmed')
    expect(verdictOf(await new Device(lab).authenticate(issued?.matchingId))).toBe('8.2/1.2')
    await release(lab.db, lab.orderContext(), { iccid: Iccid.parse(issued?.iccid) })
    expect(verdictOf(await new Device(lab).downloaded(issued?.matchingId))).toBe('Executed-Success')
  })

  test('a default SM-DP+ order has an empty MatchingID and needs an EID: its device finds it without a code', async () => {
    const matchingId = MatchingId.parse('')
    const iccids = [await IN_STATE.Available()]
    await expect(issueThem({ iccids, matchingId })).rejects.toMatchObject({ fields: { eid: expect.any(String) } })
    const device = new Device(lab)
    const [issued] = await issueThem({ iccids, matchingId, eid: Eid.parse(device.card.eid) })
    expect(issued).toMatchObject({ matchingId: '', activationCode: 'LPA:1$smdp.example.com$' })
    expect(verdictOf(await device.downloaded())).toBe('Executed-Success')
  })

  test('a confirmation code is made for each order, if so wished whatever the type asks', async () => {
    const issued = await issueThem({ iccids: [await IN_STATE.Available(), await IN_STATE.Available()], makeConfirmationCode: 'always' })
    for (const { confirmationCode, activationCode } of issued) {
      expect(confirmationCode).toMatch(/^\d{6}$/)
      expect(activationCode).toMatch(/\$\$1$/)
    }
  })

  test('a MatchingID of one’s own is for one profile; an expiry lies in the future', async () => {
    const iccids = [await IN_STATE.Available(), await IN_STATE.Available()]
    const own = MatchingId.parse('MY-OWN')
    await expect(issueThem({ iccids, matchingId: own })).rejects.toBeInstanceOf(FormError)
    await expect(issueThem({ iccids, expiresAt: lab.now })).rejects.toBeInstanceOf(FormError)
    expect((await issueThem({ iccids: iccids.slice(0, 1), matchingId: own }))[0]?.matchingId).toBe('MY-OWN')
  })

  test('what a person may type is checked: check digits of the EID, characters of the MatchingID, the number', () => {
    const iccids = ['8999991200000000019']
    expect(IssueInput.safeParse({ iccids, eid: '89 0490 3212 3451 2345 1234 5678 9012 35' }).success).toBe(true)
    for (const wrong of [
      { iccids: [] },
      { iccids, matchingId: 'lower' },
      { iccids, eid: '123' },
      { iccids, confirmationCode: '' },
      { type: 'x', count: 0 },
      { type: 'x', count: 10_001 },
      { type: '', count: 1 },
      { iccids, customerEmail: 'nobody' },
      { iccids, reference: 'x'.repeat(65) },
      { iccids, reference: 'a\u0007b' },
      { iccids, language: 'it' },
    ])
      expect(IssueInput.safeParse(wrong).success).toBe(false)
  })

  describe('what is left out is as the profile type has it', () => {
    const days = 30
    const defaultExpiry = () => new Date(lab.now.getTime() + days * 86_400_000)
    beforeAll(() =>
      lab.addType({ name: 'coded', confirmationCodeRequired: true, orderValidDays: days, downloadLimit: 4, confirmationLimit: 2 }),
    )
    const coded = async () => (await lab.addProfile({ type: 'coded' })).iccid
    const issueOne = async (order: Partial<IssueInput> = {}) => {
      const [issued] = await issueThem({ iccids: [await coded()], ...order })
      if (!issued) throw new Error('nothing issued')
      const [row] = await lab.sql('SELECT * FROM download_order WHERE id = $1', [issued.orderId])
      return { issued, row }
    }

    test('a confirmation code is made and told once, the order expires in time, limits are the type’s', async () => {
      const { issued, row } = await issueOne()
      expect(issued).toMatchObject({ confirmationCodeRequired: true, confirmationCode: expect.stringMatching(/^\d{6}$/) })
      expect(issued.activationCode).toMatch(/\$\$1$/)
      expect(row).toMatchObject({ expires_at: defaultExpiry(), download_limit: 4, confirmation_limit: 2 })
      const kept = JSON.stringify([await lab.sql('SELECT * FROM audit WHERE target = $1', [issued.iccid]), await lab.events(issued.iccid)])
      expect(kept).not.toContain(issued.confirmationCode)
      const phone = lab.phone()
      await phone.download({ activationCode: issued.activationCode, confirmationCode: issued.confirmationCode ?? '' })
      expect(await lab.profile(issued.iccid)).toMatchObject({ state: 'Installed' })
    })

    test('what is given stands, and is not told again', async () => {
      const expiresAt = new Date(lab.now.getTime() + 1_000)
      const { issued, row } = await issueOne({ confirmationCode: '4711', confirmationLimit: 7, expiresAt })
      expect(issued.confirmationCodeRequired).toBe(true)
      expect(issued).not.toHaveProperty('confirmationCode')
      expect(row).toMatchObject({ expires_at: expiresAt, confirmation_limit: 7, download_limit: 4 })
    })

    test('null says expressly: none, and without end', async () => {
      const { issued, row } = await issueOne({ confirmationCode: null, expiresAt: null })
      expect(issued.confirmationCodeRequired).toBe(false)
      expect(row).toMatchObject({ confirmation_code_hash: null, expires_at: null })
    })

    test('each order gets a code of its own', async () => {
      const issued = await issueThem({ iccids: await Promise.all([coded(), coded(), coded(), coded()]) })
      expect(new Set(issued.map(({ confirmationCode }) => confirmationCode)).size).toBeGreaterThan(1)
    })

    test('ES2+ confirmOrder, which could not tell a code that was made, asks for one (8.2.7/2.2)', async () => {
      const iccid = await coded()
      await inTransaction(tx => downloadOrder(tx, lab.orderContext(), { iccid }))
      const confirm = (confirmationCode?: string) =>
        inTransaction(tx => confirmOrder(tx, lab.orderContext(), { iccid, confirmationCode, releaseFlag: true }))
      expect(await verdict(confirm())).toBe('8.2.7/2.2')
      expect(await confirm('4711')).toMatchObject({ confirmationCodeRequired: true, expiresAt: defaultExpiry() })
    })

    test('made codes have six digits, each as likely as any other', () => {
      const numbers = [0xffffffff, 4_294_000_000, 4_293_999_999]
      const random = () => {
        const octets = Buffer.alloc(4)
        octets.writeUInt32BE(numbers.shift() ?? 7)
        return octets
      }
      expect([newConfirmationCode(random), newConfirmationCode(random)]).toEqual(['999999', '000007'])
    })
  })

  test('every verb of a person writes its audit row in the same transaction, a refused one none', async () => {
    const iccid = await IN_STATE.Available()
    const before = await audits()
    const [issued] = await issueThem({ iccids: [iccid] })
    await cancel(lab.db, lab.orderContext(), { iccid, finalProfileStatusIndicator: 'Unavailable' })
    expect(await audits()).toBe(before + 2)
    const rows = await lab.sql('SELECT actor, action, target, detail FROM audit WHERE target = $1 ORDER BY id', [iccid])
    expect(rows.slice(-2)).toEqual([
      expect.objectContaining({ actor: 'cli:test', action: 'order:issue', detail: expect.objectContaining({ orderId: issued?.orderId }) }),
      expect.objectContaining({ action: 'order:cancel', detail: { finalProfileStatusIndicator: 'Unavailable' } }),
    ])
    expect(await verdict(issueThem({ iccids: [iccid] }))).toBe('8.2.1/3.3')
    expect(await verdict(release(lab.db, lab.orderContext(), { iccid }))).toBe('8.2.1/3.5')
    expect(await audits()).toBe(before + 2)
    const confirmed = await IN_STATE.Confirmed()
    const count = await audits()
    await release(lab.db, lab.orderContext(), { iccid: confirmed })
    expect(await audits()).toBe(count + 1)
  })

  test('neither audit nor timeline holds a confirmation code, MatchingID codes are not in the audit', async () => {
    const [issued] = (await issueThem({ iccids: [await IN_STATE.Available()], confirmationCode: 'TOP-SECRET' })) as [Issued]
    const rows = JSON.stringify(await lab.sql('SELECT * FROM audit WHERE target = $1', [issued.iccid]))
    expect(rows).not.toContain('TOP-SECRET')
    expect(rows).not.toContain(issued.matchingId)
    expect(JSON.stringify(await lab.events(issued.iccid))).not.toContain('TOP-SECRET')
  })

  test('who may not, does not', async () => {
    const iccid = await IN_STATE.Available()
    const nobody = { ...lab.orderContext(), actor: { kind: 'account' as const, name: 'x@example.com', role: 'nobody' as 'operator' } }
    expect(() => cancel(lab.db, nobody, { iccid, finalProfileStatusIndicator: 'Unavailable' })).toThrow(NotAllowed)
    await expect(issue(lab.db, nobody, { iccids: [iccid] })).rejects.toBeInstanceOf(NotAllowed)
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Available' })
  })
})
