import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readAll, tlv } from '@/lib/rsp/tlv'
import { defaultSettings } from './card'
import { readMetadata } from './metadata'
import { checkProfilePackage } from './profile-package'
import { LoadFault } from './refusal'
import { makeMetadata } from './scripted-metadata'

const folder = 'lib/rsp/testdata/profiles'
const packages = readdirSync(folder).filter(name => name.endsWith('.der'))
const original = readFileSync(`${folder}/TS48v3_SAIP2.3_BERTLV.der`)
const metadata = readMetadata(makeMetadata({ mccMnc: '00f110' }))

test.each(packages)('%s is accepted', name => {
  expect(() => checkProfilePackage(readFileSync(`${folder}/${name}`), metadata, defaultSettings)).not.toThrow()
})

describe('PEStatus of the refusal', () => {
  const elements = readAll(original).map(element => element.raw)
  const statusOf = (changed: Buffer[], settings = defaultSettings) => {
    try {
      checkProfilePackage(Buffer.concat(changed), metadata, settings)
    } catch (error) {
      return error instanceof LoadFault ? error.peStatus?.status : 'other'
    }
    return 'accepted'
  }
  const peHeader = (identification: number, ...mandated: Buffer[]) => tlv(0xa0, ...mandated, tlv(0x81, Buffer.of(identification)))

  test('5 when header, end or master file are missing, twice, or in the wrong place', () => {
    expect(statusOf(elements.slice(1))).toBe(5)
    expect(statusOf(elements.slice(0, -1))).toBe(5)
    expect(statusOf([...elements, tlv(0xaa, peHeader(0x7f))])).toBe(5)
    expect(statusOf([...elements.slice(0, 1), ...elements])).toBe(5)
    expect(statusOf([elements[0] ?? Buffer.of(), elements.at(-1) ?? Buffer.of()])).toBe(5)
    expect(statusOf([])).toBe(5)
  })

  test('5 when an element carries no identification, 3 when two carry one', () => {
    const withElement = (element: Buffer) => [...elements.slice(0, -1), element, ...elements.slice(-1)]
    expect(statusOf(withElement(tlv(0xa9, tlv(0xa0))))).toBe(5)
    expect(statusOf(withElement(tlv(0xa9, peHeader(4))))).toBe(3)
    expect(statusOf(withElement(tlv(0xa9, peHeader(0x7f))))).toBe('accepted')
  })

  test('1 for an unknown element that is mandated; one that is not is passed over', () => {
    const withElement = (element: Buffer) => [...elements.slice(0, -1), element, ...elements.slice(-1)]
    expect(statusOf(withElement(tlv(0xac, peHeader(0x7f, tlv(0x80)))))).toBe(1)
    expect(statusOf(withElement(tlv(0xac, peHeader(0x7f))))).toBe('accepted')
  })

  test('5 when the master file does not come first, or what belongs to an application before it', () => {
    const [header = Buffer.of(), mf = Buffer.of(), second = Buffer.of(), ...rest] = elements
    expect(statusOf([header, second, mf, ...rest])).toBe(5)
    const withoutUsim = elements.filter(element => element[0] !== 0xb3)
    expect(statusOf(withoutUsim)).toBe(5)
    const usimLast = [...withoutUsim.slice(0, -1), ...elements.filter(element => element[0] === 0xb3), ...withoutUsim.slice(-1)]
    expect(statusOf(usimLast)).toBe(5)
  })

  test('3 for a service that is demanded and that nothing in the package uses', () => {
    const isUsims = (element: Buffer) => [0xb5, 0xb6].includes(element[0] ?? 0)
    expect(statusOf(elements.filter(element => !isUsims(element)))).toBe(3)
    expect(statusOf(elements.filter(element => element[0] !== 0xa4))).toBe(3)
  })

  test('31 for a newer major version, 10 for a service that is missing', () => {
    const newer = Buffer.from((elements[0] ?? Buffer.of()).toString('hex').replace('800102', '800104'), 'hex')
    expect(statusOf([newer, ...elements.slice(1)])).toBe(31)
    expect(statusOf(elements, { ...defaultSettings, uiccCapability: [1, 2] })).toBe(10)
  })
})
