import { describe, expect, test } from 'vitest'
import { testIccid } from '@/lib/rsp/testdata/personalised'
import { readPairs } from './read-pairs'

const eids = ['89049032123451234512345678901235', '89999123000000000000000000004291', '89999123000000000000000000004388']
const [a, b, c] = eids
const iccid = (n: number) => testIccid(n)
const sentences = (file: string) => readPairs(file).problems.map(({ line, sentence }) => `${line}: ${sentence}`)

describe('a table of ICCIDs and EIDs', () => {
  test.each([',', ';', '\t', '|'])('is read with its columns in any order, by their names, separated by %j', separator => {
    const lines = [
      ['EID', 'Order reference', 'ICCID', 'E-Mail', 'Sprache', 'Notes'],
      [a, 'A 1', iccid(1), 'ada@example.com', 'de-DE', 'x@y'],
      [b, '', iccid(2), '', '', ''],
    ]
    expect(readPairs(lines.map(line => line.join(separator)).join('\r\n'))).toEqual({
      kind: 'pairs',
      problems: [],
      warnings: [],
      rows: [
        { line: 2, iccid: iccid(1), eid: a, reference: 'A 1', customerEmail: 'ada@example.com', language: 'de' },
        { line: 3, iccid: iccid(2), eid: b },
      ],
    })
  })

  test('without names tells an ICCID from an EID by its length, and an e-mail by its sign', () => {
    const { rows, problems } = readPairs(`${iccid(1)},${a}\n\n${b},${iccid(2)}F,ben@example.com\n`)
    expect(problems).toEqual([])
    expect(rows).toEqual([
      { line: 1, iccid: iccid(1), eid: a },
      { line: 3, iccid: iccid(2), eid: b, customerEmail: 'ben@example.com' },
    ])
  })

  test('may be of EIDs alone, or of ICCIDs alone, one a line', () => {
    expect(readPairs(`EID\n${a}\n${b}`)).toMatchObject({ kind: 'eids', rows: [{ eid: a }, { eid: b }] })
    expect(readPairs(`${a}\r\n${b}\r\n`)).toMatchObject({ kind: 'eids', rows: [{ line: 1 }, { line: 2 }] })
    expect(readPairs(`${iccid(1)}\n${iccid(2)}`)).toMatchObject({ kind: 'iccids', rows: [{ iccid: iccid(1) }, { iccid: iccid(2) }] })
  })

  test('is freed of blanks, dashes, quotes, byte order marks and what spreadsheets put around text', () => {
    const spaced = a?.replace(/(.{4})/g, '$1 ')
    const { rows } = readPairs(Buffer.from(`\ufeff"ICCID","EID"\r\n="${iccid(1)}","${spaced}"\r\n'${iccid(2)},${b}\r\n`))
    expect(rows).toEqual([
      { line: 2, iccid: iccid(1), eid: a },
      { line: 3, iccid: iccid(2), eid: b },
    ])
    expect(readPairs(Buffer.from(`\ufeffEID\n${c}\n`, 'utf16le')).rows).toEqual([{ line: 2, eid: c }])
  })

  test('has no identifier twice', () => {
    expect(sentences(`${iccid(1)},${a}\n${iccid(1)},${b}\n${iccid(2)},${a}`)).toEqual([
      `2: The ICCID ${iccid(1)} stands in line 1 already.`,
      `3: The EID ${a} stands in line 1 already.`,
    ])
  })

  test('says what is wrong with a row and reads the others', () => {
    const mistyped = a?.replace(/5$/, '6')
    const wrongIccid = iccid(1).replace(/.$/, digit => String((Number(digit) + 1) % 10))
    const file = [
      `${iccid(3)},${mistyped}`,
      `${wrongIccid},${a}`,
      '8.9049E+31',
      '12345',
      `${iccid(4)},hello`,
      `${iccid(5)},${iccid(6)}`,
      `${iccid(7)},${b}`,
    ].join('\n')
    expect(sentences(file)).toEqual([
      `1: The check digits of the EID ${mistyped} do not fit the rest: a digit is mistyped.`,
      `2: The check digit of the ICCID ${wrongIccid} does not fit: a digit is mistyped.`,
      '3: A spreadsheet has rounded “8.9049E+31”: save the column as text.',
      '4: “12345” has 5 digits: an ICCID has 18 to 20, an EID 32.',
      '5: “hello” is neither an ICCID nor an EID. Columns of other things need a first line with their names.',
      '6: There are two ICCIDs in this row.',
    ])
    expect(readPairs(file).rows).toEqual([{ line: 7, iccid: iccid(7), eid: b }])
    expect(sentences(`EID,Mail\n${a},nobody`)).toEqual(['2: “nobody”: This is no e-mail address.'])
    expect(sentences(`EID,Language\n${a},it`)).toEqual(['2: “it”: It is one of: en, de, fr, es, zh, ar.'])
    expect(sentences(`ICCID,EID,Reference\n,,X`)).toEqual(['2: There is neither an ICCID nor an EID in this row.'])
    for (const empty of ['', '\n\n', 'ICCID,EID\n']) expect(sentences(empty)).toEqual(['1: The file is empty.'])
  })

  test('in a test laboratory may have EIDs whose check digits do not hold: they are remarked on', () => {
    const mistyped = a?.replace(/5$/, '6')
    expect(readPairs(`${mistyped}`, 'warn')).toEqual({
      kind: 'eids',
      rows: [{ line: 1, eid: mistyped }],
      problems: [],
      warnings: [{ line: 1, sentence: `The check digits of the EID ${mistyped} do not fit.` }],
    })
  })

  test('has 20,000 rows at most', () => {
    const file = Array.from({ length: 20_002 }, (_, n) => testIccid(n)).join('\n')
    const { rows, problems } = readPairs(file)
    expect(rows).toHaveLength(20_000)
    expect(problems).toEqual([{ line: 20_001, sentence: 'The file has more than 20,000 rows. Divide it; from here on it was not read.' }])
  })
})
