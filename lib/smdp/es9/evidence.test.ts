import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventExchange } from '@/lib/db/portal/event-exchange'
import { decodePrepareDownloadResponse } from '@/lib/rsp/asn1/prepare-download-response'
import { exchangeOf } from '@/lib/rsp/decode/exchange'
import { isExchangeKind } from '@/lib/rsp/decode/exchange-kinds'
import type { Field } from '@/lib/rsp/decode/field'
import { readAll, readSingle, tlv } from '@/lib/rsp/tlv'
import { Device, replaced, verdictOf } from '../testing/device'
import { Laboratory } from '../testing/laboratory'

let lab: Laboratory
beforeAll(async () => {
  lab = await Laboratory.open()
})
afterAll(() => lab.close())

const signedOf = (response: Buffer): Buffer =>
  readAll(readAll(readSingle(response).value)[0]?.value ?? Buffer.alloc(0))[0]?.raw ?? Buffer.alloc(0)

const evidenceOf = async (iccid: string, kind: string): Promise<Buffer[]> =>
  (await lab.sql('SELECT evidence FROM profile_event WHERE iccid = $1 AND kind = $2 ORDER BY id', [iccid, kind])).map(
    row => row.evidence as Buffer,
  )

/** Every field of a tree as path and value. */
const flat = (fields: Field[], path = ''): Record<string, string> =>
  Object.assign(
    {},
    ...fields.map(({ name, value, note, children }) => ({
      [`${path}${name}`]: [value, note].filter(Boolean).join(' | '),
      ...flat(children ?? [], `${path}${name}.`),
    })),
  )

/** The last exchange of a kind, read from the rows that the server wrote. */
async function exchange(iccid: string, kind: string) {
  const [row] = await lab.sql('SELECT id::text FROM profile_event WHERE iccid = $1 AND kind = $2 ORDER BY id DESC LIMIT 1', [iccid, kind])
  const stored = await eventExchange(lab.db, iccid, String(row?.id))
  if (!stored || !isExchangeKind(stored.kind)) throw new Error('no exchange')
  const { request, answer } = exchangeOf({ ...stored, kind: stored.kind })
  return { request: flat(request), answer: flat(answer) }
}

test('what the eUICC signed is kept as it arrived, and of a notification how to find it', async () => {
  const { matchingId, iccid } = await lab.issued()
  const device = new Device(lab, lab.card({ settings: { imei: '356938035643809' } }))
  const proof = await device.proof(matchingId)
  await device.sendProof(proof)
  const prepared = device.prepare()
  const bound = await device.sendPrepared(prepared)
  const pendingNotification = device.load(bound).profileInstallationResult
  await device.notify(pendingNotification)

  expect(await evidenceOf(iccid, 'authenticateClient')).toEqual([signedOf(proof)])
  expect(await evidenceOf(iccid, 'getBoundProfilePackage')).toEqual([signedOf(prepared)])
  const [digest] = await evidenceOf(iccid, 'installationResult')
  expect(await lab.sql('SELECT raw FROM notification WHERE digest = $1', [digest])).toEqual([{ raw: pendingNotification }])

  const client = await exchange(iccid, 'authenticateClient')
  const context = 'authenticateServerResponse.authenticateResponseOk.euiccSigned1.ctxParamsForCommonAuthentication'
  expect(client.request).toMatchObject({
    transactionId: device.transactionId,
    [`${context}.matchingId`]: matchingId,
    [`${context}.deviceInfo.imei`]: '356938035643809',
    [`${context}.deviceInfo.deviceCapabilities.rspCrlSupportedVersion`]: '2.2.0',
    'authenticateServerResponse.authenticateResponseOk.euiccSigned1.euiccInfo2.svn': device.card.settings.svn,
    'authenticateServerResponse.authenticateResponseOk.euiccCertificate.serialNumber': `${device.euicc.eid} | EID`,
  })
  expect(client.answer).toMatchObject({
    'header.functionExecutionStatus.status': 'Executed-Success',
    'profileMetadata.iccid': iccid,
    'smdpSigned2.ccRequiredFlag': 'false',
  })
  const fetched = await exchange(iccid, 'getBoundProfilePackage')
  expect(fetched.request['prepareDownloadResponse.downloadResponseOk.euiccSigned2.euiccOtpk']).toMatch(/^04[0-9A-F]{128}$/)
  expect(fetched.answer).toMatchObject({
    'boundProfilePackage.initialiseSecureChannelRequest.smdpOtpk': expect.stringMatching(/^04/),
    'boundProfilePackage.sequenceOf88.storeMetadataRequest.iccid': iccid,
  })
  const result = await exchange(iccid, 'installationResult')
  const data = 'pendingNotification.profileInstallationResult.profileInstallationResultData'
  expect(result.request).toMatchObject({
    [`${data}.transactionId`]: device.transactionId,
    [`${data}.notificationMetadata.profileManagementOperation`]: 'notificationInstall',
    [`${data}.finalResult.successResult.simaResponse.EUICCResponse.peStatus.PEStatus.status`]: 'ok (0)',
  })
  expect(result.answer).toEqual({ 'HTTP status': '204 | no content: the device forgets the notification' })
})

test('hashCc is never kept, and nothing that stands behind it: a short code could be guessed', async () => {
  const { matchingId, iccid } = await lab.issued({ confirmationCode: '1234' })
  const device = new Device(lab)
  await device.authenticate(matchingId)
  const sent = [
    device.prepare({ confirmationCode: '0000' }),
    device.prepare({ confirmationCode: '1234', edit: members => [...members, tlv(0x9f10, Buffer.from('more'))] }),
  ]
  const verdicts: string[] = []
  for (const prepared of sent) verdicts.push(verdictOf(await device.sendPrepared(prepared)))
  expect(verdicts).toEqual(['8.2.7/3.8', 'Executed-Success'])

  const kept = await evidenceOf(iccid, 'getBoundProfilePackage')
  const [{ dump } = {}] = await lab.sql(`SELECT string_agg(row_to_json(e)::text, '') AS dump FROM profile_event e`)
  for (const [place, prepared] of sent.entries()) {
    const response = decodePrepareDownloadResponse(prepared)
    const hashCc = response.kind === 'ok' ? response.euiccSigned2.hashCc : undefined
    expect(hashCc?.length).toBe(32)
    expect(String(dump)).not.toContain(hashCc?.toString('hex'))
    expect(signedOf(prepared).subarray(0, kept[place]?.length)).toEqual(kept[place])
  }
  const { request, answer } = await exchange(iccid, 'getBoundProfilePackage')
  expect(request['prepareDownloadResponse.downloadResponseOk.euiccSigned2.hashCc']).toMatch(/^never kept/)
  expect(answer['header.functionExecutionStatus.status']).toBe('Executed-Success')
})

test('a refusal keeps it too, and shows the status that was answered', async () => {
  const { matchingId, iccid } = await lab.issued({ expiresAt: new Date(lab.now.getTime() + 1_000) })
  lab.now = new Date(lab.now.getTime() + 2_000)
  const device = new Device(lab)
  const proof = await device.proof(matchingId)
  const verdict = verdictOf(await device.sendProof(proof))
  expect(await evidenceOf(iccid, 'authenticateClient')).toEqual([signedOf(proof)])
  const { answer } = await exchange(iccid, 'authenticateClient')
  const data = 'header.functionExecutionStatus.statusCodeData'
  expect(`${answer[`${data}.subjectCode`]}/${answer[`${data}.reasonCode`]}`).toBe(verdict)
  expect(answer['header.functionExecutionStatus.status']).toBe('Failed')
})

test('a cancel is kept with its reason', async () => {
  const { matchingId, iccid } = await lab.issued()
  const device = new Device(lab)
  await device.authenticate(matchingId)
  await device.cancel('postponed')
  const { request, answer } = await exchange(iccid, 'cancelSession')
  expect(request['cancelSessionResponse.cancelSessionResponseOk.euiccCancelSessionSigned.reason']).toBe('postponed (1)')
  expect(answer).toEqual({ header: '', 'header.functionExecutionStatus': '', 'header.functionExecutionStatus.status': 'Executed-Success' })
})

test('extensions of any size are cut, and the rest is still read', async () => {
  const { matchingId, iccid } = await lab.issued()
  const device = new Device(lab)
  await device.authenticate(matchingId, replaced(tlv(0x9f20, Buffer.alloc(5_000, 7))))
  const [kept] = await evidenceOf(iccid, 'authenticateClient')
  expect(kept?.length).toBe(2_048)
  const { request } = await exchange(iccid, 'authenticateClient')
  const signed = 'authenticateServerResponse.authenticateResponseOk.euiccSigned1'
  expect(request[`${signed}.ctxParamsForCommonAuthentication.matchingId`]).toBe(matchingId)
  expect(request[`${signed}.…`]).toMatch(/octets/)
})

test('what was swept is said not to be there, and another profile’s step is not told', async () => {
  const { matchingId, iccid } = await lab.issued()
  const other = await lab.issued()
  const device = new Device(lab)
  await device.authenticate(matchingId)
  await lab.sql('DELETE FROM rsp_session WHERE iccid = $1', [iccid])
  await lab.sql('UPDATE profile_event SET evidence = NULL WHERE iccid = $1', [iccid])
  const { request, answer } = await exchange(iccid, 'authenticateClient')
  expect(request['authenticateServerResponse.authenticateResponseOk.euiccSigned1']).toMatch(/^not kept/)
  expect(answer.profileMetadata).toMatch(/^not kept/)
  const [row] = await lab.sql('SELECT id::text FROM profile_event WHERE iccid = $1 LIMIT 1', [iccid])
  expect(await eventExchange(lab.db, other.iccid, String(row?.id))).toBeUndefined()
})

test('what a whole download adds to the timeline is under half a kilobyte', async () => {
  const { matchingId, iccid } = await lab.issued()
  const device = new Device(lab)
  const bound = await device.downloaded(matchingId)
  await device.notify(device.load(bound).profileInstallationResult)
  const [{ octets } = {}] = await lab.sql('SELECT sum(length(evidence))::int AS octets FROM profile_event WHERE iccid = $1', [iccid])
  expect(Number(octets)).toBeLessThan(512)
})
