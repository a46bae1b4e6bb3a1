import { afterAll, beforeAll, expect, test } from 'vitest'
import { Laboratory } from '@/lib/smdp/testing/laboratory'
import { bind } from './bind'
import { ConfirmReservedInput, confirmReserved } from './confirm-reserved'
import { issue } from './issue'

const eid = '89049032123451234512345678901235'

let lab: Laboratory
beforeAll(async () => {
  lab = await Laboratory.open()
})
afterAll(() => lab.close())

const confirm = async (iccid: string, more: object = {}) =>
  confirmReserved(lab.db, await lab.orderContext(), ConfirmReservedInput.parse({ iccid, ...more }))

const reserved = async () => {
  const { iccid } = await lab.addProfile()
  await bind(
    lab.db,
    await lab.orderContext(),
    ConfirmReservedInput.pick({ iccid: true }).extend({ eid: ConfirmReservedInput.shape.eid.unwrap() }).parse({ iccid, eid }),
  )
  return iccid
}

test('a profile that was reserved for a device gets its code, its customer and their page', async () => {
  const iccid = await reserved()
  const issued = await confirm(iccid, { reference: 'CRM 17', customerEmail: 'ada@example.com', makeConfirmationCode: 'always' })
  expect(issued).toMatchObject({ iccid, state: 'Released', confirmationCode: expect.stringMatching(/^\d{6}$/) })
  expect(issued.page).toMatch(/\/e\/[\w-]{32}$/)
  expect(await lab.profile(iccid)).toMatchObject({ state: 'Released' })
  const [order] = await lab.sql('SELECT eid, reference, customer_email FROM download_order WHERE id = $1', [issued.orderId])
  expect(order).toEqual({ eid, reference: 'CRM 17', customer_email: 'ada@example.com' })
})

test('it may be left to be released later, and need no code where the device is known', async () => {
  const issued = await confirm(await reserved(), { release: false, matchingId: '' })
  expect(issued).toMatchObject({ state: 'Confirmed', matchingId: '' })
})

test('what is in stock or has its code already is refused, and stays as it is', async () => {
  const { iccid } = await lab.addProfile()
  await expect(confirm(iccid)).rejects.toMatchObject({ status: 'iccidInUse' })
  await issue(lab.db, await lab.orderContext(), { iccids: [ConfirmReservedInput.shape.iccid.parse(iccid)] })
  const before = await lab.fingerprint()
  await expect(confirm(iccid)).rejects.toMatchObject({ status: 'iccidInUse' })
  expect(await lab.fingerprint()).toEqual(before)
})
