import { describe, expect, test } from 'vitest'
import { testIccid } from '@/lib/rsp/testdata/personalised'
import type { CsvMapping } from '../formats/mapping'
import { type BatchRow, secretFields } from '../formats/row'
import { rowsOf, withUpload } from '../formats/testing/upload-file'
import { faultyRowsCsv } from './faulty-rows'

const k = '465B5CE8B199B49FAA5F0A2EE238A6BC'

async function written(rows: readonly BatchRow[], mapping?: CsvMapping, reasons = ['It is wrong.']): Promise<string> {
  let text = ''
  for await (const piece of faultyRowsCsv(
    rows.map(row => ({ row, reasons })),
    { batchId: '12', mapping },
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

/** The row as it is read again: references in place of its secrets, nothing of what nobody knows. */
function withReferences({ extra: _, ...row }: BatchRow): BatchRow {
  const kept = `kept:12:${row.line}`
  const secrets = Object.fromEntries(secretFields.filter(field => row[field] !== undefined).map(field => [field, kept]))
  return { ...row, ...secrets, ...(row.otaKeys ? { otaKeys: row.otaKeys.map(key => ({ ...key, key: kept })) } : {}) }
}

describe('faultyRowsCsv', () => {
  test.each([',', ';', '\t', '|'])('gives rows back in the columns of the upload with %j, the reason last', async delimiter => {
    const header = ['Depot', 'IMSI', 'ICCID', 'Ki', 'PIN', 'MSISDN', 'KIC1']
    const cells = ['North', '001010000000001', testIccid(1), k, '0042', '+4915112345678', k]
    const { rows, mapping } = await readWithMapping([header, cells].map(line => line.join(delimiter)).join('\n'))
    const text = await written(rows, mapping)
    const [first, second] = text.split('\r\n')
    expect(first).toBe(`\ufeff${[...header, 'reason'].join(delimiter)}`)
    expect(second).toMatch(/Line 2: It is wrong\.$/)
    for (const secret of [k, '0042', 'North']) expect(text).not.toContain(secret)
    expect(await rowsOf(text)).toEqual(rows.map(withReferences))
  })

  test('what a spreadsheet would spoil or run is marked, and read as it was', async () => {
    const row: BatchRow = {
      line: 2,
      iccid: testIccid(1),
      imsi: '001010000000001',
      msisdn: '+4915112345678',
      acc: '1E10',
      smsp: '=HYPERLINK("http://x.example";"y")',
    }
    const mapping: CsvMapping = {
      delimiter: ';',
      skipLines: 0,
      hasHeader: true,
      columns: (['iccid', 'imsi', 'msisdn', 'acc', 'smsp'] as const).map(to => ({ header: to, to })),
    }
    const text = await written([row], mapping)
    const [, line = ''] = text.split('\r\n')
    for (const cell of line.split(/;(?=")|(?<=");|;/)) expect(cell).not.toMatch(/^"?[=+\-@]/)
    expect(line).toContain("'+4915112345678")
    expect(line).toContain(`'${testIccid(1)}`)
    const [again] = await rowsOf(text)
    expect(again).toMatchObject({ ...row, line: 2 })
  })

  test('a mended table is read by the remembered mapping of its vendor, its reasons are passed over', async () => {
    const { rows, mapping } = await readWithMapping(`IMSI,ICCID,K\n001010000000001,${testIccid(1)},${k}\n`)
    const text = await written(rows, mapping)
    const again = await readWithMapping(text, { ...(mapping ? { mapping } : {}) })
    expect(again.rows).toEqual(rows.map(withReferences))
    expect(again.mapping?.columns.at(-1)).toEqual({ header: 'reason', to: 'ignore' })
    const twice = await written(again.rows, again.mapping)
    expect(twice).toBe(text)
  })

  test('a table without a header gets one by which its columns are known', async () => {
    const cells = [testIccid(1), '001010000000001', k, 'CD63CB71954A9F4E48A5994E37A02BAF', '+4915112345678']
    const other = [testIccid(2), '001010000000002', `${k.slice(1)}A`, 'CD63CB71954A9F4E48A5994E37A02BAA', '+4915112345679']
    const { rows, mapping } = await readWithMapping(`${cells}\n${other}\n`)
    expect(mapping?.hasHeader).toBe(false)
    const text = await written(rows, mapping)
    expect(text.split('\r\n')[0]).toBe('\ufeffICCID,IMSI,K,OPc,MSISDN,reason')
    expect((await rowsOf(text)).map(withoutLine)).toEqual(rows.map(withReferences).map(withoutLine))
  })

  test('a line that could not be read is told by its number alone: nobody knows what its cells hold', async () => {
    const { rows, mapping } = await readWithMapping(`IMSI,ICCID,K\n001010000000001,${testIccid(1)},${k}\n${k},"y;z"\n`)
    const text = await written(rows.slice(1), mapping, ['Too short.', 'Really.', 'Too short.'])
    expect(text.split('\r\n')[1]).toBe(',,,Line 3: Too short. Really.')
  })

  test('a key that slipped into the column of something else does not come back, a mistyped number does', async () => {
    const header = ['ICCID', 'IMSI', 'MSISDN', 'ACC', 'SMSP', 'K']
    const columns = (['iccid', 'imsi', 'msisdn', 'acc', 'smsp', 'k'] as const).map((to, at) => ({ header: header[at] ?? '', to }))
    const mapping: CsvMapping = { delimiter: ',', skipLines: 0, hasHeader: true, columns }
    const slipped = { line: 2, iccid: k, imsi: k.repeat(2), msisdn: k, acc: k, smsp: k, k: '1234' }
    const mistyped = { line: 3, iccid: testIccid(1).slice(1), imsi: '0010100000000011', msisdn: 'x', acc: '00001', smsp: 'F'.repeat(64) }
    const [, first, second] = (await written([slipped, mistyped], mapping)).split('\r\n')
    expect(first).toBe(',,,,,kept:12:2,Line 2: It is wrong.')
    for (const value of [mistyped.iccid, mistyped.imsi, mistyped.acc, mistyped.smsp]) expect(second).toContain(value)
  })

  test('columns that came encrypted are known as such again', async () => {
    const mapping: CsvMapping = {
      delimiter: ' ',
      skipLines: 9,
      hasHeader: false,
      columns: [
        { header: 'Ser_nb', to: 'iccid' },
        { header: 'KI', to: 'k' },
        { header: 'ADM1', to: 'adm1' },
      ],
      transport: { index: '11', fields: ['k'] },
    }
    const row = { line: 12, iccid: testIccid(1), k }
    expect(await written([row], mapping)).toBe(`\ufeffSer_nb,eKi,ADM1,reason\r\n'${testIccid(1)},kept:12:12,,Line 12: It is wrong.\r\n`)
  })

  test('packages without a table are named by their member and ICCID', async () => {
    expect(await written([{ line: 1, member: 'a;b,c.der', iccid: testIccid(1) }])).toBe(
      `\ufeffFile,ICCID,reason\r\n"a;b,c.der",'${testIccid(1)},Line 1: It is wrong.\r\n`,
    )
  })

  test('comes piece by piece', async () => {
    let pieces = 0
    const rows = (function* () {
      for (let line = 2; line < 5000; line++) yield { row: { line, member: `${line}.der` }, reasons: ['It cannot be read.'] }
    })()
    for await (const piece of faultyRowsCsv(rows, { batchId: '12' })) {
      pieces++
      expect(piece.length).toBeLessThan(40_000)
    }
    expect(pieces).toBeGreaterThan(3)
  })
})
