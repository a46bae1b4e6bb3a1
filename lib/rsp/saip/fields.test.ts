import { describe, expect, test } from 'vitest'
import { integerValue, tlv } from '@/lib/rsp/tlv'
import { readAlphaIdentifier } from './alpha-identifier'
import { craftPackage, craftUsim, descriptor, element, fileElement, skip, write } from './crafted-package'
import { readElements } from './elements'
import { readSubscriberFields } from './fields'
import { fileContent } from './files'

const hex = (text: string) => Buffer.from(text, 'hex')
const fieldsOf = (...parts: Parameters<typeof craftPackage>) => readSubscriberFields(readElements(craftPackage(...parts)))
const usimWith = (...files: Uint8Array[]) => fieldsOf({ usim: craftUsim(...files) })
const imsi = (content: string) => tlv(0xa3, write(content))

// A FileManagement list: path, commands
const fileManagement = (...commands: Uint8Array[]) => element(0xa1, 50, tlv(0xa1, tlv(0x30, ...commands)))
const path = (fids: string) => tlv(0x80, hex(fids))
const create = (fid: string, ...more: Uint8Array[]) => tlv(0x62, tlv(0x82, hex('4121')), tlv(0x83, hex(fid)), ...more)
const fill = (content: string) => tlv(0x81, hex(content))

describe('file contents', () => {
  test('a fillFileOffset counts from the end of the write before', () => {
    const steps = [{ content: hex('0102') }, { skip: 3 }, { content: hex('03') }, { skip: 1 }, { content: hex('04') }]
    expect(fileContent(steps)?.toString('hex')).toBe('0102ffffff03ff04')
  })

  test('an EF.ICCID written in pieces is put together', () => {
    const pieces = tlv(0xa4, write('989444'), skip(1), write('999999'), write('0961f3'))
    const mf = fileElement(0xb0, 1, 1, tlv(0xa2), pieces, tlv(0xa5), tlv(0xa6))
    expect(fieldsOf({ mf }).efIccid?.toString('hex')).toBe('989444ff9999990961f3')
  })

  test('the fill pattern repeats its last octet, the repeat pattern itself', () => {
    expect(fileContent([{ fcp: hex('800104a504c1020aff') }])?.toString('hex')).toBe('0affffff')
    expect(fileContent([{ fcp: hex('800105a504c2020aff') }])?.toString('hex')).toBe('0aff0aff0a')
    expect(fileContent([{ fcp: hex('800104a504c1020a0b') }, { skip: 1 }, { content: hex('77') }])?.toString('hex')).toBe('0a770b0b')
  })

  test('a link and a file that is not created have no content', () => {
    expect(fileContent([{ fcp: hex('c7047fd06f07') }])).toBeUndefined()
    expect(fileContent([{ doNotCreate: true }], hex('00'))).toBeUndefined()
  })

  test('crafted sizes and offsets do not fill the memory', () => {
    expect(() => fileContent([{ fcp: hex('8003ffffff') }])).toThrow(/over 4096 octets/)
    expect(() => fileContent([{ skip: 65535 }, { content: hex('00') }])).toThrow(/over 4096 octets/)
  })

  test("a file keeps the template's content only for itself", () => {
    const initial = hex('00000002')
    fileContent([{ content: hex('ff') }], initial)
    expect(initial.toString('hex')).toBe('00000002')
  })
})

describe('readSubscriberFields', () => {
  test('reads IMSI, operator with a three-digit MNC and the NAAs', () => {
    expect(fieldsOf()).toMatchObject({ imsi: '310411234567890', mccMnc: '310411', mncLength: 3, naas: ['usim'], warnings: [] })
  })

  test('reads an IMSI with an even number of digits', () => {
    expect(usimWith(imsi('0801101032547698f0'))).toMatchObject({ imsi: '00101234567890' })
  })

  test('an EF.AD that the package leaves to the template says two digits', () => {
    expect(usimWith(imsi('083901142143658709'))).toMatchObject({ mccMnc: '31041', mncLength: 2 })
  })

  test('an EF.AD without the MNC length leaves the operator open and says so', () => {
    const fields = usimWith(imsi('083901142143658709'), tlv(0xb5, write('00000001')))
    expect(fields.imsi).toBe('310411234567890')
    expect(fields.mccMnc).toBeUndefined()
    expect(fields.warnings).toHaveLength(1)
  })

  test('an EF.IMSI of FF is no IMSI, nonsense is a warning', () => {
    expect(usimWith(imsi('ffffffffffffffffff'))).toMatchObject({ warnings: [] })
    expect(usimWith(imsi('ff3901142143658709')).warnings).toEqual([expect.stringMatching(/EF.IMSI/)])
    expect(usimWith(imsi('0839011421436587ab')).imsi).toBeUndefined()
  })

  test('reads GIDs and the service provider name', () => {
    const optUsim = fileElement(0xb4, 3, 5, tlv(0xa5, descriptor(tlv(0x80, hex('02'))), write('2a')), tlv(0xa6, write('0102')))
    const spn = tlv(0xad, descriptor(tlv(0xa5, tlv(0xc1, hex('014f72616e6765ff')))))
    expect(fieldsOf({ usim: craftUsim(imsi('083901142143658709'), spn), elements: [optUsim] })).toMatchObject({
      gid1: '2AFF',
      gid2: '0102',
      spn: 'Orange',
    })
  })

  test('genericFileManagement may build the MF with its EF.ICCID', () => {
    const fields = fieldsOf({
      mf: fileManagement(path(''), create('3F00'), path('3f00'), create('2FE2', tlv(0x80, hex('0a'))), fill('98940102')),
    })
    expect(fields.efIccid?.toString('hex')).toBe('98940102ffffffffffff')
  })

  test('genericFileManagement writes into a file of the USIM by its temporary FID', () => {
    const adf = tlv(0xa2, descriptor(tlv(0x83, hex('7fd0'))))
    const later = fileManagement(path('7FD06F07'), fill('083901142143658719'))
    const elsewhere = fileManagement(path('7FB06F07'), fill('ff'))
    const usim = craftUsim(adf, imsi('083901142143658709'))
    expect(fieldsOf({ usim, elements: [later, elsewhere] }).imsi).toBe('310411234567891')
  })

  test('an IoT Minimal Profile brings ICCID and IMSI in one element', () => {
    const iot = fileElement(0xbf20, 1, 17, tlv(0xa4, write('98940102030405060708')), tlv(0xa9, write('083901142143658709')))
    const fields = fieldsOf({ mf: iot, usim: Buffer.alloc(0) })
    expect(fields).toMatchObject({ imsi: '310411234567890', naas: ['iot'] })
    expect(fields.efIccid?.toString('hex')).toBe('98940102030405060708')
  })

  test('tells the algorithms and nothing of their keys', () => {
    const aka = (identification: number, algorithm: number, keyBytes: number) =>
      element(0xa4, identification, tlv(0xa1, tlv(0xa1, tlv(0x80, integerValue(algorithm)), tlv(0x82, Buffer.alloc(keyBytes, 0x5e)))))
    const fields = fieldsOf({ elements: [aka(5, 1, 16), aka(6, 2, 32), aka(7, 9, 16)] })
    expect(fields.algorithms).toEqual(['milenage', 'tuak'])
    expect(JSON.stringify(fields).toLowerCase()).not.toContain('5e5e')
  })
})

describe('readAlphaIdentifier', () => {
  test.each([
    ['text of GSM 7 bit up to the padding', '47534d411154455354ffff', 'GSMA_TEST'],
    ['an umlaut of GSM 7 bit', '5a7e72696368ff', 'Zürich'],
    ['characters behind an escape', '1b65311b3cff', '€1['],
    ['UCS2', '80041c04380440ffff', 'Мир'],
    ['UCS2 with a half page', '81030895969a', 'ЕЖК'],
    ['UCS2 with a base and GSM characters', '8203041095417f', 'ХAà'],
    ['half a surrogate pair', '80d83d', ''],
    ['a cut prefix', '82', ''],
    ['nothing', '', ''],
  ])('reads %s', (_, octets, text) => {
    expect(readAlphaIdentifier(hex(octets))).toBe(text)
  })
})
