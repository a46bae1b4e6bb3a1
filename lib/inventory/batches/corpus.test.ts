import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { FormError } from '@/lib/form-error'
import { ts48 } from '@/lib/rsp/testdata/recorded-session'
import { craftedZip } from '../formats/testing/crafted-zip'
import { tableCells, tableHeader, tableLines } from '../formats/testing/upload-file'
import { discardBatch } from './discard-batch'
import { BatchSite, packageType } from './testing/batch-site'

let site: BatchSite
let keys: number
beforeAll(async () => {
  site = await BatchSite.open()
  keys = (await site.sql('SELECT 1 FROM data_key')).length
})
afterAll(() => site.close())

const upp = ts48('TS48v3_SAIP2.3_BERTLV.der')
const table = tableLines(4)
const member = { name: 'a.der', bytes: upp }

/** What a person or a vendor may send that is no file of subscribers. */
const refused: [string, Buffer | string, RegExp][] = [
  ['nothing', '', /The file is empty/],
  ['only a header', `${tableHeader}\n`, /a header and no rows/],
  ['an Excel workbook', craftedZip([{ name: '[Content_Types].xml', bytes: Buffer.from('<x/>') }]), /Excel workbook/],
  ['a PDF', '%PDF-1.7 ...', /PDF document/],
  ['numbers of anything', '1,2\n3,4\n', /nothing in them looks like an ICCID/],
  ['UTF-32', Buffer.from('fffe000041000000', 'hex'), /UTF-32/],
  ['a ZIP file that was cut off', craftedZip([member, { ...member, name: 'b.der' }]).subarray(0, -40), /damaged or was cut off/],
  ['an empty ZIP file', craftedZip([]), /The ZIP file is empty/],
  ['a ZIP file that leads out of its folder', craftedZip([{ name: '../../etc/passwd', bytes: upp }]), /points out of its folder/],
  [
    'a ZIP bomb',
    craftedZip(Array.from({ length: 90 }, (_, n) => ({ name: `${n}.der`, bytes: Buffer.alloc(1_000_000), deflate: true }))),
    /as no honest file does/,
  ],
  [
    'a table that claims 2 GB',
    craftedZip([{ name: 'a.csv', bytes: Buffer.from(table.join('\n')), deflate: true, size: 0x7fffffff }]),
    /as no honest file does/,
  ],
  ['two tables in one', craftedZip(['a.csv', 'b.csv'].map(name => ({ name, bytes: Buffer.from(table.join('\n')) }))), /two tables/],
  ['a PGP message that nobody can read', '-----BEGIN PGP MESSAGE-----\n\nabcd\n-----END PGP MESSAGE-----\n', /there is no PGP key/],
  ['a PGP key', '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n', /a PGP key/],
]

describe('a file that is none is refused in a sentence and leaves nothing behind', () => {
  test.each(refused)('%s', async (_, bytes, sentence) => {
    await expect(site.upload(bytes)).rejects.toThrow(FormError)
    await expect(site.upload(bytes)).rejects.toThrow(sentence)
  })
})

const cells = tableCells(1)
const withCell = (index: number, cell: string) => cells.map((value, at) => (at === index ? cell : value)).join(',')
const around = (line: string) => `\ufeff${[table[0], table[1], line, table[3], ''].join('\n')}`

describe('a broken row is refused with a sentence, and its neighbours are taken', () => {
  test.each<[string, string, string]>([
    ['another delimiter', cells.join(';'), 'column-count'],
    ['an ICCID that Excel spoilt', withCell(0, '8.99991E+18'), 'scientific-notation'],
    ['a quote that does not end', withCell(2, '"4711'), 'quote'],
    ['NUL characters', withCell(4, '+49\u0000151'), 'control-character'],
    ['endless length', withCell(4, '7'.repeat(20_000)), 'too-long'],
  ])('%s', async (_, line, kind) => {
    const id = await site.checked(around(line))
    const { state, kept, report } = await site.batch(id)
    expect({ state, kept, kinds: report?.kinds.map(each => each.kind) }).toMatchObject({
      state: 'draft',
      kept: 2,
      kinds: expect.arrayContaining([kind]),
    })
    await discardBatch(site.db, site.ctx(), id)
  })

  test.each<[string, Buffer]>([
    ['a byte order mark', Buffer.from(`\ufeff${table.join('\r\n')}\r\n`)],
    ['UTF-16', Buffer.from(`\ufeff${table.join('\r\n')}\r\n`, 'utf16le')],
    [
      'line ends within quotes',
      Buffer.from(
        `${tableHeader},Note\n${table
          .slice(1)
          .map(line => `${line},"two\r\nlines"`)
          .join('\n')}\n`,
      ),
    ],
  ])('but %s is no fault', async (_, bytes) => {
    const id = await site.checked(bytes)
    expect(await site.batch(id)).toMatchObject({ state: 'draft', kept: 4, refused: 0 })
    await discardBatch(site.db, site.ctx(), id)
  })

  test('a delimiter that nobody uses makes every row a broken one', async () => {
    const id = await site.checked(table.join('\n').replaceAll(',', '#'))
    expect(await site.batch(id)).toMatchObject({ state: 'draft', kept: 0, refused: 4 })
    await discardBatch(site.db, site.ctx(), id)
  })

  test('members of a ZIP file that are no packages', async () => {
    const members = [
      member,
      { name: 'locked.der', bytes: upp, flags: 1, size: upp.length - 12 },
      { name: 'crc.der', bytes: upp, crc: 1 },
      { name: 'huge.der', bytes: upp, method: 8, size: 0x7fffffff },
      { name: 'nested.zip', bytes: craftedZip([member]) },
    ]
    const id = await site.checked(craftedZip(members), { typeName: packageType })
    expect(await site.batch(id)).toMatchObject({ kept: 1, refused: 4 })
    await discardBatch(site.db, site.ctx(), id)
  })
})

// More than the beginning that an upload is looked at by.
const long = tableLines(3_000)

describe('a file that turns out bad while it is checked', () => {
  test('two vendors’ output files in one: the batch fails with the line, and can be thrown away', async () => {
    const out = [
      '* HEADER DESCRIPTION',
      'Quantity: 3000',
      `var_out: ${tableHeader.replaceAll(',', '/')}`,
      ...long.slice(1).map(line => line.replaceAll(',', ' ')),
    ]
    const id = await site.checked([...out, ...out, ''].join('\n'))
    expect(await site.batch(id)).toMatchObject({ state: 'failed', failure: expect.stringContaining('A second header begins at line 3006') })
    await discardBatch(site.db, site.ctx(), id)
  })

  test('values under a transport key that nobody has entered: it fails, and is checked once the key is there', async () => {
    const out = [
      '* HEADER DESCRIPTION',
      'Transport_key: 7',
      `var_out: ${tableHeader.replaceAll(',', '/')}`,
      ...table.slice(1).map(line => line.replaceAll(',', ' ')),
      '',
    ]
    const id = await site.checked(out.join('\n'))
    expect(await site.batch(id)).toMatchObject({
      state: 'failed',
      failure: expect.stringContaining('transport key 7, which is not known here'),
    })
    await discardBatch(site.db, site.ctx(), id)
  })
})

afterEach(async () => {
  expect(site.files()).toEqual([])
  expect(await site.totals()).toEqual({ profiles: 0, packages: 0 })
  expect(await site.sql(`SELECT 1 FROM batch WHERE state NOT IN ('discarded')`)).toEqual([])
  expect((await site.sql('SELECT 1 FROM data_key')).length).toBe(keys)
})
