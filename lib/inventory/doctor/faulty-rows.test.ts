import { describe, expect, test } from 'vitest'
import { testIccid } from '@/lib/rsp/testdata/personalised'
import type { CsvMapping } from '../formats/mapping'
import type { BatchRow } from '../formats/row'
import { rowsOf, withUpload } from '../formats/testing/upload-file'
import { valueDecrypter } from '../formats/transport-key'
import { type FaultyRowsOptions, faultyRowsCsv } from './faulty-rows'
import { valueEncrypter } from './sealed-again'

const k = '465B5CE8B199B49FAA5F0A2EE238A6BC'

async function written(rows: readonly BatchRow[], options: FaultyRowsOptions, reasons = ['It is wrong.']): Promise<string> {
  let text = ''
  for await (const piece of faultyRowsCsv(
    rows.map(row => ({ row, reasons })),
    options,
  ))
    text += piece
  return text
}

async function readWithMapping(text: string, options: Parameters<typeof withUpload>[1] = {}) {
  return withUpload(text, options, async upload => {
    const rows: BatchRow[] = []
    for await (const row of upload.rows()) rows.push(row)
    return { rows, mapping: upload.mapping }
  })
}

const withoutLine = ({ line: _, ...row }: BatchRow) => row

describe('faultyRowsCsv', () => {
  test.each([',', ';', '\t', '|'])('gives rows back in the columns of the upload with %j, the reason last', async delimiter => {
    const header = ['Depot', 'IMSI', 'ICCID', 'Ki', 'PIN', 'MSISDN', 'KIC1']
    const cells = ['North', '001010000000001', testIccid(1), k, '0042', '+4915112345678', k]
    const { rows, mapping } = await readWithMapping([header, cells].map(line => line.join(delimiter)).join('\n'))
    const text = await written(rows, { ...(mapping ? { mapping } : {}) })
    const [first, second] = text.split('\r\n')
    expect(first).toBe(`\ufeff${[...header, 'reason'].join(delimiter)}`)
    expect(second).toMatch(/It is wrong\.$/)
    expect((await rowsOf(text)).map(withoutLine)).toEqual(rows.map(withoutLine))
  })

  test('what a spreadsheet would spoil or run is marked, and read as it was', async () => {
    const row: BatchRow = {
      line: 2,
      iccid: testIccid(1),
      imsi: '001010000000001',
      msisdn: '+4915112345678',
      pin1: '0000',
      acc: '1E10',
      adm1: '12345678',
    }
    const extra = { Note: '=HYPERLINK("http://x.example";"y")', Other: '@SUM(1)' }
    const mapping: CsvMapping = {
      delimiter: ';',
      skipLines: 0,
      hasHeader: true,
      columns: [
        ...(['iccid', 'imsi', 'msisdn', 'pin1', 'acc', 'adm1'] as const).map(to => ({ header: to, to })),
        ...Object.keys(extra).map(header => ({ header, to: 'extra' as const })),
      ],
    }
    const text = await written([{ ...row, extra }], { mapping })
    const [, line = ''] = text.split('\r\n')
    for (const cell of line.split(/;(?=")|(?<=");|;/)) expect(cell).not.toMatch(/^"?[=+\-@]/)
    expect(line).toContain("'+4915112345678")
    expect(line).toContain(`'${testIccid(1)}`)
    const [again] = await rowsOf(text)
    expect(again).toMatchObject({ ...row, line: 2 })
  })

  test('a mended table is read by the remembered mapping of its vendor, its reasons are passed over', async () => {
    const { rows, mapping } = await readWithMapping(`IMSI,ICCID,K\n001010000000001,${testIccid(1)},${k}\n`)
    const text = await written(rows, { ...(mapping ? { mapping } : {}) })
    const again = await readWithMapping(text, { ...(mapping ? { mapping } : {}) })
    expect(again.rows.map(withoutLine)).toEqual(rows.map(withoutLine))
    expect(again.mapping?.columns.at(-1)).toEqual({ header: 'reason', to: 'ignore' })
    const twice = await written(again.rows, { ...(again.mapping ? { mapping: again.mapping } : {}) })
    expect(twice).toBe(text)
  })

  test('a table without a header gets one by which its columns are known', async () => {
    const cells = [testIccid(1), '001010000000001', k, 'CD63CB71954A9F4E48A5994E37A02BAF', '+4915112345678']
    const other = [testIccid(2), '001010000000002', `${k.slice(1)}A`, 'CD63CB71954A9F4E48A5994E37A02BAA', '+4915112345679']
    const { rows, mapping } = await readWithMapping(`${cells}\n${other}\n`)
    expect(mapping?.hasHeader).toBe(false)
    const text = await written(rows, { ...(mapping ? { mapping } : {}) })
    expect(text.split('\r\n')[0]).toBe('\ufeffICCID,IMSI,K,OPc,MSISDN,reason')
    expect((await rowsOf(text)).map(withoutLine)).toEqual(rows.map(withoutLine))
  })

  test('a line that could not be read comes back cell by cell', async () => {
    const { rows, mapping } = await readWithMapping(`IMSI,ICCID,K\n001010000000001,${testIccid(1)},${k}\nx,"y;z"\n`)
    const text = await written(rows.slice(1), { ...(mapping ? { mapping } : {}) }, ['Too short.', 'Really.'])
    expect(text.split('\r\n')[1]).toBe('x,y;z,,Too short. Really.')
  })

  test.each([
    ['AES', 'ECB', 16],
    ['AES', 'CBC', 32],
    ['3DES', 'ECB', 16],
    ['3DES', 'CBC', 24],
  ] as const)('what came encrypted under a transport key goes back as it was: %s %s', async (algorithm, mode, bytes) => {
    const transportKey = { algorithm, mode, key: Buffer.from([...Array(bytes).keys()].map(n => n * 7 + 3)) }
    const encrypt = valueEncrypter(transportKey)
    const sealed = encrypt(k) ?? ''
    expect(sealed).not.toBe(k)
    expect(valueDecrypter(transportKey)(sealed)).toBe(k)
    const mapping: CsvMapping = {
      delimiter: ',',
      skipLines: 0,
      hasHeader: true,
      columns: [
        { header: 'ICCID', to: 'iccid' },
        { header: 'Ki', to: 'k' },
      ],
      transport: { index: '11', fields: ['k'] },
    }
    const row = { line: 2, iccid: testIccid(1), k }
    expect(await written([row], { mapping, transportKey })).toContain(`,${sealed},`)
    const withoutKey = await written([row], { mapping })
    expect(withoutKey).not.toContain(k)
    expect(withoutKey).not.toContain(sealed)
  })

  test('packages without a table are named by their member and ICCID', async () => {
    expect(await written([{ line: 1, member: 'a;b,c.der', iccid: testIccid(1) }], {})).toBe(
      `\ufeffFile,ICCID,reason\r\n"a;b,c.der",'${testIccid(1)},It is wrong.\r\n`,
    )
  })

  test('comes piece by piece', async () => {
    let pieces = 0
    const rows = (function* () {
      for (let line = 2; line < 5000; line++) yield { row: { line, member: `${line}.der` }, reasons: ['It cannot be read.'] }
    })()
    for await (const piece of faultyRowsCsv(rows)) {
      pieces++
      expect(piece.length).toBeLessThan(40_000)
    }
    expect(pieces).toBeGreaterThan(3)
  })
})
