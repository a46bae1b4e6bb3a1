import { createCipheriv } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { testIccid } from '@/lib/rsp/testdata/personalised'
import { allRows, rowsOf, withUpload } from './testing/upload-file'
import type { TransportKey } from './transport-key'

const k = '465B5CE8B199B49FAA5F0A2EE238A6BC'
const key = Buffer.from('000102030405060708090A0B0C0D0E0F', 'hex')
const seal = (value: string) => createCipheriv('aes-128-ecb', key, null).setAutoPadding(false).update(value, 'hex', 'hex').toUpperCase()
const lookUp = (index: string): TransportKey | undefined => (index === '11' ? { algorithm: 'AES', mode: 'ECB', key } : undefined)

const rows = (count: number, sealed = true) =>
  Array.from(
    { length: count },
    (_, n) => `${testIccid(n)}F 00101000000000${n} 1234 12345678 5678 87654321 11112222 ${sealed ? seal(k) : k} 0001 x`,
  )

const outFile = ({
  header = [] as string[],
  varOut = 'var_out:ICCID/IMSI/PIN1/PUK1/PIN2/PUK2/ADM1/KI/Access_Control/Code Retailer',
  lines = rows(3),
} = {}) =>
  [
    '***************************************',
    '*          HEADER DESCRIPTION',
    '***************************************',
    'Customer:        Example Telecom',
    'Quantity:        3',
    'Type:            STANDARD',
    'Batch:           01074809',
    '*',
    ...header,
    '***************************************',
    '*          INPUT VARIABLES DESCRIPTION',
    '***************************************',
    'Var_In_List: ',
    'IMSI:001010000000000',
    `Ser_nb: ${testIccid(0)}`,
    '',
    '*          OUTPUT VARIABLES DESCRIPTION',
    varOut,
    ...lines,
    '',
  ].join('\r\n')

describe('a vendor’s output file', () => {
  test('gives its rows in the order of var_out, its header, and the quantity beside what it has', () =>
    withUpload(outFile({ lines: rows(3, false) }), {}, async upload => {
      const read = await allRows(upload)
      expect(upload.format).toBe('out')
      expect(upload.facts).toMatchObject({
        declared: 3,
        found: 3,
        header: {
          customer: 'Example Telecom',
          type: 'STANDARD',
          batch: '01074809',
          inputVariables: { IMSI: '001010000000000', Ser_nb: testIccid(0) },
        },
      })
      expect(read[1]).toEqual({
        line: 19,
        iccid: testIccid(1),
        imsi: '001010000000001',
        pin1: '1234',
        puk1: '12345678',
        pin2: '5678',
        puk2: '87654321',
        adm1: '11112222',
        k,
        acc: '0001',
        extra: { 'Code Retailer': 'x' },
      })
    }))

  test('with a transport key: K comes decrypted, the key is asked for by its number without zeros', async () => {
    const read = await rowsOf(outFile({ header: ['Transport_key:   011'] }), { transportKey: lookUp })
    expect(read.map(row => row.k)).toEqual([k, k, k])
  })

  test('with a transport key that is not known: facts and sample are there without K, the rows are not', () =>
    withUpload(outFile({ header: ['Transport Key   : 12'] }), { transportKey: lookUp }, async upload => {
      expect(upload.facts.header?.transportIndex).toBe('12')
      expect(upload.sample).toHaveLength(3)
      expect(upload.sample.every(row => row.k === undefined)).toBe(true)
      await expect(allRows(upload)).rejects.toThrow('transport key 12, which is not known here')
    }))

  test('says when a value cannot be decrypted, in its row', async () => {
    const broken = rows(2).map((line, n) => (n ? line.replace(seal(k), 'ABCDEF') : line))
    const read = await rowsOf(outFile({ header: ['Transport_key: 11'], lines: broken }), { transportKey: lookUp })
    expect(read[0]?.k).toBe(k)
    expect(read[1]).not.toHaveProperty('k')
    expect(read[1]?.problems).toMatchObject([
      { kind: 'transport-key', field: 'k', sentence: expect.stringMatching(/^The K in line 20 cannot be decrypted\./) },
    ])
    expect(JSON.stringify(read[1]?.problems)).not.toContain('ABCDEF')
  })

  test('refuses a key of another algorithm than the file names', () =>
    expect(rowsOf(outFile({ header: ['TRANSPORT_KEY: 11', 'TRANSPORT_ALG: TDES'] }), { transportKey: lookUp })).rejects.toThrow(
      'one of 3DES, the key entered',
    ))

  test('takes FORMAT_OUT at its word on what is encrypted', async () => {
    const text = outFile({
      header: ['Transport_key: 11'],
      varOut: 'VAR_OUT: \t/ICCID/Ki/OPC/\r\nFORMAT_OUT: \t/ICCID+89/Ki:32x/OPC:32x^/\r\n*\r\n*      DATA SECTION',
      lines: [`${testIccid(0)} ${k} ${seal(k)} `],
    })
    expect(await rowsOf(text, { transportKey: lookUp })).toEqual([{ line: 22, iccid: testIccid(0), k, opc: k }])
  })

  test('knows that nothing is encrypted when the file says so', async () => {
    const text = outFile({ header: ['TRANSPORT_KEY: 1', 'TRANSPORT_ALG: NO_TRANSPORT_ENCRYPTION'], lines: rows(1, false) })
    expect((await rowsOf(text))[0]?.k).toBe(k)
  })

  test('reads rows divided by commas, and values of input variables in a row of their own', () =>
    withUpload(
      `*HEADER DESCRIPTION\n****\nMNOID           : Example\nBatch No        : 001\nQuantity : 1\nTransport Key   : \n*INPUT VARIABLES DESCRIPTION\nvar_In: ICCID/IMSI\n${testIccid(0)},001010000000000\n*OUTPUT VARIABLES DESCRIPTION\nvar_out: ICCID/IMSI/KI\n${testIccid(0)},001010000000000,${k}`,
      {},
      async upload => {
        expect(await allRows(upload)).toEqual([{ line: 12, iccid: testIccid(0), imsi: '001010000000000', k }])
        expect(upload.facts.header).toMatchObject({
          customer: 'Example',
          batch: '001',
          inputVariables: { ICCID: testIccid(0), IMSI: '001010000000000' },
        })
      },
    ))

  test.each([
    ['no var_out', outFile().replace(/var_out:.*\r\n/, ''), 'no line "var_out:"'],
    ['an empty var_out', outFile({ varOut: 'var_out: ' }), 'names no columns'],
    ['neither ICCID nor IMSI', outFile({ varOut: 'var_out:A/B' }), 'neither an ICCID nor an IMSI'],
    ['no rows', outFile({ lines: [] }), 'has no rows'],
    ['two files in one', outFile({ lines: rows(1, false) }) + outFile({ lines: rows(1, false) }), 'several output files in one'],
  ])('%s is told in a sentence', (_, text, sentence) => expect(rowsOf(text)).rejects.toThrow(sentence))

  test('a row with a column too few has no values, but a problem', async () => {
    const read = await rowsOf(outFile({ lines: [rows(1, false)[0] ?? '', '8999 1234'] }))
    expect(read[1]).toMatchObject({ line: 19, problems: [{ kind: 'column-count', sentence: 'Line 19 has 2 columns instead of 10.' }] })
    expect(read[1]?.iccid).toBeUndefined()
  })
})
