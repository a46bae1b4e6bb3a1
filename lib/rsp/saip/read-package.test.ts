import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { tlv } from '@/lib/rsp/tlv'
import { craftEnd, craftHeader, craftMf, craftPackage, craftUsim, fileElement, sampleIccid, write } from './crafted-package'
import { PackageError } from './elements'
import { estimatedInstallBytes, readPackage } from './read-package'

const names = ['TS48v1_A', 'TS48v3_SAIP2.3_BERTLV', 'TS48v4_SAIP2.1A_NoBERTLV', 'TS48v5_SAIP2.3_BERTLV_SUCI']
const profile = (name: string) => readFileSync(new URL(`../testdata/profiles/${name}.der`, import.meta.url))

/** xorshift32: the same "random" numbers in every run. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed
  return below => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}

describe('readPackage', () => {
  test.each([
    ['TS48v1_A', '2.1', 11768],
    ['TS48v3_SAIP2.3_BERTLV', '2.3', 12166],
    ['TS48v4_SAIP2.1A_NoBERTLV', '2.1', 12079],
    ['TS48v5_SAIP2.3_BERTLV_SUCI', '2.3', 12284],
  ])('reads %s', (name, saipVersion, near) => {
    const upp = profile(name)
    const info = readPackage(upp)
    expect(info).toMatchObject({
      iccid: '89000123456789012341',
      profileName: 'GSMA Generic eUICC Test Profile',
      saipVersion,
      sizeBytes: near,
      imsi: '001010123456063',
      mccMnc: '00101',
      mncLength: 2,
      gid1: 'FFFF',
      gid2: 'FFFF',
      spn: 'GSMA_TEST',
      naas: ['usim', 'csim', 'isim'],
      algorithms: ['usim-test-algorithm', 'cave'],
      errors: [],
      warnings: [],
    })
    expect(info.elements.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)).toBe(upp.length)
    expect(info.elements.find(element => element.name === 'rfm')).toMatchObject({ count: 4 })
    expect(estimatedInstallBytes(info)).toBeGreaterThan(upp.length)
    expect(estimatedInstallBytes(info)).toBeLessThan(100_000)
  })

  test('tells no key, PIN or PUK of the package', () => {
    for (const name of names) {
      const told = JSON.stringify(readPackage(profile(name))).toLowerCase()
      for (const secret of [
        '000102030405060708090a0b0c0d0e0f',
        '0123456789abcdef',
        '30303030',
        '31313131',
        '35353535',
        '39393939',
        '55555555',
      ])
        expect(told).not.toContain(secret)
    }
  })

  test('a package without a name, IMSI and GIDs reads', () => {
    const info = readPackage(craftPackage({ usim: craftUsim(tlv(0xa3)) }))
    expect(info).toMatchObject({ iccid: sampleIccid, profileName: '', naas: ['usim'], errors: [], warnings: [] })
    expect(info).not.toHaveProperty('imsi')
    expect(info).not.toHaveProperty('mccMnc')
  })

  test('a broken rule of order is told, not refused', () => {
    const info = readPackage(craftPackage({ elements: [fileElement(0xb6, 5, 9)] }))
    expect(info.errors).toEqual([expect.stringMatching(/opt-isim/)])
  })

  test('a package without EF.ICCID reads with a warning', () => {
    const mf = fileElement(0xb0, 1, 1, tlv(0xa2), tlv(0xa4), tlv(0xa5), tlv(0xa6))
    expect(readPackage(craftPackage({ mf })).warnings).toEqual([expect.stringMatching(/EF\.ICCID/)])
  })

  test.each([
    ['another first element', Buffer.concat([craftMf(), craftEnd()]), /no profile package: it begins with B0/],
    ['no end', Buffer.concat([craftHeader(), craftMf()]), /no end element/],
    ['a second header', Buffer.concat([craftHeader(), craftMf(), craftHeader(), craftEnd()]), /second header/],
    ['octets after the end', Buffer.concat([craftPackage(), Buffer.of(0)]), /after its end element/],
    [
      'another EF.ICCID',
      craftPackage({ mf: craftMf('89000123456789012341') }),
      /EF\.ICCID \(89000123456789012341\) and the header \(8949449999999990163\)/,
    ],
    [
      'an EF.ICCID that is cut',
      craftPackage({ mf: fileElement(0xb0, 1, 1, tlv(0xa2), tlv(0xa4, write('989444')), tlv(0xa5), tlv(0xa6)) }),
      /EF\.ICCID \(989444\)/,
    ],
    ['a malformed ICCID', craftPackage({ header: { rawIccid: '0123' } }), /malformed ICCID, 0123/],
    ['a fake package of the recorded session', readFileSync(new URL('../testdata/session/upp.der', import.meta.url)), /./],
  ])('refuses %s', (_, bytes, sentence) => {
    expect(() => readPackage(bytes)).toThrow(PackageError)
    expect(() => readPackage(bytes)).toThrow(sentence)
  })

  test('refuses what is over the limit before it looks inside', () => {
    expect(() => readPackage(craftPackage(), { maxBytes: 100 })).toThrow(/octets, the limit is 100/)
    expect(() => readPackage(Buffer.alloc(1_048_577))).toThrow(/the limit is 1048576/)
  })

  test('thousands of damaged packages are read or refused with a sentence, quickly', () => {
    const random = randomFrom(0x5eed)
    let refused = 0
    for (let round = 0; round < 3000; round++) {
      const damaged = damage(Buffer.from(profile(names[round % names.length] ?? 'TS48v1_A')), random)
      const sentence = outcome(damaged)
      expect(sentence).not.toMatch(/0{3}1020304|30303030|31313131|35353535/)
      if (sentence !== 'read') refused++
    }
    expect(refused).toBeGreaterThan(1000)
  })

  test('thousands of damaged small packages, damaged at any octet and bit', () => {
    const upp = craftPackage({ header: { profileType: 'x' }, elements: [fileElement(0xb4, 5, 5, tlv(0xa5, write('ff')))] })
    for (let at = 0; at < upp.length; at++)
      for (let value = 0; value < 256; value += 5) {
        const damaged = Buffer.from(upp)
        damaged[at] = value
        outcome(damaged)
      }
    for (let length = 0; length < upp.length; length++) expect(outcome(upp.subarray(0, length))).toMatch(/\.$/)
  })

  test('noise is refused with a sentence', () => {
    const random = randomFrom(77)
    for (let round = 0; round < 3000; round++) {
      const noise = Buffer.from(Array.from({ length: random(400) }, () => random(256)))
      if (round % 2) noise.set(craftHeader().subarray(0, noise.length))
      expect(outcome(noise)).toMatch(/\.$/)
    }
  })

  test('a megabyte of crafted steps is read in moderate time', () => {
    const steps = Buffer.concat(Array.from({ length: 60_000 }, () => Buffer.from('a10480020fff82010083017f', 'hex')))
    const upp = craftPackage({ usim: craftUsim(tlv(0xa3, steps)) })
    expect(outcome(upp)).toBe('read')
  }, 5000)
})

const outcome = (bytes: Buffer): string => {
  try {
    readPackage(bytes)
    return 'read'
  } catch (error) {
    if (error instanceof PackageError) return error.message
    throw error
  }
}

function damage(upp: Buffer, random: (below: number) => number): Buffer {
  switch (random(4)) {
    case 0:
      return upp.subarray(0, random(upp.length))
    case 1: {
      const at = random(upp.length)
      return Buffer.concat([upp.subarray(0, at), upp.subarray(at + 1 + random(40))])
    }
    default:
      for (let times = 1 + random(3); times > 0; times--) upp[random(upp.length)] = random(256)
      return upp
  }
}
