import { expect, test } from 'vitest'
import { bitsValue, integerValue, tlv } from '../tlv'
import type { Field } from './field'
import { decodeStoreMetadata } from './metadata'
import { decodeNotification } from './notification'
import { decodeCancelSessionSigned, decodeEuiccSigned1, decodeEuiccSigned2 } from './signed'

const hex = (text: string): Buffer => Buffer.from(text, 'hex')
const transactionId = tlv(0x80, hex('00112233445566778899AABBCCDDEEFF'))

const euiccInfo2 = tlv(
  0xbf22,
  tlv(0x81, hex('020300')),
  tlv(0x82, hex('020202')),
  tlv(0x83, hex('240512')),
  tlv(0x84, tlv(0x81, hex('02')), tlv(0x82, hex('0007C1A2')), tlv(0x83, hex('FF10'))),
  tlv(0x85, bitsValue([1, 4, 14, 40])),
  tlv(0x88, bitsValue([0, 3])),
  tlv(0xa9, tlv(0x04, hex('F54172BDF98A95D65CBEB88A38A1C11D800A85C3'))),
  tlv(0xaa, tlv(0x04, hex('F54172BDF98A95D65CBEB88A38A1C11D800A85C3'))),
  tlv(0x8b, hex('02')),
  tlv(0x99, bitsValue([2])),
  tlv(0x04, hex('010000')),
  tlv(0x0c, Buffer.from('XX-YY-UP-0123')),
  tlv(0xac, tlv(0x80, Buffer.from('label')), tlv(0x81, Buffer.from('https://dloa.example'))),
  tlv(0x8d, bitsValue([1])),
  tlv(0xaf, tlv(0x04, hex('030100')), tlv(0x04, hex('030200'))),
  tlv(0x9f30, hex('AB')),
)
const signed1 = tlv(
  0x30,
  transactionId,
  tlv(0x83, Buffer.from('smdp.example.com')),
  tlv(0x84, Buffer.alloc(16, 1)),
  euiccInfo2,
  tlv(
    0xa0,
    tlv(0x80, Buffer.from('K7Q2-M4XD')),
    tlv(
      0xa1,
      tlv(0x80, hex('53968330')),
      tlv(0xa1, tlv(0x80, hex('050000')), tlv(0x8a, hex('0F0000'))),
      tlv(0x82, hex('53968330654683F0')),
    ),
  ),
)

const find = (field: Field, name: string): Field | undefined =>
  field.name === name ? field : (field.children ?? []).map(child => find(child, name)).find(each => each !== undefined)

const valuesOf = (field: Field, ...names: string[]) => names.map(name => find(field, name)?.value)

test('§5.7.13 EuiccSigned1: every member has its name and words for its value', () => {
  const field = decodeEuiccSigned1(signed1)
  expect(valuesOf(field, 'transactionId', 'serverAddress', 'profileVersion', 'svn', 'euiccFirmwareVer')).toEqual([
    '00112233445566778899AABBCCDDEEFF',
    'smdp.example.com',
    '2.3.0',
    '2.2.2',
    '36.5.18',
  ])
  expect(valuesOf(field, 'numberOfInstalledApplications', 'freeNonVolatileMemory', 'freeVolatileMemory')).toEqual(['2', '508322', '65296'])
  expect(valuesOf(field, 'uiccCapability', 'rspCapability', 'forbiddenProfilePolicyRules', 'treProperties', 'euiccCategory')).toEqual([
    'usimSupport, akaMilenage, javacard, bit 40',
    'additionalProfile, testProfileSupport',
    'ppr2',
    'isIntegrated',
    'medium (2)',
  ])
  expect(valuesOf(field, 'euiccCiPKIdListForSigning', 'sasAcreditationNumber', 'discoveryBaseURL')).toEqual([
    'F54172BDF98A95D65CBEB88A38A1C11D800A85C3',
    'XX-YY-UP-0123',
    'https://dloa.example',
  ])
  expect(valuesOf(field, 'additionalEuiccProfilePackageVersions')).toEqual(['3.1.0, 3.2.0'])
  expect(valuesOf(field, 'matchingId', 'tac', 'gsmSupportedRelease', 'eutran5gcSupportedRelease', 'imei')).toEqual([
    'K7Q2-M4XD',
    '35693803',
    '5.0.0',
    '15.0.0',
    '356938035664380',
  ])
  expect(find(field, '[9F30]')).toEqual({ name: '[9F30]', value: 'AB', note: 'not named by SGP.22 v2' })
})

test('§5.7.5 EuiccSigned2: of a confirmation code only that there was a hash', () => {
  const otpk = tlv(0x5f49, hex(`04${'5A'.repeat(64)}`))
  const whole = tlv(0x30, transactionId, otpk, tlv(0x04, Buffer.alloc(32, 7)))
  const kept = whole.subarray(0, whole.length - 34)
  const field = decodeEuiccSigned2(kept)
  expect(field.children?.map(({ name }) => name)).toEqual(['transactionId', 'euiccOtpk', 'hashCc'])
  expect(find(field, 'hashCc')).not.toHaveProperty('value')
  expect(decodeEuiccSigned2(tlv(0x30, transactionId, otpk)).children?.map(({ name }) => name)).toEqual(['transactionId', 'euiccOtpk'])
})

test.each([
  [0, 'endUserRejection (0)'],
  [19, 'enterpriseProfileNotAllowed (19)'],
  [99, '99'],
])('§5.7.14 a cancel reason has its name where it has one: %i', (reason, words) => {
  const field = decodeCancelSessionSigned(tlv(0x30, transactionId, tlv(0x81, hex('8837')), tlv(0x82, integerValue(reason))))
  expect(valuesOf(field, 'reason')).toEqual([words])
})

test('§2.5.6 a failed installation down to the element of the profile', () => {
  const sima = tlv(
    0x30,
    tlv(0xa0, tlv(0x30, tlv(0x80, hex('00'))), tlv(0x30, tlv(0x80, hex('04')), tlv(0x81, hex('11')), tlv(0x83, hex('0123')))),
    tlv(0x81),
  )
  const metadata = tlv(
    0xbf2f,
    tlv(0x80, hex('05')),
    tlv(0x81, bitsValue([0])),
    tlv(0x0c, Buffer.from('smdp.example.com')),
    tlv(0x5a, hex('98940900000000001027')),
  )
  const result = tlv(
    0xbf37,
    tlv(
      0xbf27,
      transactionId,
      metadata,
      tlv(0x06, hex('8837')),
      tlv(0xa2, tlv(0xa1, tlv(0x80, hex('05')), tlv(0x81, hex('0A')), tlv(0x82, sima))),
    ),
    tlv(0x5f37, Buffer.alloc(64)),
  )
  const field = decodeNotification(result)
  expect(valuesOf(field, 'seqNumber', 'profileManagementOperation', 'iccid', 'bppCommandId', 'errorReason')).toEqual([
    '5',
    'notificationInstall',
    '89499000000000000172',
    'loadProfileElements (5)',
    'installFailedDueToInsufficientMemoryForProfile (10)',
  ])
  const statuses = find(field, 'peStatus')?.children?.map(({ children }) => children?.map(({ name, value }) => `${name} ${value}`))
  expect(statuses).toEqual([['status ok (0)'], ['status not-enough-memory (4)', 'identification 17', 'offset 291']])
  expect(valuesOf(field, 'profileInstallationAborted')).toEqual(['yes'])
  expect(find(field, 'euiccSignPIR')).toEqual({ name: 'euiccSignPIR', note: '64 octets, verified' })
})

test('§5.5.3 StoreMetadata: owner, rules and notifications in words, of the icon its size', () => {
  const field = decodeStoreMetadata(
    'profileMetadata',
    tlv(
      0xbf25,
      tlv(0x5a, hex('98940900000000001027')),
      tlv(0x91, Buffer.from('Nord Mobil')),
      tlv(0x92, Buffer.from('Reise')),
      tlv(0x93, hex('01')),
      tlv(0x94, Buffer.alloc(700)),
      tlv(0xb6, tlv(0x30, tlv(0x80, bitsValue([0, 3])), tlv(0x81, Buffer.from('smdp.example.com')))),
      tlv(0xb7, tlv(0x80, hex('00F110')), tlv(0x81, hex('FF'))),
      tlv(0x99, bitsValue([1])),
    ),
  )
  expect(valuesOf(field, 'iccid', 'serviceProviderName', 'profileName', 'iconType', 'mccMnc', 'gid1', 'profilePolicyRules')).toEqual([
    '89499000000000000172',
    'Nord Mobil',
    'Reise',
    'png (1)',
    '001 01',
    'FF',
    'ppr1',
  ])
  expect(find(field, 'icon')).toEqual({ name: 'icon', note: '700 octets' })
  expect(valuesOf(field, 'profileManagementOperation', 'notificationAddress')).toEqual([
    'notificationInstall, notificationDelete',
    'smdp.example.com',
  ])
})

test('whatever is cut or turned over is shown as far as it can be read, never refused', () => {
  const readers = [
    decodeEuiccSigned1,
    decodeEuiccSigned2,
    decodeCancelSessionSigned,
    decodeNotification,
    (bytes: Buffer) => decodeStoreMetadata('m', bytes),
  ]
  for (const read of readers) {
    for (let length = 0; length <= signed1.length; length++) expect(read(signed1.subarray(0, length)).name).toBeTruthy()
    for (let at = 0; at < signed1.length; at++) {
      const turned = Buffer.from(signed1)
      turned[at] = (turned[at] ?? 0) ^ 0xff
      expect(read(turned).name).toBeTruthy()
    }
  }
})
