import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { Iccid } from '@/lib/rsp/identifiers'
import { decodeMetadata, encodeMetadata, mccMncFromOctets, mccMncOctets, metadataForPackage, ProfileMetadata } from './metadata'
import { craftPackage, craftUsim } from './saip/crafted-package'
import { PackageError } from './saip/elements'
import { type PackageInfo, readPackage } from './saip/read-package'
import { TlvError, tlv } from './tlv'

const recorded = readFileSync(new URL('./testdata/session/store-metadata.der', import.meta.url))
const profile = readFileSync(new URL('./testdata/profiles/TS48v5_SAIP2.3_BERTLV_SUCI.der', import.meta.url))

const plain: ProfileMetadata = {
  iccid: Iccid.parse('8949449999999990163'),
  serviceProviderName: 'A',
  profileName: 'B',
  profileClass: 'operational',
  notificationConfigurationInfo: [],
  profilePolicyRules: [],
}
const hexOf = (changes: Partial<ProfileMetadata>) => encodeMetadata({ ...plain, ...changes }).toString('hex')
// BF25 and its length, then 5A … 92
const names = '5a0a989444999999990961f3910141920142'

describe('StoreMetadataRequest', () => {
  test('the recorded request decodes and encodes byte for byte', () => {
    const metadata = decodeMetadata(recorded)
    expect(metadata).toEqual({
      iccid: '89000123456789012341',
      serviceProviderName: 'euicc-rsp',
      profileName: 'euicc-rsp test profile',
      profileClass: 'operational',
      notificationConfigurationInfo: [],
      profilePolicyRules: [],
    })
    expect(encodeMetadata(metadata).equals(recorded)).toBe(true)
  })

  test('leaves out what is empty and the class operational', () => {
    expect(hexOf({})).toBe(`bf2512${names}`)
    expect(hexOf({ profileClass: 'test' })).toBe(`bf2515${names}950100`)
    expect(hexOf({ profileClass: 'provisioning' })).toBe(`bf2515${names}950101`)
  })

  test('writes notifications as a list of events and address', () => {
    expect(
      hexOf({
        notificationConfigurationInfo: [
          { profileManagementOperation: ['notificationInstall'], notificationAddress: 'a.b' },
          {
            profileManagementOperation: ['notificationDelete', 'notificationEnable', 'notificationDisable', 'notificationInstall'],
            notificationAddress: 'c.d',
          },
        ],
      }),
    ).toBe(`bf252a${names}b6163009800207808103612e623009800204f08103632e64`)
  })

  test('writes policy rules with trailing zero bits cut, and the owner', () => {
    const profileOwner = { mccMnc: '310410' }
    expect(hexOf({ profileOwner, profilePolicyRules: ['ppr1'] })).toBe(`bf251d${names}b705800313001499020640`)
    expect(hexOf({ profileOwner, profilePolicyRules: ['ppr2', 'pprUpdateControl'] })).toMatch(/990205a0$/)
    expect(hexOf({ profileOwner: { ...profileOwner, gid1: '2a', gid2: '' } })).toMatch(/b708800313001481012a$/)
  })

  test('carries an icon of 1024 octets', () => {
    const icon = { iconType: 'png' as const, icon: Buffer.alloc(1024, 0x89) }
    const bytes = encodeMetadata({ ...plain, icon })
    expect(bytes.length).toBe(4 + 1 + 18 + 3 + 4 + 1024)
    expect(bytes.includes(Buffer.from('93010194820400', 'hex'))).toBe(true)
    const back = decodeMetadata(bytes)
    expect(back.icon?.iconType).toBe('png')
    expect(encodeMetadata(back).equals(bytes)).toBe(true)
  })

  test('everything at once comes back as it went', () => {
    const metadata: ProfileMetadata = {
      ...plain,
      serviceProviderName: 'Ünïted €',
      profileName: '旅行 🧳',
      icon: { iconType: 'jpg', icon: Buffer.from('ffd8ff', 'hex') },
      profileClass: 'test',
      notificationConfigurationInfo: [
        { profileManagementOperation: ['notificationEnable', 'notificationDelete'], notificationAddress: 'smdp.example' },
      ],
      profileOwner: { mccMnc: '00101', gid1: 'FFFF', gid2: '01' },
      profilePolicyRules: ['pprUpdateControl', 'ppr2'],
    }
    expect(decodeMetadata(encodeMetadata(metadata))).toEqual(metadata)
  })

  test('limits count characters, not octets and not UTF-16 units', () => {
    expect(ProfileMetadata.safeParse({ ...plain, serviceProviderName: '🧳'.repeat(32), profileName: 'é'.repeat(64) }).success).toBe(true)
    expect(ProfileMetadata.safeParse({ ...plain, serviceProviderName: 'a'.repeat(33) }).success).toBe(false)
    expect(ProfileMetadata.safeParse({ ...plain, profileName: 'a'.repeat(65) }).success).toBe(false)
  })

  test.each([
    ['an empty service provider name', { serviceProviderName: '' }],
    ['an empty profile name', { profileName: '' }],
    ['a name with a control character', { profileName: 'a\u0000' }],
    ['half a surrogate pair', { profileName: '\ud83d' }],
    ['an icon over 1024 octets', { icon: { iconType: 'png', icon: Buffer.alloc(1025) } }],
    ['an empty icon', { icon: { iconType: 'png', icon: Buffer.alloc(0) } }],
    ['an icon without type', { icon: { icon: Buffer.alloc(1) } }],
    ['policy rules without owner', { profilePolicyRules: ['ppr1'] }],
    ['a wildcard operator', { profileOwner: { mccMnc: '001E1' } }],
    ['a notification without event', { notificationConfigurationInfo: [{ profileManagementOperation: [], notificationAddress: 'a' }] }],
    [
      'a notification without address',
      { notificationConfigurationInfo: [{ profileManagementOperation: ['notificationEnable'], notificationAddress: '' }] },
    ],
  ])('refuses %s', (_, changes) => {
    expect(ProfileMetadata.safeParse({ ...plain, ...changes }).success).toBe(false)
  })

  test.each([
    ['octets after it', Buffer.concat([recorded, Buffer.of(0)])],
    ['another tag', tlv(0xbf2a, recorded.subarray(3))],
    ['an icon without type', tlv(0xbf25, Buffer.from(names, 'hex'), tlv(0x94, Buffer.of(1)))],
    ['a type without icon', tlv(0xbf25, Buffer.from(names, 'hex'), tlv(0x93, Buffer.of(1)))],
    ['an unknown class', tlv(0xbf25, Buffer.from(names, 'hex'), tlv(0x95, Buffer.of(3)))],
    ['a wildcard operator', tlv(0xbf25, Buffer.from(names, 'hex'), tlv(0xb7, tlv(0x80, Buffer.from('00f1e0', 'hex'))))],
    ['text that is not UTF-8', tlv(0xbf25, tlv(0x5a, Buffer.from('989444999999990961f3', 'hex')), tlv(0x91, Buffer.of(0xc3)))],
  ])('decoding refuses %s', (_, bytes) => {
    expect(() => decodeMetadata(bytes)).toThrow(TlvError)
  })

  test('decoding passes over members that came later', () => {
    expect(decodeMetadata(tlv(0xbf25, Buffer.from(names, 'hex'), tlv(0xba, tlv(0x80)), tlv(0xbf22)))).toEqual(plain)
  })
})

describe('MCC and MNC', () => {
  test.each([
    ['00101', '00f110'],
    ['310410', '130014'],
    ['26202', '62f220'],
  ])('TS 24.008 packs %s as %s', (mccMnc, octets) => {
    expect(mccMncOctets(mccMnc).toString('hex')).toBe(octets)
    expect(mccMncFromOctets(Buffer.from(octets, 'hex'))).toBe(mccMnc)
  })
})

describe('metadataForPackage', () => {
  const info = readPackage(profile)
  const type = { profileClass: 'test', notificationAddress: 'smdp.example' } as const

  test('takes the names from the header, all four events to our address, no owner', () => {
    expect(metadataForPackage(info, type)).toEqual({
      iccid: '89000123456789012341',
      serviceProviderName: 'GSMA Generic eUICC Test Profile',
      profileName: 'GSMA Generic eUICC Test Profile',
      profileClass: 'test',
      notificationConfigurationInfo: [
        {
          profileManagementOperation: ['notificationInstall', 'notificationEnable', 'notificationDisable', 'notificationDelete'],
          notificationAddress: 'smdp.example',
        },
      ],
      profilePolicyRules: [],
    })
  })

  test('the names of the type go before', () => {
    const metadata = metadataForPackage(info, { ...type, serviceProviderName: 'Operator', profileName: 'Travel' })
    expect(metadata).toMatchObject({ serviceProviderName: 'Operator', profileName: 'Travel' })
  })

  test('policy rules bring the owner with its GIDs', () => {
    const metadata = metadataForPackage(info, { ...type, profilePolicyRules: ['ppr1'] })
    expect(metadata.profileOwner).toEqual({ mccMnc: '00101', gid1: 'FFFF', gid2: 'FFFF' })
    expect(encodeMetadata(metadata).toString('hex')).toMatch(/b70d800300f1108102ffff8202ffff99020640$/)
  })

  test('policy rules on a package without IMSI are refused with a sentence', () => {
    const anonymous = readPackage(craftPackage({ usim: craftUsim(tlv(0xa3)) }))
    expect(() => metadataForPackage(anonymous, { ...type, profilePolicyRules: ['ppr2'] })).toThrow(PackageError)
    expect(metadataForPackage(anonymous, type).profileOwner).toBeUndefined()
  })

  test('long names are cut, missing ones replaced', () => {
    const named = (changes: Partial<PackageInfo>) => metadataForPackage({ ...info, ...changes }, type)
    expect(named({ profileName: '🧳'.repeat(80) })).toMatchObject({ serviceProviderName: '🧳'.repeat(32), profileName: '🧳'.repeat(64) })
    expect(named({ profileName: '' })).toMatchObject({ serviceProviderName: 'GSMA_TEST', profileName: 'GSMA_TEST' })
    const { spn: _, ...nameless } = info
    expect(metadataForPackage({ ...nameless, profileName: '' }, type)).toMatchObject({ serviceProviderName: 'Mobile network' })
  })

  test('the names of TS.48 are within the limits', () => {
    expect(() => encodeMetadata(metadataForPackage(info, type))).not.toThrow()
  })
})
