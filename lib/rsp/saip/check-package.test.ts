import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { integerValue, tlv } from '@/lib/rsp/tlv'
import { checkPackage } from './check-package'
import { craftEnd, craftHeader, craftMf, craftPackage, craftUsim, element, fileElement } from './crafted-package'
import { readElements } from './elements'
import { readProfileHeader } from './header'

const findingsOf = (upp: Buffer) => {
  const elements = readElements(upp)
  const [first] = elements
  if (!first) throw new Error('no header')
  return checkPackage(elements, readProfileHeader(first))
}
const check = (...parts: Parameters<typeof craftPackage>) => findingsOf(craftPackage(...parts))
const errors = (...parts: Parameters<typeof craftPackage>) =>
  check(...parts)
    .filter(({ severity }) => severity === 'error')
    .map(({ sentence }) => sentence)

const aka = (identification: number, algorithm: number, keyBytes = 16) =>
  element(0xa4, identification, tlv(0xa1, tlv(0xa1, tlv(0x80, integerValue(algorithm)), tlv(0x82, Buffer.alloc(keyBytes)))))
const puk = (identification: number, reference: number) =>
  element(0xa3, identification, tlv(0xa1, tlv(0x30, tlv(0x80, integerValue(reference)), tlv(0x81, Buffer.alloc(8, 0x31)))))
const pin = (identification: number, reference: number) =>
  element(
    0xa2,
    identification,
    tlv(
      0xa1,
      tlv(
        0xa0,
        tlv(0x30, tlv(0x80, integerValue(1)), tlv(0x81, Buffer.alloc(8, 0x30)), tlv(0x82, integerValue(reference))),
        tlv(0x30, tlv(0x80, integerValue(10)), tlv(0x81, Buffer.alloc(8, 0x35))),
      ),
    ),
  )

describe('checkPackage', () => {
  test.each(['TS48v1_A', 'TS48v3_SAIP2.3_BERTLV', 'TS48v4_SAIP2.1A_NoBERTLV', 'TS48v5_SAIP2.3_BERTLV_SUCI'])('%s is clean', name => {
    expect(findingsOf(readFileSync(new URL(`../testdata/profiles/${name}.der`, import.meta.url)))).toEqual([])
  })

  test('a crafted minimal package is clean', () => {
    expect(check()).toEqual([])
  })

  test('the master file comes first', () => {
    const upp = Buffer.concat([craftHeader(), craftUsim(), craftMf(), craftEnd()])
    expect(findingsOf(upp).map(({ sentence }) => sentence)).toEqual([
      expect.stringMatching(/^PE 2 \(usim, octet 42\) comes before the master file/),
    ])
  })

  test.each([
    ['opt-usim', 0xb4, 'usim'],
    ['phonebook', 0xb7, 'usim'],
    ['gsm-access', 0xb8, 'usim'],
    ['df-5gs', 0xbc, 'usim'],
    ['df-saip', 0xbd, 'usim'],
    ['df-snpn', 0xbe, 'usim'],
    ['df-5gprose', 0xbf1f, 'usim'],
  ])('%s comes after usim', (name, tag) => {
    const extension = fileElement(tag, 5, 5)
    expect(errors({ elements: [extension] })).toEqual([])
    expect(errors({ usim: Buffer.concat([extension, craftUsim()]) })).toEqual([
      expect.stringMatching(new RegExp(`\\(${name}, .*no usim element`)),
    ])
  })

  test('opt-isim needs isim, opt-csim needs csim, eap needs usim or isim', () => {
    expect(errors({ elements: [fileElement(0xb6, 5, 9)] })).toHaveLength(1)
    expect(errors({ elements: [fileElement(0xba, 5, 11)] })).toHaveLength(1)
    expect(errors({ elements: [fileElement(0xb5, 5, 8), fileElement(0xb6, 6, 9), fileElement(0xbb, 7, 12)] })).toEqual([])
  })

  test('an element that must be single is not repeated', () => {
    expect(errors({ elements: [fileElement(0xb2, 5, 3), fileElement(0xb2, 6, 3)] })).toEqual([expect.stringMatching(/second telecom/)])
    expect(errors({ elements: [puk(5, 1), pin(6, 1), pin(7, 1)] })).toEqual([])
  })

  test('a second USIM needs the service multiple-usim', () => {
    const second = fileElement(0xb3, 5, 4, tlv(0xa3))
    expect(errors({ elements: [second] })).toEqual([expect.stringMatching(/second usim element; that needs the service multiple-usim/)])
    expect(errors({ header: { services: [1, 13] }, elements: [second] })).toEqual([])
    expect(errors({ header: { services: [1, 13] } })).toEqual([
      expect.stringMatching(/multiple-usim, but the package has not a second USIM/),
    ])
  })

  test('identifications are unique', () => {
    expect(errors({ elements: [aka(2, 1)] })).toEqual([expect.stringMatching(/PE 4 \(akaParameter, .*identification 2, as PE 3 \(usim/)])
  })

  test.each([
    ['isim', 2, fileElement(0xb5, 5, 8)],
    ['csim', 3, fileElement(0xb9, 5, 10)],
    ['milenage', 4, aka(5, 1)],
    ['tuak128', 5, aka(5, 2, 16)],
    ['tuak256', 16, aka(5, 2, 32)],
    ['usim-test-algorithm', 17, aka(5, 3)],
    ['cave', 6, element(0xa5, 5, tlv(0x81, Buffer.alloc(8)))],
    ['eap', 10, fileElement(0xbb, 5, 12)],
  ])('the service %s needs its element', (name, service, provider) => {
    expect(errors({ header: { services: [1, service] }, elements: [provider] })).toEqual([])
    expect(errors({ header: { services: [1, service] } })).toEqual([expect.stringMatching(`demands the service ${name},`)])
  })

  test('TUAK with a key of another length does not serve', () => {
    expect(errors({ header: { services: [16] }, elements: [aka(5, 2, 16)] })).toHaveLength(1)
  })

  test('pinCodes refer to PUKs that stand before them', () => {
    expect(errors({ elements: [puk(5, 129), pin(6, 129)] })).toEqual([])
    expect(errors({ elements: [pin(6, 129), puk(5, 129)] })).toEqual([expect.stringMatching(/\(pinCodes, .*PUK 129, which no pukCodes/)])
    expect(errors({ elements: [puk(5, 1), pin(6, 129)] })).toHaveLength(1)
  })

  test.each([
    ['an ICCID without a Luhn digit', { header: { iccid: '8949449999999990164' }, mf: craftMf('8949449999999990164') }, /Luhn/],
    ['a version nobody knows', { header: { majorVersion: 1 } }, /version 1\.3/],
    ['an element that SAIP does not name', { elements: [element(0xbf22, 5)] }, /tag BF22.* none that SAIP 3.3 names/],
    ['a service that SAIP does not name', { header: { services: [1, 30] } }, /service-30/],
    ['rfm before the security domain', { elements: [element(0xa7, 5), element(0xa6, 6)] }, /rfm.*before the first security domain/],
  ])('%s is a warning', (_, parts, sentence) => {
    expect(check(parts)).toEqual([{ severity: 'warning', sentence: expect.stringMatching(sentence) }])
  })
})
