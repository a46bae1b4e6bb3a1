import { createDecipheriv, randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { confirmationCodeMatches, hashConfirmationCode } from '../confirmation-code'
import { readAll } from '../tlv'
import { maxEncryptedBytes, maxMacOnlyBytes, maxSegmentBytes, protectSegments } from './bsp'
import { cmac, cmacChain } from './cmac'
import { agreeOnce, oneTimeKeyPair, PointError, sharedSecret, x963Kdf } from './key-agreement'

const hex = (text: string) => Buffer.from(text.replace(/\s/g, ''), 'hex')

test.each([
  ['', 'bb1d6929e95937287fa37d129b756746'],
  ['6bc1bee22e409f96e93d7e117393172a', '070a16b46b4d4144f79bdd9dd04a287c'],
  ['6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411', 'dfa66747de9ae63030ca32611497c827'],
  [
    '6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710',
    '51f0bebf7e3b9d92fc49741779363cfe',
  ],
])('RFC 4493 §4: AES-CMAC of %j', (message, mac) => {
  expect(cmac(hex('2b7e151628aed2a6abf7158809cf4f3c'), hex(message)).toString('hex')).toBe(mac)
})

test('§2.6.4.4 in a chain each message begins with the MAC of the one before', () => {
  const key = hex('2b7e151628aed2a6abf7158809cf4f3c')
  const first = randomBytes(16)
  const messages = [0, 1, 15, 16, 17, 31, 32, 1000, 1008].map(bytes => [randomBytes(4), randomBytes(bytes)])
  const expected: Buffer[] = []
  for (const parts of messages) expected.push(cmac(key, Buffer.concat([expected.at(-1) ?? first, ...parts])))
  expect(cmacChain(key, first, messages).equals(Buffer.concat(expected))).toBe(true)
  expect(cmacChain(key, first, [])).toHaveLength(0)
})

test.each([
  ['96c05619d56c328ab95fe84b18264b08725b85e33fd34f08', '', '443024c3dae66b95e6f5670601558f71'],
  ['96f600b73ad6ac5629577eced51743dd2c24c21b1ac83ee4', '', 'b6295162a7804f5667ba9070f82fa522'],
  [
    '22518b10e70f2a3f243810ae3254139efbee04aa57c7af7d',
    '75eef81aa3041e33b80971203d2c0c52',
    'c498af77161cc59f2962b9a713e2b215152d139766ce34a776df11866a69bf2e52a13d9c7c6fc878c50c5ea0bc7b00e0da2447cfd874f6cf92f30d0097111485500c90c3af8b487872d04685d14c8d1dc8d7fa08beb0ce0ababc11f0bd496269142d43525a78e5bc79a17f59676a5706dc54d54d4d1f0bd7e386128ec26afc21',
  ],
])('X9.63 KDF with SHA-256 (NIST CAVP): Z %s', (z, sharedInfo, key) => {
  expect(x963Kdf(hex(z), hex(sharedInfo), key.length / 2).toString('hex')).toBe(key)
})

test('§2.6.7.1 both sides agree on either curve, and points off the curve are refused', () => {
  for (const curve of ['P-256', 'brainpoolP256r1'] as const) {
    const [a, b] = [oneTimeKeyPair(curve, randomBytes), oneTimeKeyPair(curve, randomBytes)]
    expect(sharedSecret(curve, a.otSk, b.otPk).equals(sharedSecret(curve, b.otSk, a.otPk))).toBe(true)
    const off = Buffer.from(b.otPk)
    off[64] = (off[64] ?? 0) ^ 1
    expect(() => sharedSecret(curve, a.otSk, off)).toThrow(PointError)
    expect(() => sharedSecret(curve, a.otSk, b.otPk.subarray(0, 64))).toThrow(PointError)
    const { otPkDp, shared } = agreeOnce(curve, b.otPk, randomBytes)
    expect(sharedSecret(curve, b.otSk, otPkDp).equals(shared)).toBe(true)
    expect(() => agreeOnce(curve, off, randomBytes)).toThrow(PointError)
  }
})

test('a draw of zero or over the order of the curve is drawn again', () => {
  const draws = [Buffer.alloc(32), Buffer.alloc(32, 0xff), Buffer.alloc(32, 1)]
  expect(oneTimeKeyPair('P-256', () => draws.shift() ?? Buffer.alloc(32)).otSk.equals(Buffer.alloc(32, 1))).toBe(true)
  const again = [Buffer.alloc(32), Buffer.alloc(32, 0xff), Buffer.alloc(32, 1)]
  const { otPk } = oneTimeKeyPair('P-256', () => Buffer.alloc(32, 1))
  expect(agreeOnce('P-256', otPk, () => again.shift() ?? Buffer.alloc(32)).otPkDp.equals(otPk)).toBe(true)
})

const keys = { initialMacChainingValue: Buffer.alloc(16, 1), sEnc: Buffer.alloc(16, 2), sMac: Buffer.alloc(16, 3) }

const secret = (bytes: number) => ({ tag: 0x86, data: Buffer.alloc(bytes), encrypt: true })
const open = (bytes: number) => ({ tag: 0x88, data: Buffer.alloc(bytes), encrypt: false })

test('§2.5.3 the largest segments have 1020 octets, larger ones are refused', () => {
  const largest = protectSegments(keys, [secret(maxEncryptedBytes), open(maxMacOnlyBytes)])
  expect(largest.map(segment => segment.length)).toEqual([maxSegmentBytes, maxSegmentBytes])
  expect(() => protectSegments(keys, [secret(maxEncryptedBytes + 1)])).toThrow(RangeError)
  expect(() => protectSegments(keys, [open(maxMacOnlyBytes + 1)])).toThrow(RangeError)
})

test('§2.6.4.4 the counter of the ICV goes up with every segment, those that are only authenticated included', () => {
  const segments = protectSegments(
    keys,
    Array.from({ length: 40 }, (_, i) => ({ tag: i % 3 === 1 ? 0x88 : 0x86, data: Buffer.of(i), encrypt: i % 3 !== 1 })),
  )
  segments.forEach((segment, i) => {
    if (i % 3 === 1) return
    const [element] = readAll(segment)
    const counter = Buffer.alloc(16)
    counter.writeUInt32BE(i + 1, 12)
    const ecb = createDecipheriv('aes-128-ecb', keys.sEnc, null).setAutoPadding(false)
    const block = element?.value.subarray(0, 16) ?? Buffer.alloc(0)
    const plain = ecb.update(block)
    const icv = plain.map((octet, n) => octet ^ (n === 0 ? i : n === 1 ? 0x80 : 0))
    const back = createDecipheriv('aes-128-ecb', keys.sEnc, null).setAutoPadding(false).update(icv)
    expect(back.equals(counter)).toBe(true)
  })
})

test('§5.7.5 hashCc is over the octets of the text and the transactionId', () => {
  const hash = hashConfirmationCode('12345678')
  expect(hash.toString('hex')).toBe('ef797c8118f02dfb649607dd5d3f8c7623048c9c063d532cc95c5ed7a898a64f')
  const transactionId = hex('0102030405060708090A0B0C0D0E0F10')
  const hashCc = hex('87b0215c5d8f952804b1c92d5f2ae9966568b47cd659519536d862e7a9470d2d')
  expect(confirmationCodeMatches(hash, transactionId, hashCc)).toBe(true)
  expect(confirmationCodeMatches(hashConfirmationCode('12345679'), transactionId, hashCc)).toBe(false)
  expect(confirmationCodeMatches(hash, transactionId, hashCc.subarray(1))).toBe(false)
})
