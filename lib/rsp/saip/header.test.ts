import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readBits } from '@/lib/rsp/tlv'
import { type CraftedHeader, craftPackage } from './crafted-package'
import { PackageError, readElements } from './elements'
import { readProfileHeader, unsupportedServices } from './header'

const headerOf = (upp: Buffer) => {
  const [first] = readElements(upp)
  if (!first) throw new Error('no header')
  return readProfileHeader(first)
}
const crafted = (header: CraftedHeader) => headerOf(craftPackage({ header }))

describe('readProfileHeader', () => {
  test('reads every field of TS.48 v5', () => {
    expect(headerOf(readFileSync(new URL('../testdata/profiles/TS48v5_SAIP2.3_BERTLV_SUCI.der', import.meta.url)))).toEqual({
      majorVersion: 2,
      minorVersion: 3,
      profileType: 'GSMA Generic eUICC Test Profile',
      iccid: '89000123456789012341',
      mandatoryServices: ['usim', 'isim', 'csim', 'usim-test-algorithm', 'ber-tlv', 'get-identity', 'profile-a-x25519', 'profile-b-p256'],
      mandatoryTemplates: [1, 3, 4, 5, 7, 8, 9, 10, 11, 13, 14].map(template => `2.23.143.1.2.${template}`),
      mandatoryAids: [],
      hasConnectivityParameters: false,
    })
  })

  test('an ICCID of 19 digits is padded with F and not swapped', () => {
    expect(crafted({ rawIccid: '8949449999999990163F' }).iccid).toBe('8949449999999990163')
  })

  test.each(['8949449999999990', '89494499999999901A3F', 'FFFFFFFFFFFFFFFFFFFF'])('refuses the ICCID octets %s', rawIccid => {
    expect(() => crafted({ rawIccid })).toThrow(PackageError)
    expect(() => crafted({ rawIccid })).toThrow(/malformed ICCID/)
  })

  test('drops what a screen or a database would choke on from the profile type', () => {
    expect(crafted({ profileType: ' A\u0000B\u001b ' }).profileType).toBe('AB')
    expect(crafted({ profileType: '\u0000' }).profileType).toBeUndefined()
    expect(crafted({ profileType: 'x'.repeat(5000) }).profileType).toHaveLength(100)
  })

  test('tells a service without a name by its tag number', () => {
    expect(crafted({ services: [1, 30] }).mandatoryServices).toEqual(['usim', 'service-30'])
  })
})

describe('unsupportedServices', () => {
  test('knows that ServicesList and UICCCapability number cave, tuak128 and tuak256 otherwise', () => {
    const header = crafted({ services: [5, 6, 16] })
    expect(header.mandatoryServices).toEqual(['tuak128', 'cave', 'tuak256'])
    expect(unsupportedServices(header.mandatoryServices, new Set([5]))).toEqual(['tuak128', 'tuak256'])
    expect(unsupportedServices(header.mandatoryServices, new Set([6, 7]))).toEqual(['cave'])
  })

  test('takes the bits of a UICCCapability as an eUICC sends it', () => {
    expect(unsupportedServices(['usim', 'ber-tlv', 'eaka'], readBits(Buffer.from('047f36c0', 'hex')))).toEqual(['ber-tlv', 'eaka'])
  })

  test('a service that nobody knows is unsupported', () => {
    expect(unsupportedServices(['service-30'], new Set([30, 31]))).toEqual(['service-30'])
  })
})
