import { describe, expect, test } from 'vitest'
import { iconProblem, maxIconBytes, readPicture } from './icon'
import { craftedJpeg, craftedPng } from './testdata/pictures'

describe('an icon', () => {
  test.each([
    ['a PNG', craftedPng(64, 64)],
    ['a JPEG', craftedJpeg(64, 64)],
    ['a progressive JPEG', craftedJpeg(64, 64, { frame: 0xc2 })],
    ['a PNG of 1,024 bytes', craftedPng(64, 64, { bytes: maxIconBytes })],
  ])('is %s of 64 by 64 pixels', (_, bytes) => expect(iconProblem(bytes)).toBeUndefined())

  test.each([
    ['nothing', Buffer.alloc(0), /empty/],
    ['1,025 bytes', craftedPng(64, 64, { bytes: maxIconBytes + 1 }), /has 1,025 bytes; it may have 1,024/],
    ['another size', craftedPng(32, 64), /is 32 by 64 pixels; it must be 64 by 64/],
    ['another size as JPEG', craftedJpeg(64, 63), /is 64 by 63 pixels/],
    ['a GIF', Buffer.from('GIF89a@\u0000@\u0000'), /neither a whole PNG nor a whole JPEG/],
    ['half a PNG', craftedPng(64, 64).subarray(0, -1), /neither/],
    ['a PNG with something behind it', Buffer.concat([craftedPng(64, 64), Buffer.of(0)]), /neither/],
    ['half a JPEG', craftedJpeg(64, 64).subarray(0, -1), /neither/],
    ['a JPEG without a frame', Buffer.from('ffd8ffda0000ffd9', 'hex'), /neither/],
    ['a segment of no length', Buffer.from('ffd8ffe00000000000000000ffd9', 'hex'), /neither/],
    ['text', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), /neither/],
  ])('is not %s', (_, bytes, sentence) => expect(iconProblem(bytes)).toMatch(sentence))

  test('is read wherever it lies in its buffer, and damage is never an error', () => {
    const png = craftedPng(64, 64)
    const within = Buffer.concat([Buffer.alloc(7), png, Buffer.alloc(9)]).subarray(7, 7 + png.length)
    expect(readPicture(within)).toEqual({ iconType: 'png', width: 64, height: 64 })
    for (const picture of [png, craftedJpeg(64, 64)])
      for (let at = 0; at < picture.length; at++) {
        const damaged = Buffer.from(picture)
        damaged[at] = (damaged[at] ?? 0) ^ 0xff
        expect(() => iconProblem(damaged)).not.toThrow()
        expect(() => iconProblem(picture.subarray(0, at))).not.toThrow()
      }
  })
})
