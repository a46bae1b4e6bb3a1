import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readAll, readSingle, TlvReader } from '@/lib/rsp/tlv'
import { agree } from './curve'
import { openSegment, SegmentFault, sealSegment } from './segment'
import { deriveSessionKeys, type SessionKeys, x963 } from './session-keys'

const session = (name: string) => readFileSync(`lib/rsp/testdata/session/${name}`)
const eid = '89049032123451234512345678901235'
const euiccOtpk = Buffer.from(
  '04a61b5852fedeecd5373d769af0edbc94502276d9c6ff1da3a156fecf31c6629954aea62862e227aebaf745c4e1d5f1bcbba6136400d9f0a63434225fee2590ae',
  'hex',
)
const sharedSecret = () => agree({ curve: 'P-256', scalar: session('otsk-dp.bin') }, euiccOtpk)
const recordedKeys = () => deriveSessionKeys(sharedSecret(), Buffer.from('euicc-rsp'), eid)

describe('key derivation of the recorded session', () => {
  test('Z is the X coordinate of the shared point', () => {
    expect(sharedSecret().toString('hex')).toBe('79696dc34351dfc7758b07baf66643f01d7d8f5ab976c51d5f2c42ab71f5a6c3')
  })

  test('X9.63 over the SharedInfo gives chaining value, S-ENC and S-MAC', () => {
    const sharedInfo = Buffer.from('88100965756963632d7273701089049032123451234512345678901235', 'hex')
    expect(x963(sharedSecret(), sharedInfo, 48).toString('hex')).toBe(
      '9a8d4dc5d8c2ba3fccbb7f69036fd09f1f745c2897a86858e94823c218a2db4a1c073583341b81244c40aae342de5434',
    )
    const keys = recordedKeys()
    expect([keys.macChainingValue, keys.encryptionKey, keys.macKey].map(value => value.toString('hex'))).toEqual([
      '9a8d4dc5d8c2ba3fccbb7f69036fd09f',
      '1f745c2897a86858e94823c218a2db4a',
      '1c073583341b81244c40aae342de5434',
    ])
  })
})

test('X9.63 with SHA-256: the published vector of 128 octets begins as expected, and length is cut', () => {
  const shared = Buffer.from('96c05619d56c328ab95fe84b18264b08725b85e33fd34f08', 'hex')
  expect(x963(shared, Buffer.of(), 16).toString('hex')).toBe('443024c3dae66b95e6f5670601558f71')
})

describe('the recorded package', () => {
  const body = () => new TlvReader(readSingle(session('bound-profile-package.der'), 0xbf36).value)

  test('opens to ConfigureISDP, the metadata and the package', () => {
    const keys = recordedKeys()
    const reader = body()
    reader.next(0xbf23)
    const open = (tag: number) => Buffer.concat(readAll(reader.next(tag).value).map(segment => openSegment(keys, segment.raw)))
    expect(open(0xa0).toString('hex')).toBe('bf2400')
    expect(open(0xa1).equals(session('store-metadata.der'))).toBe(true)
    expect(open(0xa3).equals(session('upp.der'))).toBe(true)
  })

  test('is what sealing the same octets gives', () => {
    const keys = recordedKeys()
    const reader = body()
    reader.next(0xbf23)
    expect(sealSegment(keys, 0x87, Buffer.from('bf2400', 'hex')).equals(reader.next(0xa0).value)).toBe(true)
    expect(sealSegment(keys, 0x88, session('store-metadata.der')).equals(reader.next(0xa1).value)).toBe(true)
    expect(sealSegment(keys, 0x86, session('upp.der')).equals(reader.next(0xa3).value)).toBe(true)
  })
})

describe('a segment is refused', () => {
  const keys = (): SessionKeys => recordedKeys()
  const kindOf = (segment: Buffer, opening = keys()) => {
    try {
      openSegment(opening, segment)
      return 'opened'
    } catch (error) {
      return error instanceof SegmentFault ? error.kind : 'other'
    }
  }

  test('with one bit of its MAC, of its data or of its tag changed', () => {
    for (const at of [0, 2, 10, -1]) {
      const segment = sealSegment(keys(), 0x86, Buffer.from('plain'))
      const index = at < 0 ? segment.length + at : at
      segment.writeUInt8(segment.readUInt8(index) ^ 1, index)
      expect(kindOf(segment)).toBe('security')
    }
  })

  test('of more than 1020 octets, and one of 1020 is not', () => {
    expect(kindOf(sealSegment(keys(), 0x86, Buffer.alloc(1007)))).toBe('opened')
    expect(kindOf(sealSegment(keys(), 0x86, Buffer.alloc(1008)))).toBe('structure')
    expect(kindOf(sealSegment(keys(), 0x88, Buffer.alloc(1008)))).toBe('opened')
    expect(kindOf(sealSegment(keys(), 0x88, Buffer.alloc(1009)))).toBe('structure')
  })

  test('under another chaining value', () => {
    expect(kindOf(sealSegment(keys(), 0x86, Buffer.of(1)), { ...keys(), macChainingValue: Buffer.alloc(16) })).toBe('security')
  })

  test('encrypted under another counter: its padding or its content is lost', () => {
    const segment = sealSegment({ ...keys(), counter: 7 }, 0x86, Buffer.from('plain text'))
    expect(() => expect(openSegment(keys(), segment).toString()).toBe('plain text')).toThrow()
  })

  test('without a MAC, or without whole blocks', () => {
    expect(kindOf(Buffer.from('86020102', 'hex'))).toBe('structure')
    const odd = sealSegment(keys(), 0x88, Buffer.alloc(5))
    expect(kindOf(Buffer.concat([Buffer.of(0x86), odd.subarray(1)]))).toBe('security')
  })
})
