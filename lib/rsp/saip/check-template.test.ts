import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { integerValue, oidValue, tlv } from '@/lib/rsp/tlv'
import { checkTemplate, requireInstallable } from './check-template'
import { craftPackage, craftUsim, descriptor, element, fileElement, write } from './crafted-package'
import { PackageError } from './elements'

const hex = (text: string) => Buffer.from(text, 'hex')
const aid = (text: string) => tlv(0x4f, hex(text))
const errors = (...parts: Parameters<typeof craftPackage>) =>
  checkTemplate(craftPackage(...parts))
    .filter(({ severity }) => severity === 'error')
    .map(({ sentence }) => sentence)

const aka = (identification: number, algorithm: number, keyBytes = 16, operatorBytes = 16) =>
  element(
    0xa4,
    identification,
    tlv(0xa1, tlv(0xa1, tlv(0x80, integerValue(algorithm)), tlv(0x82, Buffer.alloc(keyBytes)), tlv(0x83, Buffer.alloc(operatorBytes)))),
  )
const shared = (identification: number, source: string) =>
  element(0xa4, identification, tlv(0xa1, tlv(0xa0, tlv(0x80, Buffer.of(0)), tlv(0x81, hex(source)))))
const domain = (identification: number, instance = 'a000000151000000') =>
  element(0xa6, identification, tlv(0xa1, aid('a0000001515350'), aid('a000000151535041'), aid(instance), tlv(0x82, hex('80')), tlv(0xc9)))
const rfm = (identification: number, securityDomain?: string) =>
  element(
    0xa7,
    identification,
    aid('a00000055910100001'),
    ...(securityDomain === undefined ? [] : [aid(securityDomain)]),
    tlv(0xa0, tlv(0x04, hex('b00120'))),
    tlv(0x81, Buffer.of(2)),
  )
const code = (identification: number, octets: number, count = 1) =>
  element(
    0xa3,
    identification,
    tlv(0xa1, ...Array.from({ length: count }, () => tlv(0x30, tlv(0x80, Buffer.of(1)), tlv(0x81, Buffer.alloc(octets, 0x31))))),
  )
const adf = (fid: string, name: string) => tlv(0xa2, descriptor(tlv(0x83, hex(fid)), tlv(0x84, hex(name))))

describe('checkTemplate', () => {
  test.each(['TS48v1_A', 'TS48v3_SAIP2.3_BERTLV', 'TS48v4_SAIP2.1A_NoBERTLV', 'TS48v5_SAIP2.3_BERTLV_SUCI'])('%s is clean', name => {
    const upp = readFileSync(new URL(`../testdata/profiles/${name}.der`, import.meta.url))
    expect(checkTemplate(upp)).toEqual([])
    expect(() => requireInstallable(upp)).not.toThrow()
  })

  test('all that checkPackage refuses is refused', () => {
    expect(errors({ header: { services: [1, 4] } })).toEqual([expect.stringMatching(/demands the service milenage/)])
    expect(errors({ elements: [fileElement(0xb6, 5, 9)] })).toEqual([expect.stringMatching(/no isim element before it/)])
    expect(errors({ elements: [element(0xa7, 2, aid('a00000055910100001'))] })).toContainEqual(expect.stringMatching(/identification 2/))
  })

  test('a file template that the header demands has its element; one that it does not demand is a warning', () => {
    const upp = craftPackage({ usim: Buffer.alloc(0) })
    expect(checkTemplate(upp).map(({ sentence }) => sentence)).toContainEqual(
      expect.stringMatching(/demands the file template 2\.23\.143\.1\.2\.4,/),
    )
    const isim = checkTemplate(craftPackage({ elements: [fileElement(0xb5, 5, 8)] }))
    expect(isim).toEqual([
      { severity: 'warning', sentence: expect.stringMatching(/PE 4 \(isim.*2\.23\.143\.1\.2\.8, which the header does not demand/) },
    ])
    const edition = element(0xb3, 2, tlv(0x81, oidValue('2.23.143.1.2.4.2')), tlv(0xa3))
    expect(errors({ usim: edition })).toEqual([])
  })

  test('a security domain stands before what belongs to it', () => {
    expect(errors({ elements: [domain(5), rfm(6), element(0xa8, 7)] })).toEqual([])
    expect(errors({ elements: [domain(5), rfm(6, 'a000000151000000')] })).toEqual([])
    expect(errors({ elements: [rfm(6)] })).toEqual([expect.stringMatching(/rfm.*no security domain before it/)])
    expect(errors({ elements: [rfm(6, 'a000000151000000'), domain(5)] })).toContainEqual(
      expect.stringMatching(/security domain A000000151000000, which no element before/),
    )
    const application = element(0xa8, 7, tlv(0xa1, aid('a0000005591011'), aid('a000000999000000'), tlv(0xc4, hex('00'))))
    expect(errors({ elements: [domain(5), application] })).toEqual([expect.stringMatching(/A000000999000000/)])
    expect(errors({ elements: [domain(5), rfm(6), rfm(7)] })).toEqual([expect.stringMatching(/AID A00000055910100001, as PE 5/)])
  })

  test('keys follow the application they are for', () => {
    const usim = craftUsim(adf('7fd0', 'a0000000871002'), tlv(0xa3))
    expect(
      errors({ usim, elements: [aka(5, 1), fileElement(0xb5, 6, 8, adf('7fb0', 'a0000000871004')), shared(7, 'a0000000871002')] }),
    ).toEqual([])
    expect(errors({ usim: Buffer.concat([aka(5, 1), usim]) })).toContainEqual(expect.stringMatching(/no application before it/))
    expect(errors({ usim, elements: [shared(7, 'a0000000871004')] })).toEqual([
      expect.stringMatching(/A0000000871004, which the package does not define/),
    ])
    expect(errors({ usim, elements: [fileElement(0xb5, 6, 8, adf('7fd0', 'a0000000871004'))] })).toEqual([
      expect.stringMatching(/temporary file ID 7FD0/),
    ])
  })

  test.each([
    ['Milenage', aka(5, 1, 32)],
    ['TUAK', aka(5, 2, 16, 16)],
    ['an algorithm', aka(5, 9)],
  ])('%s with parameters that it cannot have is refused', (title, parameter) => {
    expect(errors({ elements: [parameter] })).toEqual([expect.stringMatching(title)])
  })

  test('codes have 8 octets and stand once', () => {
    expect(errors({ elements: [code(5, 8)] })).toEqual([])
    expect(errors({ elements: [code(5, 4)] })).toEqual([expect.stringMatching(/not 8 octets/)])
    expect(errors({ elements: [code(5, 8, 2)] })).toEqual([expect.stringMatching(/defines one code twice/)])
  })

  test('a file has room for what is written into it, and whole records', () => {
    const file = (...parts: Buffer[]) => fileElement(0xb4, 9, 5, tlv(0xa7, ...parts))
    expect(errors({ elements: [file(descriptor(tlv(0x80, Buffer.of(2))), write('aabbcc'))] })).toEqual([
      expect.stringMatching(/3 octets into EF\.MSISDN, which has 2/),
    ])
    expect(errors({ elements: [file(descriptor(tlv(0x82, hex('42210003')), tlv(0x80, Buffer.of(4))))] })).toEqual([
      expect.stringMatching(/no multiple of its records of 3/),
    ])
  })

  test('requireInstallable says the first reasons', () => {
    const upp = craftPackage({ header: { services: [1, 2, 3, 4, 5] } })
    expect(() => requireInstallable(upp)).toThrow(PackageError)
    expect(() => requireInstallable(upp)).toThrow(/demands the service isim.* And 1 more\.$/)
  })
})
