import { createCipheriv } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { testIccid } from '@/lib/rsp/testdata/personalised'
import { isKeptReference, keptPlace, keptReference } from './kept-value'
import { rowsOf, tableCells, tableHeader, withUpload } from './testing/upload-file'
import type { TransportKey } from './transport-key'
import { describeValue } from './value-shapes'

const kept = 'kept:12:17'
const key = Buffer.alloc(16, 5)
const seal = (value: string) => createCipheriv('aes-128-ecb', key, null).setAutoPadding(false).update(value, 'hex', 'hex')

describe('a reference to a kept value', () => {
  test('names batch and line', () => {
    expect(keptReference({ batchId: '12', line: 17 })).toBe(kept)
    expect(keptPlace(kept)).toEqual({ batchId: '12', line: 17 })
    expect(keptPlace('KEPT:12:17')).toEqual({ batchId: '12', line: 17 })
  })

  test.each(['kept:', 'kept:12', 'kept:0:1', 'kept:12:-1', 'kept:1:12345678901', 'kept:99999999999999999999:1', 'kept:12:17:1'])(
    '%j is a broken one',
    text => {
      expect(isKeptReference(text)).toBe(true)
      expect(keptPlace(text)).toBeUndefined()
    },
  )

  test.each(['465B5CE8B199B49FAA5F0A2EE238A6BC', '0042', '', 'k', 'x kept:12:17'])('%j is none', text =>
    expect(isKeptReference(text)).toBe(false),
  )

  test.each([kept, ` ${kept} `, `'${kept}`, `="${kept}"`, 'kept: 12 : 17'])('is read as %j', async cell => {
    const [row] = await rowsOf(`ICCID,KI,PIN1,KIC1\n${testIccid(1)},${cell},${cell},${cell}\n`)
    expect(row).toEqual({ line: 2, iccid: testIccid(1), k: kept, pin1: kept, otaKeys: [{ keyVersion: 1, keyId: 1, key: kept }] })
  })

  test('tells nothing of what its column holds, and takes nothing away', async () => {
    const guessed = (rows: string[][]) =>
      withUpload([tableHeader, ...rows.map(cells => cells.join(','))].join('\n'), {}, async ({ mapping, columns }) => ({
        mapping,
        columns,
      }))
    const whole = [tableCells(1), tableCells(2)]
    const [one = [], two = []] = whole
    const mended = await guessed([one, two.map((cell, at) => (at < 2 || at === 4 ? cell : kept))])
    const before = await guessed(whole)
    expect(mended.mapping).toEqual(before.mapping)
    expect(mended.columns?.map(({ confidence }) => confidence)).toEqual(before.columns?.map(({ confidence }) => confidence))
    expect(mended.columns?.[2]?.samples).toEqual(['32 hexadecimal digits', kept])
    expect(describeValue('k', 'kept:465B5CE8B199B49FAA5F0A2EE238A6BC')).toBe('37 characters')
  })

  test('goes untouched through the decryption of what stands beside it', async () => {
    const k = '465B5CE8B199B49FAA5F0A2EE238A6BC'
    const transportKey = (): TransportKey => ({ algorithm: 'AES', mode: 'ECB', key })
    const rows = await rowsOf(`ICCID,eKi,OPc\n${testIccid(1)},${kept},${kept}\n${testIccid(2)},${seal(k)},${k}\n`, { transportKey })
    expect(rows).toEqual([
      { line: 2, iccid: testIccid(1), k: kept, opc: kept },
      { line: 3, iccid: testIccid(2), k, opc: k },
    ])
  })
})
