import { describe, expect, test } from 'vitest'
import {
  bitsValue,
  hexTag,
  integerValue,
  oidValue,
  readAll,
  readBits,
  readInteger,
  readOid,
  readSingle,
  readTlv,
  TlvError,
  TlvReader,
  tlv,
  tlvHeader,
} from './tlv'

const hex = (text: string) => Buffer.from(text, 'hex')

describe('X.690 elements', () => {
  test.each([
    ['0500', 0x05, ''],
    ['3003020101', 0x30, '020101'],
    ['bf3803800101', 0xbf38, '800101'],
    ['5f3700', 0x5f37, ''],
    ['9f7f0141', 0x9f7f, '41'],
    ['bf810100', 0xbf8101, ''],
    [`048180${'00'.repeat(128)}`, 0x04, '00'.repeat(128)],
    [`04820100${'11'.repeat(256)}`, 0x04, '11'.repeat(256)],
    [`0483010000${'22'.repeat(65_536)}`, 0x04, '22'.repeat(65_536)],
  ])('%.20s… is read and written alike', (der, tag, value) => {
    const element = readTlv(hex(der))
    expect([element.tag, element.value.toString('hex'), element.raw.toString('hex')]).toEqual([tag, value, der])
    expect(tlv(tag, hex(value)).toString('hex')).toBe(der)
  })

  test.each([
    ['', 'nothing'],
    ['04', 'no length'],
    ['0401', 'too short'],
    ['048101', 'long form without a length that needs it'],
    ['04817f', 'length not minimal'],
    ['0482007f', 'length not minimal'],
    ['048000', 'indefinite length'],
    ['3080', 'indefinite length'],
    ['0485000000000100', 'length of five octets'],
    ['0484ffffffff', 'length beyond the input'],
    ['1f', 'tag cut off'],
    ['1f1e00', 'tag not minimal'],
    ['1f8000', 'tag not minimal'],
    ['1f8100', 'tag cut off'],
    ['1f81818100', 'tag too long'],
    ['bf', 'tag cut off'],
  ])('%s is refused: %s', der => expect(() => readTlv(hex(der))).toThrow(TlvError))

  test('what was read are views into the input: signatures cover what arrived', () => {
    const input = hex('30050403aabbcc')
    const [inner] = readAll(readSingle(input).value)
    input[4] = 0xff
    expect(inner?.value.toString('hex')).toBe('ffbbcc')
  })

  test('a plain Uint8Array at an offset is read as well', () => {
    const bytes = new Uint8Array(hex('ffff0401aaff')).subarray(2, 5)
    expect(readSingle(bytes).value.toString('hex')).toBe('aa')
  })

  test('readSingle wants one element, of the tag that is named', () => {
    expect(() => readSingle(hex('05000500'))).toThrow('octets after the element')
    expect(() => readSingle(hex('0500'), 0x30)).toThrow('expected element 30, found 05')
  })

  test('readAll leaves nothing over', () => {
    expect(readAll(hex('0500040142')).map(element => element.tag)).toEqual([0x05, 0x04])
    expect(readAll(Buffer.alloc(0))).toEqual([])
    expect(() => readAll(hex('050004'))).toThrow(TlvError)
  })
})

describe('members of a SEQUENCE', () => {
  const reader = () => new TlvReader(hex('800101810102820103'))

  test('come in their order; unknown ones may be passed over', () => {
    const members = reader()
    expect(members.next(0x80).value).toEqual(hex('01'))
    expect(members.optional(0x82)).toBeUndefined()
    expect(members.peek()?.tag).toBe(0x81)
    expect(members.find(0x82)?.value).toEqual(hex('03'))
    expect(members.find(0x83)).toBeUndefined()
    members.end()
  })

  test('that are missing, others or left over are named', () => {
    expect(() => reader().next(0x81)).toThrow('expected element 81, found 80')
    expect(() => reader().end()).toThrow('unexpected element 80')
    expect(() => new TlvReader(Buffer.alloc(0)).next(0xbf20)).toThrow('element BF20 is missing')
  })
})

describe('values', () => {
  test.each([
    [0, '00'],
    [1, '01'],
    [127, '7f'],
    [128, '0080'],
    [256, '0100'],
    [65_535, '00ffff'],
    [2 ** 47, '00800000000000'],
    [Number.MAX_SAFE_INTEGER, '1fffffffffffff'],
  ])('INTEGER %i', (number, value) => {
    expect(integerValue(number).toString('hex')).toBe(value)
    expect(readInteger(hex(value))).toBe(number)
  })

  test.each(['', '80', 'ff', '20000000000000', '0000000000000001'])('INTEGER content %s is out of range', value =>
    expect(() => readInteger(hex(value))).toThrow(TlvError),
  )

  test.each([
    ['2.999.10', '8837' + '0a'],
    ['2.23.146.1.2.1.4', '67811201020104'],
    ['1.2.840.10045.4.3.2', '2a8648ce3d040302'],
    ['0.0', '00'],
    ['1.3.6.1.4.1.46304', '2b0601040182e960'],
  ])('OBJECT IDENTIFIER %s', (dotted, value) => {
    expect(oidValue(dotted).toString('hex')).toBe(value)
    expect(readOid(hex(value))).toBe(dotted)
  })

  test.each(['', '80', '2a86', `${'ff'.repeat(20)}7f`])('OBJECT IDENTIFIER content %s is malformed', value =>
    expect(() => readOid(hex(value))).toThrow(TlvError),
  )

  test.each([
    [[0], '0780'],
    [[1], '0640'],
    [[2], '0520'],
    [[3], '0410'],
    [[0, 7], '0081'],
    [[8], '070080'],
    [[], '00'],
  ])('BIT STRING with bits %j is %s in DER', (bits, value) => {
    expect(bitsValue(bits).toString('hex')).toBe(value)
    expect([...readBits(hex(value))]).toEqual(bits)
  })

  test.each(['0040', '0440', '0640', 'ff40'])('of a BIT STRING only the bits count: %s', value =>
    expect([...readBits(hex(value))]).toEqual([1]),
  )

  test('headers and names', () => {
    expect(tlvHeader(0xbf36, 70_000).toString('hex')).toBe('bf3683011170')
    expect([hexTag(0x4), hexTag(0xbf38)]).toEqual(['04', 'BF38'])
  })
})
