import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { encodeBoundProfilePackage, encodeInitialiseSecureChannel, protectProfile } from './bpp'
import { readAll, readSingle, tlv } from './tlv'

const keys = (fill: number) => ({
  initialMacChainingValue: Buffer.alloc(16, fill),
  sEnc: Buffer.alloc(16, fill + 1),
  sMac: Buffer.alloc(16, fill + 2),
})
const metadata = (octets: number) => tlv(0xbf25, tlv(0x5a, Buffer.alloc(octets)))
const partsOf = (der: Buffer) => readAll(der).map(part => ({ tag: part.tag, segments: readAll(part.value) }))

describe('§2.5.4 the protected part of a BoundProfilePackage', () => {
  test.each([0, 1, 1_006, 1_007, 1_008, 2_014, 2_015, 100_000])('a package of %i octets in segments of at most 1020', octets => {
    const parts = partsOf(protectProfile({ sessionKeys: keys(1), metadata: metadata(20), profilePackage: Buffer.alloc(octets, 5) }))
    expect(parts.map(part => part.tag)).toEqual([0xa0, 0xa1, 0xa3])
    const [configureIsdp, storeMetadata, elements] = parts
    expect(configureIsdp?.segments.map(segment => segment.tag)).toEqual([0x87])
    expect(storeMetadata?.segments.map(segment => segment.tag)).toEqual([0x88])
    expect(elements?.segments).toHaveLength(Math.ceil(octets / 1007))
    for (const segment of elements?.segments ?? []) {
      expect(segment.tag).toBe(0x86)
      expect(segment.raw.length).toBeLessThanOrEqual(1020)
      expect((segment.value.length - 8) % 16).toBe(0)
    }
  })

  test.each([
    [900, 1],
    [990, 1],
    [1_100, 2],
    [2_100, 3],
  ])('metadata of about %i octets lie readable in %i “88” segments', (octets, count) => {
    const whole = metadata(octets)
    const segments = partsOf(protectProfile({ sessionKeys: keys(1), metadata: whole, profilePackage: Buffer.alloc(10) }))[1]?.segments ?? []
    expect(segments).toHaveLength(count)
    expect(Buffer.concat(segments.map(segment => segment.value.subarray(0, -8))).equals(whole)).toBe(true)
    for (const segment of segments) expect(segment.raw.length).toBeLessThanOrEqual(1020)
  })

  test('with random keys the protected package does not depend on the session: only A0, A1 and A2 do', () => {
    const protect = (fill: number) =>
      partsOf(
        protectProfile({
          sessionKeys: keys(fill),
          metadata: metadata(20),
          profilePackage: Buffer.alloc(3_000, 5),
          profileProtectionKeys: keys(9),
        }),
      )
    const [one, two] = [protect(1), protect(2)]
    expect(one.map(part => part.tag)).toEqual([0xa0, 0xa1, 0xa2, 0xa3])
    expect(one[3]).toEqual(two[3])
    for (const at of [0, 1, 2]) expect(one[at]).not.toEqual(two[at])
  })
})

describe('§5.5.1 InitialiseSecureChannel', () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  const request = {
    transactionId: Buffer.alloc(16, 1),
    hostId: Buffer.from('slipway'),
    otPkDp: Buffer.alloc(65, 4),
    otPkEuicc: Buffer.alloc(65, 5),
    dpPbPrivateKey: privateKey,
  }

  test('remoteOpId, transactionId, control reference template, otPK.DP and smdpSign, which covers otPK.EUICC as well', () => {
    const members = readAll(readSingle(encodeInitialiseSecureChannel(request), 0xbf23).value)
    expect(members.map(member => member.tag)).toEqual([0x82, 0x80, 0xa6, 0x5f49, 0x5f37])
    expect(members[0]?.raw.toString('hex')).toBe('820101')
    expect(members[2]?.raw.toString('hex')).toBe(`a60f8001888101108407${Buffer.from('slipway').toString('hex')}`)
    const covered = Buffer.concat([...members.slice(0, 4).map(member => member.raw), tlv(0x5f49, request.otPkEuicc)])
    const key = { key: createPublicKey(privateKey), dsaEncoding: 'ieee-p1363' as const }
    expect(verify('sha256', covered, key, members[4]?.value ?? Buffer.alloc(0))).toBe(true)
  })

  test('stands before the protected part, which is taken as it is', () => {
    const secureChannel = encodeInitialiseSecureChannel(request)
    const bound = encodeBoundProfilePackage(secureChannel, Buffer.from('a000a100', 'hex'))
    expect(readSingle(bound, 0xbf36).value.equals(Buffer.concat([secureChannel, Buffer.from('a000a100', 'hex')]))).toBe(true)
  })
})
