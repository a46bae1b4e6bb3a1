import { execFile } from 'node:child_process'
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { FileError } from './file-error'
import { openUpload } from './open-upload'
import { craftedZip } from './testing/crafted-zip'
import { allRows, rowsOf, tableCells, tableHeader, tableLines, withUpload } from './testing/upload-file'
import type { TransportKeyLookup } from './transport-key'

const table = tableLines(4)
const plain = await rowsOf(table.join('\n'))
const utf16 = (text: string, bigEndian = false) => {
  const octets = Buffer.from(`\ufeff${text}`, 'utf16le')
  return bigEndian ? octets.swap16() : octets
}

describe('the same rows come out of a table', () => {
  test.each([
    ['with a byte order mark', Buffer.from(`\ufeff${table.join('\r\n')}`)],
    ['in UTF-16', utf16(table.join('\r\n'))],
    ['in UTF-16, the other way round', utf16(table.join('\r\n'), true)],
    ['with semicolons, as Excel writes in half of Europe', table.join('\n').replaceAll(',', ';')],
    ['with tabs', table.join('\n').replaceAll(',', '\t')],
    ['with every cell in quotes', table.map(line => `"${line.replaceAll(',', '","')}"`).join('\r\n')],
    ['with the line ends of an old Macintosh', table.join('\r')],
    ['with a line end behind the last row', `${table.join('\n')}\n`],
    ['with empty columns at its right', table.map(line => `${line},,`).join('\n')],
    ['with blanks around its cells', table.map(line => line.replaceAll(',', ' , ')).join('\n')],
  ])('%s', async (_, bytes) => expect(await rowsOf(bytes)).toEqual(plain))

  test('with blank lines, counted where they stand', async () => {
    const rows = await rowsOf(`${table.slice(0, 2).join('\n')}\n\n,,,,,,,,,\n${table.slice(2).join('\n')}\n\n`)
    expect(rows.map(row => row.line)).toEqual([2, 5, 6, 7])
  })

  test('with the line that names its delimiter to Excel', async () => {
    const rows = await rowsOf(`sep=;\r\n${table.join('\r\n').replaceAll(',', ';')}`)
    expect(rows.map(row => ({ ...row, line: row.line - 1 }))).toEqual(plain)
  })
})

describe('a broken file is refused in a sentence', () => {
  test.each<[string, string | Buffer, string]>([
    ['empty', '', 'The file is empty'],
    ['only a header', `${tableHeader}\n`, 'a header and no rows'],
    ['only a header, without line end', tableHeader, 'a header and no rows'],
    ['without columns', 'a b c\nd e f\n', 'No columns were found'],
    ['with columns of anything', 'red,blue\ngreen,white\n', ''],
    ['with numbers of anything', '1,2\n3,4\n', 'nothing in them looks like an ICCID'],
    [
      'a ZIP file cut off',
      craftedZip([{ name: 'a.csv', bytes: Buffer.from(table.join('\n')), deflate: true }]).subarray(0, 90),
      'damaged or was cut off',
    ],
    ['a PGP message that is none', '-----BEGIN PGP MESSAGE-----\n\nabcd\n-----END PGP MESSAGE-----\n', 'there is no PGP key'],
  ])('%s', async (_, bytes, sentence) => {
    const refused = withUpload(bytes, {}, allRows)
    if (sentence === '') return expect(await refused).toMatchObject([{ extra: { red: 'green', blue: 'white' } }])
    await expect(refused).rejects.toThrow(FileError)
    await expect(withUpload(bytes, {}, allRows)).rejects.toThrow(sentence)
  })
})

describe('a broken line is a row with a sentence, and the next one is whole', () => {
  const cells = tableCells(1)
  const withCell = (index: number, cell: string) => cells.map((value, at) => (at === index ? cell : value)).join(',')
  // The byte order mark keeps octets that are no UTF-8 from being taken for Latin-1.
  const around = (line: string | Buffer) =>
    Buffer.concat([Buffer.from(`\ufeff${table[0]}\n${table[1]}\n`), Buffer.from(line), Buffer.from(`\n${table[3]}\n`)])

  test.each<[string, string | Buffer, string, string]>([
    ['a column too few', cells.slice(1).join(','), 'column-count', 'Line 3 has 9 columns instead of 10.'],
    ['a column too many', `${cells.join(',')},x`, 'column-count', 'Line 3 has 11 columns instead of 10.'],
    ['another delimiter', cells.join(';'), 'column-count', 'Line 3 has 1 column instead of 10.'],
    [
      'an ICCID that Excel spoilt',
      withCell(0, '8.99991E+18'),
      'scientific-notation',
      'The ICCID in line 3 was turned into scientific notation',
    ],
    ['with a decimal comma', withCell(0, '"8,99991E+18"'), 'scientific-notation', 'The ICCID in line 3'],
    ['an IMSI that Python spoilt', withCell(1, '1.01e15'), 'scientific-notation', 'The IMSI in line 3'],
    ['a PUK that Excel spoilt', withCell(6, '1E+07'), 'scientific-notation', 'The PUK1 in line 3'],
    ['a quote that does not end', withCell(2, '"4711'), 'quote', 'Line 3 has a quote'],
    ['text behind a quote', withCell(2, '"47"11'), 'quote', 'Line 3 has a quote'],
    ['NUL characters', withCell(4, '+49\u0000151'), 'control-character', 'Line 3 has NUL characters'],
    ['octets that are no text', Buffer.from(withCell(4, '+49\u00ff'), 'latin1'), 'undecodable', 'Line 3 has octets that are no text'],
    ['endless length', withCell(4, '7'.repeat(20_000)), 'too-long', 'Line 3 is far longer'],
  ])('%s', async (_, line, kind, sentence) => {
    const [first, broken, next] = await rowsOf(around(line))
    expect(first).toEqual(plain[0])
    expect(broken).toMatchObject({ line: 3, problems: [{ kind, sentence: expect.stringContaining(sentence) }] })
    expect(next).toEqual({ ...plain[2], line: 4 })
  })

  test('a last line that was cut off', async () => {
    const rows = await rowsOf(table.join('\n').slice(0, -30))
    expect(rows).toHaveLength(4)
    expect(rows[3]).toMatchObject({
      line: 5,
      problems: [{ kind: 'truncated', sentence: 'The file ends in the middle of line 5: it was cut off.' }],
    })
    expect(rows[3]?.iccid).toBeUndefined()
  })

  test('no sentence quotes a value', async () => {
    const secret = cells[2] ?? ''
    const lines = [
      cells.slice(1).join(','),
      withCell(2, `"${secret}" x`),
      withCell(2, `${secret}\0`),
      withCell(2, '4.65E+31'),
      withCell(2, `"${secret}`),
    ]
    const rows = await rowsOf([...table.slice(0, 2), ...lines].join('\n'))
    const told = JSON.stringify(rows.map(row => row.problems))
    expect(rows.filter(row => row.problems)).toHaveLength(lines.length)
    for (const value of cells.filter(cell => cell.length > 4)) expect(told).not.toContain(value)
  })
})

describe('whatever the octets', () => {
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'upload-'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  test('changed at random they never give another exception than a sentence', async () => {
    let seed = 20_241_122
    const random = (below: number) => {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
      return Math.floor((seed / 2 ** 32) * below)
    }
    const columns = `var_out: ${tableHeader.replaceAll(',', '/')}\nFORMAT_OUT: /K:32x^/`
    const originals = [
      Buffer.from(table.join('\r\n')),
      utf16(table.join('\n')),
      Buffer.from(`* HEADER DESCRIPTION\nQuantity: 4\nTransport_key: 7\n${columns}\n${table.slice(1).join('\n').replaceAll(',', ' ')}\n`),
      craftedZip([
        { name: 'a.csv', bytes: Buffer.from(table.join('\n')), deflate: true },
        { name: 'b.der', bytes: Buffer.from('a0058001028101030000', 'hex') },
      ]),
    ]
    const path = join(folder, 'changed')
    const transportKey: TransportKeyLookup = () => ({ algorithm: 'AES', mode: 'CBC', key: Buffer.alloc(16) })
    const sentences = new Set<string>()
    for (let round = 0; round < 600; round++) {
      const original = originals[round % originals.length] ?? Buffer.alloc(0)
      const bytes = Buffer.from(random(4) ? original : original.subarray(0, random(original.length)))
      for (let changes = random(6); changes > 0 && bytes.length; changes--)
        bytes[random(bytes.length)] = random(3) ? random(256) : '",;\n\r\0'.charCodeAt(random(6))
      await writeFile(path, bytes)
      try {
        const upload = await openUpload(path, { transportKey })
        await allRows(upload).finally(() => upload.close())
      } catch (error) {
        if (!(error instanceof FileError)) throw error
        sentences.add(error.message)
      }
    }
    expect(sentences.size).toBeGreaterThan(3)
  })

  const inItsOwnProcess = async (path: string) => {
    const script = fileURLToPath(new URL('./testing/read-upload.ts', import.meta.url))
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', script, path])
    return JSON.parse(stdout) as { rows: number; problems: number; peakRssBytes: number }
  }

  test('200 MB of rows pass through less than 250 MB of memory', async () => {
    const path = join(folder, 'large')
    const block = `${tableLines(5_000).slice(1).join('\n')}\n`
    const file = await open(path, 'w')
    await file.write(`${tableHeader}\n`)
    const blocks = Math.ceil(200_000_000 / block.length)
    for (let n = 0; n < blocks; n++) await file.write(block)
    await file.close()
    const { rows, problems, peakRssBytes } = await inItsOwnProcess(path)
    expect({ rows, problems }).toEqual({ rows: 5_000 * blocks, problems: 0 })
    expect(peakRssBytes).toBeLessThan(250_000_000)
  })

  test('a line of 1 GB passes through less than 250 MB of memory and is one problem', async () => {
    const path = join(folder, 'endless')
    const file = await open(path, 'w')
    await file.write(tableLines(1_000).join('\n'))
    await file.truncate(1_000_000_000)
    await file.write(`\n${table[1]}\n`, 1_000_000_000)
    await file.close()
    const { rows, problems, peakRssBytes } = await inItsOwnProcess(path)
    expect({ rows, problems }).toEqual({ rows: 1_001, problems: 1 })
    expect(peakRssBytes).toBeLessThan(250_000_000)
  })
})
