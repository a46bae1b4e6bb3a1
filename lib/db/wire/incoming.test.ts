import { describe, expect, test } from 'vitest'
import { messageCutter } from './incoming'

function message(kind: string, body: Buffer): Buffer {
  const header = Buffer.alloc(5)
  header.write(kind, 'latin1')
  header.writeUInt32BE(body.length + 4, 1)
  return Buffer.concat([header, body])
}

const bodies = [Buffer.alloc(0), Buffer.from('I'), Buffer.from('a row of some length'), Buffer.alloc(300, 7)]
const all = Buffer.concat(bodies.map((body, i) => message('ZCDT'.charAt(i), body)))

/** Each chunk in a buffer that is written over once it has been taken, as sockets of lanes have it. */
function cutOf(chunks: Buffer[]): [string, string][] {
  const found: [string, string][] = []
  const cut = messageCutter((kind, bytes, from, body, to) => {
    expect(body - from).toBe(5)
    found.push([String.fromCharCode(kind), bytes.toString('hex', body, to)])
  })
  for (const chunk of chunks) {
    const used = Buffer.from(chunk)
    cut(used)
    used.fill(0xff)
  }
  return found
}

const whole = bodies.map((body, i): [string, string] => ['ZCDT'.charAt(i), body.toString('hex')])

describe('messages of PostgreSQL', () => {
  test('come whole out of one chunk', () => {
    expect(cutOf([all])).toEqual(whole)
  })

  test('come whole wherever they are cut', () => {
    for (let at = 1; at < all.length; at++) expect(cutOf([all.subarray(0, at), all.subarray(at)])).toEqual(whole)
  })

  test('that cannot be are refused', () => {
    expect(() => cutOf([Buffer.from('5a00000003', 'hex')])).toThrow(RangeError)
  })

  test('come whole octet by octet', () => {
    expect(cutOf(Array.from(all, octet => Buffer.of(octet)))).toEqual(whole)
  })
})
