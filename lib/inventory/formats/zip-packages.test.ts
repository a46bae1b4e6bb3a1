import { readFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { testIccid, withIccid } from '@/lib/rsp/testdata/personalised'
import { FileError } from './file-error'
import { craftedZip } from './testing/crafted-zip'
import { allRows, rowsOf, tableCells, tableHeader, tableLines, withUpload } from './testing/upload-file'

const ts48 = readFileSync(new URL('../../rsp/testdata/profiles/TS48v5_SAIP2.3_BERTLV_SUCI.der', import.meta.url))
const packageOf = (n: number) => {
  const iccid = testIccid(n)
  return withIccid(ts48, iccid.length === 19 ? `${iccid}F` : iccid)
}
const member = (n: number) => ({ name: `p/${n}.der`, bytes: packageOf(n), deflate: true })

describe('a ZIP file of packages', () => {
  test('gives a row for each package, under its own ICCID', async () => {
    const rows = await rowsOf(
      craftedZip([{ name: 'p/', bytes: Buffer.alloc(0) }, member(1), { name: '__MACOSX/._1.der', bytes: Buffer.from('x') }, member(2)]),
    )
    expect(rows.map(({ line, member, iccid, problems }) => ({ line, member, iccid, problems }))).toEqual([
      { line: 2, member: 'p/1.der', iccid: testIccid(1), problems: undefined },
      { line: 4, member: 'p/2.der', iccid: testIccid(2), problems: undefined },
    ])
    expect(rows[0]?.package).toEqual(packageOf(1))
    expect(rows[0]?.packageInfo).toMatchObject({ iccid: testIccid(1), saipVersion: '2.3' })
  })

  test.each(['inside', 'beside'])('is joined with a table %s by ICCID; what is missing on either side is told', async where => {
    const table = [tableHeader, ...[3, 2, 9].map(n => tableCells(n).join(','))].join('\n')
    const members = [member(1), member(2), member(3)]
    const zip = craftedZip(where === 'inside' ? [...members, { name: 'values', bytes: Buffer.from(table), deflate: true }] : members)
    await withUpload(zip, where === 'beside' ? { besideBytes: table } : {}, async (upload, folder) => {
      expect(upload).toMatchObject({ format: 'zip', facts: { packages: 3, ...(where === 'inside' ? { table: 'values' } : {}) } })
      expect(upload.mapping?.columns.map(({ to }) => to).slice(0, 4)).toEqual(['iccid', 'imsi', 'k', 'opc'])
      expect(upload.sample[0]?.iccid).toBe(testIccid(3))
      const rows = await allRows(upload)
      expect(
        rows.map(({ line, member, iccid, k, package: bytes, problems }) => [
          line,
          member,
          iccid,
          k,
          bytes !== undefined,
          problems?.[0]?.kind,
        ]),
      ).toEqual([
        [5, 'p/1.der', testIccid(1), undefined, true, 'no-row'],
        [3, 'p/2.der', testIccid(2), tableCells(2)[2], true, undefined],
        [2, 'p/3.der', testIccid(3), tableCells(3)[2], true, undefined],
        [4, undefined, testIccid(9), tableCells(9)[2], false, 'no-package'],
      ])
      expect((await readdir(folder)).filter(name => name.startsWith('.spool'))).toEqual([])
    })
  })

  test('with nothing but a table is that table', () =>
    withUpload(craftedZip([{ name: 'a.txt', bytes: Buffer.from(tableLines(2).join('\n')), deflate: true }]), {}, async upload => {
      expect(upload.facts).toMatchObject({ packages: 0, table: 'a.txt' })
      expect((await allRows(upload)).map(({ line, iccid, problems }) => [line, iccid, problems])).toEqual([
        [2, testIccid(0), undefined],
        [3, testIccid(1), undefined],
      ])
    }))

  test('goes on after members that cannot be taken, and says why', async () => {
    const rows = await rowsOf(
      craftedZip([
        { name: 'locked.der', bytes: ts48, flags: 1, size: ts48.length - 12 },
        { name: 'crc.der', bytes: ts48, crc: 1 },
        { name: 'method.der', bytes: ts48, method: 99 },
        { name: 'huge.der', bytes: ts48, method: 8, size: 0x7fffffff },
        { name: 'more.der', bytes: ts48, deflate: true, size: 100 },
        { name: 'cut.der', bytes: ts48.subarray(0, 5000) },
        { name: 'nested.zip', bytes: craftedZip([member(1)]) },
        { name: 'message.der', bytes: Buffer.from('-----BEGIN PGP MESSAGE-----\n') },
        { name: 'empty.der', bytes: Buffer.alloc(0) },
        member(1),
      ]),
    )
    expect(
      rows.map(({ problems, iccid }) => problems?.[0]?.sentence.replace(/^"([a-z]+)\.[a-z]+" cannot be taken: /, '$1: ') ?? iccid),
    ).toEqual([
      expect.stringMatching(/^locked: It is encrypted with a ZIP password/),
      expect.stringMatching(/^crc: .*damaged/),
      expect.stringMatching(/^method: It is packed in a way/),
      expect.stringMatching(/^huge: It is larger than/),
      expect.stringMatching(/^more: .*damaged/),
      expect.stringMatching(/^cut: PE/),
      expect.stringMatching(/^nested: It is a ZIP file within/),
      expect.stringMatching(/^message: It is a PGP message within/),
      expect.stringMatching(/^empty: The file is empty/),
      testIccid(1),
    ])
  })

  test.each([
    ['cut off', craftedZip([member(1)]).subarray(0, 2000), 'damaged or was cut off'],
    ['cut off in its directory', craftedZip([member(1), member(2)]).subarray(0, -30), 'damaged or was cut off'],
    ['empty', craftedZip([]), 'The ZIP file is empty'],
    ['one that leads out of its folder', craftedZip([{ name: '../../etc/passwd', bytes: ts48 }]), 'points out of its folder'],
    ['one with an absolute name', craftedZip([{ name: '/etc/passwd', bytes: ts48 }]), 'points out of its folder'],
    ['one with a drive', craftedZip([{ name: 'C:\\x.der', bytes: ts48 }]), 'points out of its folder'],
    ['one behind a password', craftedZip([{ name: 'a.der', bytes: ts48, flags: 1, size: ts48.length - 12 }]), 'protected by a password'],
    [
      'a bomb',
      craftedZip(Array.from({ length: 90 }, (_, n) => ({ name: `${n}.der`, bytes: Buffer.alloc(1_000_000), deflate: true }))),
      'as no honest file does',
    ],
    [
      'a table that claims 2 GB',
      craftedZip([{ name: 'a.csv', bytes: Buffer.from(tableLines(3).join('\n')), deflate: true, size: 0x7fffffff }]),
      'as no honest file does',
    ],
    [
      'a bomb of a table',
      craftedZip([{ name: 'a.csv', bytes: Buffer.from(`${tableLines(1).join('\n')}\n`.repeat(700_000)), deflate: true }]),
      'as no honest file does',
    ],
    ['one with a workbook', craftedZip([member(1), { name: 'xl/workbook.xml', bytes: Buffer.from('<x/>') }]), 'Excel workbook'],
    [
      'one with two tables',
      craftedZip(['a.csv', 'b.csv'].map(name => ({ name, bytes: Buffer.from(tableLines(1).join('\n')) }))),
      'two tables, "a.csv" and "b.csv"',
    ],
  ])('%s is refused in a sentence', async (_, bytes, sentence) => {
    await expect(rowsOf(bytes)).rejects.toThrow(FileError)
    await expect(rowsOf(bytes)).rejects.toThrow(sentence)
  })

  test('a table that is damaged within the ZIP file is told by its name', () =>
    expect(
      rowsOf(craftedZip([member(1), { name: 'a.csv', bytes: Buffer.from(tableLines(3).join('\n')), deflate: true, size: 100 }])),
    ).rejects.toThrow(FileError))
})

test('a package by itself is one row', () =>
  withUpload(packageOf(7), {}, async upload => {
    expect(upload.format).toBe('der')
    expect(await allRows(upload)).toMatchObject([{ line: 1, iccid: testIccid(7), package: packageOf(7) }])
  }))
