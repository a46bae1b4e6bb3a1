import { describe, expect, test } from 'vitest'
import { testIccid } from '@/lib/rsp/testdata/personalised'
import { adaptMapping, CsvMapping, guessMapping } from './csv'
import { rowsOf, tableCells, tableHeader, tableLines } from './testing/upload-file'
import { RecordScanner } from './text-records'

const meanings = (text: string) => guessMapping(text, { whole: true }).mapping.columns.map(({ to }) => to)
const k = '465B5CE8B199B49FAA5F0A2EE238A6BC'
const opc = 'CD63CB71954A9F4E48A5994E37A02BAF'

describe('guessMapping', () => {
  test.each([
    ['English', 'Serial Number,IMSI,Ki,OPC,Phone number,PIN,PUK,PIN 2,PUK 2,ADM key'],
    ['German', 'Seriennummer,Teilnehmerkennung,Schlüssel,OPc,Rufnummer,PIN1,Entsperrcode 1,PIN2,Entsperrcode 2,ADM'],
    ['French', 'N° de série,IMSI,Clé d’authentification,OPc,Numéro de téléphone,Code PIN 1,Code PUK 1,Code PIN 2,Code PUK 2,Code ADM'],
    [
      'Spanish',
      'Número de serie,IMSI,Clave de autenticación,OPc,Número de teléfono,Código PIN,Código PUK,Código PIN2,Código PUK2,Código ADM',
    ],
    ['Chinese', '卡号,国际移动用户识别码,鉴权密钥,OPC,手机号码,PIN1码,PUK1码,PIN2码,PUK2码,ADM密钥'],
    ['short', 'ICC-ID,imsi,KI (hex),Opc,msisdn,CHV1,UNBLOCK_CHV1,CHV2,UNBLOCK_CHV2,ADM1'],
  ])('knows the columns by their %s names', (_, header) =>
    expect(meanings([header, ...tableLines(5).slice(1)].join('\n'))).toEqual([
      'iccid',
      'imsi',
      'k',
      'opc',
      'msisdn',
      'pin1',
      'puk1',
      'pin2',
      'puk2',
      'adm1',
    ]),
  )

  test('knows the columns by their values where there is no header, K in front of OPc', () => {
    const { mapping, columns } = guessMapping(tableLines(5).slice(1).join('\r\n'), { whole: true })
    expect(mapping).toMatchObject({ hasHeader: false, skipLines: 0, delimiter: ',' })
    expect(mapping.columns.map(({ to }) => to)).toEqual(['iccid', 'imsi', 'k', 'opc', 'msisdn', 'pin1', 'puk1', 'pin2', 'puk2', 'adm1'])
    expect(columns[0]?.confidence).toBeGreaterThan(0.9)
    expect(columns[3]?.confidence).toBeLessThan(0.7)
  })

  test.each([';', '\t', '|', ','])('finds the delimiter %j, whatever stands in the cells', delimiter => {
    const lines = tableLines(5).map(line => line.split(',').join(delimiter))
    expect(guessMapping(lines.join('\n'), { whole: true }).mapping.delimiter).toBe(delimiter)
  })

  test('reads the order of the columns from the header, and passes over lines in front of it', () => {
    const text = [
      'Delivery 2024-11, 3 cards',
      '',
      'OPC,Ki,ICCID,IMSI',
      ...[1, 2].map(n => [opc, k, testIccid(n), `00101000000000${n}`].join(',')),
    ].join('\n')
    const { mapping } = guessMapping(text, { whole: true })
    expect(mapping.columns.map(({ to }) => to)).toEqual(['opc', 'k', 'iccid', 'imsi'])
    expect(mapping.skipLines).toBe(2)
  })

  test('knows OTA keys with their versions, and keeps columns that mean nothing by their name', () => {
    const { mapping } = guessMapping(`ICCID,KIC1,KID1,KIK1,KIC2,SCP03_ENC_30,Box\n${testIccid(1)},${[k, k, k, k, k].join(',')},B7\n`, {
      whole: true,
    })
    expect(mapping.columns.slice(1)).toEqual([
      { header: 'KIC1', to: 'otaKey', keyVersion: 1, keyId: 1 },
      { header: 'KID1', to: 'otaKey', keyVersion: 1, keyId: 2 },
      { header: 'KIK1', to: 'otaKey', keyVersion: 1, keyId: 3 },
      { header: 'KIC2', to: 'otaKey', keyVersion: 2, keyId: 1 },
      { header: 'SCP03_ENC_30', to: 'otaKey', keyVersion: 0x30, keyId: 1 },
      { header: 'Box', to: 'extra' },
    ])
  })

  test('gives a meaning once, to the column whose values fit', () => {
    const { mapping, columns } = guessMapping(`IMSI,IMSI,ICCID\nx,001010000000001,${testIccid(1)}\n`, { whole: true })
    expect(mapping.columns.map(({ to }) => to)).toEqual(['extra', 'imsi', 'iccid'])
    expect(columns[0]?.confidence).toBe(0)
  })

  test('is less sure of a name whose values contradict it', () => {
    const { columns } = guessMapping(`ICCID,Ki\n${testIccid(1)},yes\n`, { whole: true })
    expect(columns[1]?.confidence).toBeLessThan(0.5)
  })

  test('shows kind and length of what may be a secret, and the values of identifiers', () => {
    const { columns } = guessMapping(tableLines(2).join('\n'), { whole: true })
    expect(columns[0]?.samples[0]).toBe(testIccid(0))
    expect(columns[2]?.samples[0]).toMatch(/^32 hexadecimal digits$/)
    expect(JSON.stringify(columns.slice(5))).not.toMatch(/1234|5678|10000000/)
  })

  test('makes a plain mapping that its schema takes', () => {
    const { mapping } = guessMapping(tableLines(2).join('\n'), { whole: true })
    expect(CsvMapping.parse(JSON.parse(JSON.stringify(mapping)))).toEqual(mapping)
    expect(CsvMapping.safeParse({ ...mapping, columns: [{ to: 'k' }, { to: 'k' }] }).success).toBe(false)
    expect(CsvMapping.safeParse({ ...mapping, columns: [{ to: 'otaKey' }] }).success).toBe(false)
  })
})

describe('a remembered mapping', () => {
  const { mapping } = guessMapping(['Nummer,Wert,IMSI', `${testIccid(1)},${k},001010000000001`].join('\n'), { whole: true })
  const remembered: CsvMapping = {
    ...mapping,
    columns: [
      { header: 'Nummer', to: 'iccid' },
      { header: 'Wert', to: 'opc' },
      { header: 'IMSI', to: 'imsi' },
    ],
  }

  test('fits a file with its columns in another order', async () => {
    expect(adaptMapping(remembered, ['imsi', 'Neu', 'WERT', 'Nummer'])?.columns.map(({ to }) => to)).toEqual([
      'imsi',
      'extra',
      'opc',
      'iccid',
    ])
    const [row] = await rowsOf(`IMSI,Wert,Nummer\n001010000000001,${k},${testIccid(1)}\n`, { mapping: remembered })
    expect(row).toEqual({ line: 2, iccid: testIccid(1), imsi: '001010000000001', opc: k })
  })

  test('tells columns of one name apart by their order', () => {
    const twice: CsvMapping = {
      ...mapping,
      columns: [
        { header: 'Key', to: 'k' },
        { header: 'Key', to: 'opc' },
        { header: 'ICCID', to: 'iccid' },
      ],
    }
    expect(adaptMapping(twice, ['ICCID', 'Key', 'Key'])?.columns.map(({ to }) => to)).toEqual(['iccid', 'k', 'opc'])
    expect(adaptMapping(twice, ['ICCID', 'Key'])).toBeUndefined()
  })

  test('without names is refused by a file with another number of columns', () =>
    expect(
      rowsOf(`${testIccid(1)},001010000000001,1\n`, {
        mapping: { ...mapping, hasHeader: false, columns: [{ to: 'iccid' }, { to: 'imsi' }] },
      }),
    ).rejects.toThrow('The mapping is one of 2 columns, the file has 3.'))

  test('is refused by a file that lacks one of its columns', async () =>
    expect(rowsOf(`IMSI,Nummer,X\n001010000000001,${testIccid(1)},1\n`, { mapping: remembered })).rejects.toThrow('no column named "Wert"'))
})

describe('rows', () => {
  test('hold the values as they came, with the line where they stand', async () => {
    const rows = await rowsOf(tableLines(3).join('\r\n'))
    const [iccid, imsi, key, code, msisdn, pin1, puk1, pin2, puk2, adm1] = tableCells(2)
    expect(rows).toHaveLength(3)
    expect(rows[2]).toEqual({ line: 4, iccid, imsi, k: key, opc: code, msisdn, pin1, puk1, pin2, puk2, adm1 })
  })

  test('are freed of blanks, dashes, fillers and what spreadsheets put around text', async () => {
    const cells = [
      ` ${testIccid(1)}F `,
      '="001010000000001"',
      `0x${k.toLowerCase()}`,
      'CD 63 CB 71 95 4A 9F 4E 48 A5 99 4E 37 A0 2B AF',
      '+49 151-000',
      "'0000",
      '',
      '',
      '',
      '',
    ]
    const [row] = await rowsOf([tableHeader, cells.join(',')].join('\n'))
    expect(row).toEqual({
      line: 2,
      iccid: testIccid(1),
      imsi: '001010000000001',
      k: k.toLowerCase(),
      opc,
      msisdn: '+49151000',
      pin1: '0000',
    })
  })

  test('keep what no field is meant by, under its name', async () =>
    expect((await rowsOf(`ICCID,IMSI,Box,\n${testIccid(1)},001010000000001, B 7 ,x\n`))[0]?.extra).toEqual({ Box: 'B 7', 'Column 4': 'x' }))

  test('may have quotes, delimiters and line ends in their cells', async () => {
    const rows = await rowsOf(
      `ICCID,Note,IMSI\r\n${testIccid(1)},"a ""b"", c\r\nd\r\n",001010000000001\r\n"${testIccid(2)}" , plain "q" ,"001010000000002"\r\n`,
    )
    expect(rows.map(({ line, imsi, extra, problems }) => [line, imsi, extra?.Note, problems])).toEqual([
      [2, '001010000000001', 'a "b", c\r\nd', undefined],
      [5, '001010000000002', 'plain "q"', undefined],
    ])
  })

  test('come out the same wherever a piece of the file ends', () => {
    const text = `a,"b ""x""\r\ny",c\r\n\r\n1,2,3\r\n,,\r\n"q" ,"",\u00e4\r\n4,"5,6",7`
    const whole = new RecordScanner({ delimiter: ',', newline: '\n' }).push(text, true)
    expect(whole.map(({ line, cells }) => [line, ...cells])).toEqual([
      [1, 'a', 'b "x"\r\ny', 'c'],
      [4, '1', '2', '3'],
      [6, 'q', '', 'ä'],
      [7, '4', '5,6', '7'],
    ])
    for (let size = 1; size < 9; size++) {
      const scanner = new RecordScanner({ delimiter: ',', newline: '\n' })
      const records = []
      for (let at = 0; at < text.length; at += size) records.push(...scanner.push(text.slice(at, at + size)))
      expect([...records, ...scanner.push('', true)]).toEqual(whole)
    }
  })
})

describe('guessMapping with what a person says', () => {
  const layout = { delimiter: ';' as const, skipLines: 0, hasHeader: true }
  const text = `Lieferung 12, Los A; B\nKarte;Ki;Rest\n${testIccid(1)};${k};a,b\n${testIccid(2)};${opc};c,d\n`

  test('reads the columns from the line on and divided as it is said', () => {
    const { mapping, columns } = guessMapping(text, { whole: true, layout: { ...layout, skipLines: 1 } })
    expect(mapping).toMatchObject({ delimiter: ';', skipLines: 1, hasHeader: true })
    expect(mapping.columns.map(({ header, to }) => [header, to])).toEqual([
      ['Karte', 'iccid'],
      ['Ki', 'k'],
      ['Rest', 'extra'],
    ])
    expect(columns.map(({ name }) => name)).toEqual(['Karte', 'Ki', 'Rest'])
  })

  test('without a header the columns have no names and no row is taken for one', () => {
    const { mapping, columns } = guessMapping(text, { whole: true, layout: { ...layout, skipLines: 2, hasHeader: false } })
    expect(mapping).toMatchObject({ skipLines: 2, hasHeader: false, columns: [{ to: 'iccid' }, { to: 'k' }, { to: 'extra' }] })
    expect(mapping.columns.every(({ header }) => header === undefined)).toBe(true)
    expect(columns[0]?.samples).toEqual([testIccid(1), testIccid(2)])
  })

  test('columns that nobody can guess are left to the person', () =>
    expect(guessMapping('a;b\nc;d\n', { whole: true, layout: { ...layout, hasHeader: false } }).mapping.columns).toEqual([
      { to: 'extra' },
      { to: 'extra' },
    ]))

  test('a delimiter that divides nothing is refused', () =>
    expect(() => guessMapping(text, { whole: true, layout: { ...layout, delimiter: '|', skipLines: 1 } })).toThrow(/No columns were found/))
})
