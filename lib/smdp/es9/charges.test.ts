import { afterAll, beforeAll, expect, test } from 'vitest'
import { LpaError } from '@/lib/phone/lpa-error'
import { tlv } from '@/lib/rsp/tlv'
import { Device } from '../testing/device'
import { Laboratory } from '../testing/laboratory'

let lab: Laboratory
let charged = 0
beforeAll(async () => {
  lab = await Laboratory.open()
  const { strangers } = await lab.ctx()
  strangers.listen(() => charged++)
})
afterAll(() => lab.close())

const charges = async (work: () => Promise<unknown>): Promise<number> => {
  const before = charged
  await work()
  return charged - before
}

test('a download with its notifications costs its address nothing', async () => {
  const { activationCode, iccid } = await lab.issued()
  const phone = lab.phone()
  const spent = await charges(async () => {
    await phone.download({ activationCode })
    phone.enable(iccid)
    await phone.sendNotifications()
  })
  expect(spent).toBe(0)
})

test('a refusal counts against its address, whether the database keeps it or not', async () => {
  const unknown = () => lab.phone().download({ activationCode: 'LPA:1$smdp.example.com$NO-SUCH-CODE', faults: { noCancelSession: true } })
  expect(await charges(() => expect(unknown()).rejects.toBeInstanceOf(LpaError))).toBe(1)
  expect(await charges(() => lab.call('initiateAuthentication', {}))).toBe(1)
})

test('a notification of a profile that is not on its eUICC counts against its address', async () => {
  const { activationCode, iccid } = await lab.issued()
  const phone = lab.phone()
  await phone.download({ activationCode })
  const [profile] = phone.euicc.card.profiles
  if (!profile) throw new Error('not installed')
  await lab.db.query({ text: 'UPDATE profile SET eid = $2 WHERE iccid = $1', values: [iccid, '89049032123451234512345678901235'] })
  phone.enable(iccid)
  expect(await charges(() => phone.sendNotifications())).toBe(1)
})

test('an eUICC that refuses to prepare the download ends its session: one row on the timeline, however often it says so', async () => {
  const { iccid, matchingId } = await lab.issued()
  const device = new Device(lab)
  await device.authenticate(matchingId)
  const refused = tlv(0xbf21, tlv(0xa1, tlv(0x80, Buffer.from(device.transactionId, 'hex')), tlv(0x02, Buffer.of(2))))
  const body = { transactionId: device.transactionId, prepareDownloadResponse: refused.toString('base64') }
  const first = await lab.call('getBoundProfilePackage', body)
  const second = await lab.call('getBoundProfilePackage', body)
  const codes = [first, second].map(answer => answer.json.header?.functionExecutionStatus.statusCodeData)
  expect(codes).toMatchObject([
    { subjectCode: '8.1', reasonCode: '6.1' },
    { subjectCode: '8.10.1', reasonCode: '3.9' },
  ])
  expect((await lab.events(iccid)).filter(event => event.kind === 'getBoundProfilePackage')).toHaveLength(1)
})
