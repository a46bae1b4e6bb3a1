import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { luhnHolds } from '@/lib/rsp/identifiers'
import { craftPackage, craftUsim, element, fileElement, write } from '@/lib/rsp/saip/crafted-package'
import { opcFromOp } from '@/lib/rsp/saip/milenage'
import { personalise, prepareTemplate } from '@/lib/rsp/saip/personalise'
import { readPackage } from '@/lib/rsp/saip/read-package'
import { SubscriberValues } from '@/lib/rsp/saip/subscriber-values'
import { testIccid, withIccid } from '@/lib/rsp/testdata/personalised'
import { tlv } from '@/lib/rsp/tlv'
import type { BatchRow } from '../formats/row'
import { rowsOf, tableLines } from '../formats/testing/upload-file'
import { packageRow } from '../formats/zip-packages'
import { createDoctor, type DoctorOptions, FINDING_KINDS } from './doctor'

const profile = (name: string) => readFileSync(new URL(`../../rsp/testdata/profiles/${name}.der`, import.meta.url))
const ts48 = profile('TS48v5_SAIP2.3_BERTLV_SUCI')
const template = prepareTemplate(ts48)
const hexOf = (n: number, salt: number) =>
  [1, 2, 3, 4]
    .map(i => ((n * 2654435761 + salt * 40503 + i * 97531) >>> 0).toString(16).padStart(8, '0'))
    .join('')
    .toUpperCase()

const k = hexOf(1, 1)
const opc = hexOf(1, 2)
const otaKeys = (n: number) => [1, 2, 3].map(keyId => ({ keyVersion: 2, keyId, key: hexOf(n, 10 + keyId) }))

/** A row without a fault, number `n` of its batch. */
const row = (n: number, changes: Partial<BatchRow> = {}, without: (keyof BatchRow)[] = []): BatchRow => {
  const whole: BatchRow = {
    line: n + 1,
    iccid: testIccid(n),
    imsi: `00101${String(n).padStart(10, '0')}`,
    msisdn: `+4915${String(n).padStart(9, '0')}`,
    acc: (1 << (n % 10)).toString(16).padStart(4, '0'),
    smsp: '+491710760000',
    k: hexOf(n, 1),
    opc: hexOf(n, 2),
    pin1: `7${10 + (n % 90)}1`,
    pin2: `9${10 + (n % 90)}2`,
    puk1: String(10_000_000 + n),
    puk2: String(20_000_000 + n),
    adm1: String(30_000_000 + n),
    otaKeys: otaKeys(n),
    ...changes,
  }
  for (const name of without) delete whole[name]
  return whole
}

const checkAll = (rows: readonly BatchRow[], options: DoctorOptions = { template }) => {
  const doctor = createDoctor(options)
  const checked = rows.map(one => doctor.check(one))
  return { checked, findings: checked.flatMap(({ findings }) => findings), whole: doctor.whole() }
}
const findingsOf = (one: BatchRow, options?: DoctorOptions) => checkAll([one], options).findings
const told = (findings: readonly { kind: string; sentence: string }[]) => findings.map(({ kind, sentence }) => `${kind}: ${sentence}`)

const usimWithout = craftPackage({
  usim: craftUsim(tlv(0xa3, write('083901142143658709'))),
  elements: [akaParameter(1)],
})
const milenage = prepareTemplate(usimWithout)
const tuak = prepareTemplate(craftPackage({ header: { services: [1, 5] }, elements: [akaParameter(2)] }))

function akaParameter(algorithm: number): Buffer {
  const parts = [
    tlv(0x80, Buffer.of(algorithm)),
    tlv(0x81, Buffer.of(1)),
    tlv(0x82, Buffer.alloc(16)),
    tlv(0x83, Buffer.alloc(algorithm === 2 ? 32 : 16)),
  ]
  return element(0xa4, 50, tlv(0xa1, tlv(0xa1, ...parts)))
}

const luhnNumber = (body: string): string => [...'0123456789'].map(digit => body + digit).find(luhnHolds) ?? ''

describe('a clean row', () => {
  test('has no finding, and values that personalise the template', () => {
    const { checked, findings, whole } = checkAll(Array.from({ length: 50 }, (_, n) => row(n)))
    expect([...findings, ...whole]).toEqual([])
    for (const { values, iccid } of checked) {
      expect(values && SubscriberValues.parse(values)).toEqual(values)
      expect(values && readPackage(personalise(template, values)).iccid).toBe(iccid)
    }
  })

  test('is normalised: keys in capitals, ICCID without filler, the SMSP as number or record', () => {
    const [checked] = checkAll([row(1, { iccid: `${testIccid(1)}F`, k: k.toLowerCase(), smsp: 'FF'.repeat(42) })]).checked
    expect(checked?.values).toMatchObject({ iccid: testIccid(1), k, smsp: 'FF'.repeat(42) })
    expect(checked).toMatchObject({ iccid: testIccid(1), imsi: '001010000000001', msisdn: '+4915000000001' })
  })

  test('comes out of a file as the reader gives it', async () => {
    const { checked, findings } = checkAll(await rowsOf(tableLines(20).join('\n')))
    expect(findings).toEqual([])
    expect(checked.map(({ line }) => line)).toEqual(Array.from({ length: 20 }, (_, n) => n + 2))
  })
})

describe('every kind of fault in a row has its sentence', () => {
  const n = 1
  const own = testIccid(n)
  const broken = own.slice(0, -1) + ((Number(own.at(-1)) + 1) % 10)
  const twenty = [...'0123456789'].map(digit => own + digit)
  const cases: [kind: string, field: string | undefined, row: BatchRow, sentence: RegExp, options?: DoctorOptions][] = [
    ['iccid-missing', 'ICCID', row(n, {}, ['iccid']), /^Line 2 has no ICCID\.$/],
    ['iccid-format', 'ICCID', row(n, { iccid: '89000' }), /^The ICCID 89000 in line 2 has 5 digits; an ICCID has 19 or 20\.$/],
    ['iccid-format', 'ICCID', row(n, { iccid: `${own}0000` }), /has 23 digits/],
    [
      'iccid-format',
      'ICCID',
      row(n, { iccid: `${own.slice(0, 5)}O${own.slice(6)}` }),
      /^The ICCID in line 2 has other characters than digits\.$/,
    ],
    ['iccid-luhn', 'ICCID', row(n, { iccid: broken }), new RegExp(`^The check digit of the ICCID ${broken} in line 2 is wrong`)],
    ['iccid-check-digit', 'ICCID', row(n, { iccid: own.slice(0, 18) }), /has 18 digits; its check digit seems to be missing/],
    [
      'iccid-check-digit',
      'ICCID',
      row(n, { iccid: twenty.find(text => !luhnHolds(text)) ?? '' }),
      /has 20 digits, the last is no check digit/,
    ],
    ['iccid-prefix', 'ICCID', row(n, { iccid: luhnNumber('794944999999999016') }), /does not begin with 89/],
    [
      'iccid-range',
      'ICCID',
      row(n),
      /lies before the declared range\.$/,
      { template, declared: { firstIccid: testIccid(2), lastIccid: testIccid(9) } },
    ],
    [
      'iccid-range',
      'ICCID',
      row(20),
      /lies behind the declared range\.$/,
      { template, declared: { firstIccid: testIccid(2), lastIccid: testIccid(9) } },
    ],
    ['iccid-range', 'ICCID', row(20), /behind/, { template, declared: { lastIccid: `${testIccid(9).slice(0, 18)}` } }],
    ['imsi-format', 'IMSI', row(n, { imsi: '00101000000001' }, ['acc']), /^An IMSI has 15 digits; the IMSI in line 2 has 14 digits\.$/],
    ['value-missing', 'IMSI', row(n, {}, ['imsi', 'acc']), /^Line 2 has no IMSI\./],
    [
      'number-format',
      'MSISDN',
      row(n, { msisdn: '+49 171' }),
      /international form; the MSISDN in line 2 has 7 characters, not only digits/,
    ],
    ['number-national', 'MSISDN', row(n, { msisdn: '01711234567' }), /begins with 0/],
    ['number-national', 'SMSP', row(n, { smsp: '00491710760000' }), /begins with 0/],
    [
      'number-format',
      'SMSP',
      row(n, { smsp: 'FF'.repeat(20) }),
      /28 octets or more in hexadecimal; the SMSP in line 2 has 40 hexadecimal digits/,
    ],
    ['acc-format', 'ACC', row(n, { acc: '1' }), /4 hexadecimal digits; the ACC in line 2 has 1 digit\.$/],
    ['acc-class', 'ACC', row(n, { acc: '0001' }), /^The ACC in line 2 does not fit its IMSI, which ends in 1: 0002 would be usual\.$/],
    ['acc-class', 'ACC', row(n, { acc: '0000' }), /does not fit/],
    ['acc-class', 'ACC', row(n, { acc: '0003' }), /does not fit/],
    [
      'key-format',
      'K',
      row(n, { k: k.slice(1) }),
      /^K has 32 hexadecimal digits, or 64 with TUAK; the K in line 2 has 31 hexadecimal digits\.$/,
    ],
    ['key-format', 'OPc', row(n, { opc: `${opc}00` }), /OPc has 32/],
    ['key-format', 'OP', row(n, { op: 'zz' }, ['opc']), /OP has 32/],
    ['key-format', 'TOPc', row(n, { topc: k }, ['opc']), /TOPc has 64/],
    ['key-format', 'TUAK K', row(n, { tuakK: 'AB', topc: k + opc }, ['opc', 'k']), /A TUAK K has 32 or 64/],
    ['key-format', 'OTA key 2/1', row(n, { otaKeys: [{ keyVersion: 2, keyId: 1, key: 'AB' }] }), /OTA key 2\/1 in line 2 has 2/],
    [
      'key-contradiction',
      'OTA key 2/1',
      row(n, { otaKeys: [1, 1].map(keyId => ({ keyVersion: 2, keyId, key: opc })) }),
      /has OTA key 2\/1 twice/,
    ],
    ['key-contradiction', 'OPc', row(n, { op: hexOf(1, 9) }), /not the one that follows from its OP and K/],
    ['key-contradiction', 'TOPc', row(n, { topc: k + opc }), /TOPc belongs to TUAK, OPc and OP to Milenage/],
    ['key-contradiction', 'TUAK K', row(n, { tuakK: hexOf(3, 3), topc: k + opc }, ['opc']), /two different keys/],
    ['key-contradiction', 'TUAK K', row(n, { tuakK: k }, ['k']), /TUAK needs TOPc/],
    ['value-missing', 'TOPc', row(n, { tuakK: k }, ['k', 'opc']), /no TOPc/],
    ['value-missing', 'K', row(n, {}, ['k']), /^Line 2 has OPc and no K/],
    ['value-missing', 'K', row(n, {}, ['k', 'opc']), /^Line 2 has no K\./],
    ['code-format', 'PIN1', row(n, { pin1: '123' }), /A PIN has 4 to 8 digits; the PIN1 in line 2 has 3 digits/],
    ['code-format', 'PUK2', row(n, { puk2: '1234567' }), /A PUK has 8 digits/],
    ['code-format', 'ADM1', row(n, { adm1: 'secret' }), /An ADM key/],
    ['weak-key', 'K', row(n, { k: '00'.repeat(16) }), /^The K in line 2 is one octet over and over\.$/],
    ['weak-key', 'K', row(n, { k: '000102030405060708090A0B0C0D0E0F' }), /counting sequence/],
    ['weak-key', 'K', row(n, { k: '465B5CE8B199B49FAA5F0A2EE238A6BC' }), /published test key/],
    ['weak-key', 'K', row(n, { k: `${'0'.repeat(28)}1234` }), /nearly all zeros/],
    ['weak-key', 'K', row(n, { k: 'DEADBEEF'.repeat(4) }), /repeats itself/],
    ['weak-key', 'K', row(n, { opc: k }), /one and the same/],
    [
      'weak-key',
      'OTA key 2/1',
      row(n, { otaKeys: [{ keyVersion: 2, keyId: 1, key: '0123456789ABCDEF'.repeat(2) }] }),
      /OTA key 2\/1 in line 2 repeats/,
    ],
    [
      'no-place',
      'OTA key 7/1',
      row(n, { otaKeys: [...otaKeys(n), { keyVersion: 7, keyId: 1, key: opc }] }),
      /^The OTA key 7\/1 in line 2 cannot be taken\. The template has no key 1 of version 7/,
    ],
    [
      'no-place',
      'SMSP',
      row(n, { smsp: 'FF'.repeat(60) }),
      /cannot be taken\. The SMS parameter record has 60 octets, in the template it has 42\./,
    ],
    ['no-place', 'PIN2', row(n, {}, ['pin1', 'puk1', 'puk2', 'adm1', 'otaKeys']), /The template has no PIN2/, { template: milenage }],
    ['no-place', 'TOPc', bare(n, { topc: k + opc }), /TOPc belongs to TUAK/, { template: milenage }],
    ['no-place', 'OPc', bare(n, { opc }), /OP and OPc belong to Milenage/, { template: tuak }],
    ['no-place', 'K', bare(n, { k: k + opc, opc }), /K has 16 octets with Milenage, this one has 32/, { template: milenage }],
    ['value-missing', 'OPc', bare(n, {}), /^Line 2 has no OPc\. Milenage needs OPc or OP with K\./, { template: milenage }],
    ['value-missing', 'TOPc', bare(n, {}), /TUAK needs TOPc/, { template: tuak }],
    ['no-template', undefined, row(n), /brings values and no package, and the profile type has no template/, {}],
    ['undecodable', undefined, row(n, { problems: [{ kind: 'undecodable', sentence: 'Line 2 has octets.' }] }), /^Line 2 has octets\.$/],
    [
      'scientific-notation',
      'ICCID',
      row(n, { problems: [{ kind: 'scientific-notation', field: 'iccid', sentence: 'Lost.' }] }, ['iccid']),
      /^Lost\.$/,
    ],
    [
      'scientific-notation',
      'K',
      row(n, { problems: [{ kind: 'scientific-notation', field: 'k', sentence: 'Lost.' }] }, ['k', 'opc']),
      /^Lost\.$/,
    ],
    ['column-count', undefined, { line: 2, cells: ['1', '2'], problems: [{ kind: 'column-count', sentence: 'Two.' }] }, /^Two\.$/],
    ['no-package', 'ICCID', row(n, { problems: [{ kind: 'no-package', field: 'iccid', sentence: 'None.' }] }), /^None\.$/, {}],
    ['package', undefined, packageRow(Buffer.from('nothing'), { line: 2, member: 'a.der' }), /^"a\.der" cannot be taken/, {}],
  ]

  test.each(cases)('%s of %s', (kind, field, one, sentence, options) => {
    const findings = findingsOf(one, options)
    expect(told(findings)).toHaveLength(1)
    const [finding] = findings
    expect(finding).toMatchObject({ line: one.line, kind, severity: FINDING_KINDS[kind]?.severity, ...(field ? { field } : {}) })
    expect(finding?.sentence).toMatch(sentence)
  })

  test('a row with an error has no values, one with a warning has them', () => {
    const [wrong] = checkAll([row(n, { pin1: '1' })]).checked
    const [warned] = checkAll([row(n, { acc: '0001' })]).checked
    expect(wrong?.values).toBeUndefined()
    expect(wrong).toMatchObject({ iccid: own, imsi: '001010000000001' })
    expect(warned?.values).toMatchObject({ acc: '0001' })
  })

  test('all faults of a row are told', () => {
    const findings = findingsOf(row(n, { iccid: '1', imsi: '2', k: '3', pin1: '4', puk1: '5', adm1: '6' }))
    expect(findings.map(({ field }) => field)).toEqual(['ICCID', 'IMSI', 'K', 'PIN1', 'PUK1', 'ADM1'])
  })

  test('OPc and OP that fit each other are no contradiction; the profile keeps OPc', () => {
    const op = hexOf(4, 4)
    const fitting = opcFromOp(Buffer.from(k, 'hex'), Buffer.from(op, 'hex')).toString('hex').toUpperCase()
    const { checked, findings } = checkAll([row(n, { op, opc: fitting })])
    expect(findings).toEqual([])
    expect(checked[0]?.values).toMatchObject({ opc: fitting })
    expect(checked[0]?.values).not.toHaveProperty('op')
  })

  test('OP alone, TUAK keys and a 20-digit ICCID with a check digit are as good', () => {
    const iccid20 = luhnNumber('8949449999999990163')
    expect(findingsOf(row(n, { op: opc, iccid: iccid20 }, ['opc']))).toEqual([])
    const { checked, findings } = checkAll([bare(n, { tuakK: k + opc, topc: opc + k }, ['k'])], { template: tuak })
    expect(findings).toEqual([])
    expect(checked[0]?.values && personalise(tuak, checked[0].values)).toBeInstanceOf(Buffer)
  })

  test('a K of another row is found, at any distance', () => {
    const rows = Array.from({ length: 10_000 }, (_, index) => row(index))
    rows.push(row(10_000, { k: hexOf(17, 1) }))
    expect(told(checkAll(rows).findings)).toEqual(['repeated-key: The K in line 10001 is the one of line 18.'])
  })
})

/** A row with what a template without codes can take. */
function bare(n: number, changes: Partial<BatchRow>, without: (keyof BatchRow)[] = []): BatchRow {
  return row(n, changes, [
    'msisdn',
    'acc',
    'smsp',
    'pin1',
    'pin2',
    'puk1',
    'puk2',
    'adm1',
    'otaKeys',
    ...(['opc', 'k'] as const).filter(name => name === 'opc' && changes[name] === undefined),
    ...without,
  ])
}

describe('packages', () => {
  const upp = withIccid(ts48, testIccid(3))
  const read = packageRow(upp, { line: 4, member: 'three.der' })

  test('a good package has no finding and needs no template', () => {
    const { checked, findings } = checkAll([read], {})
    expect(findings).toEqual([])
    expect(checked[0]).toMatchObject({ line: 4, iccid: testIccid(3), imsi: '001010123456063', package: upp })
    expect(checked[0]?.values).toBeUndefined()
  })

  test('what is wrong or unusual in a package is found', () => {
    const wrongOrder = craftPackage({ elements: [fileElement(0xb6, 9, 9)] })
    const found = findingsOf(packageRow(wrongOrder, { line: 1 }), {})
    expect(found.map(({ kind }) => kind)).toContain('package-error')
    expect(found.find(({ kind }) => kind === 'package-error')?.sentence).toMatch(/opt-isim/)
    expect(findingsOf(packageRow(craftPackage({ header: { majorVersion: 7 } }), { line: 1 }), {})).toMatchObject([
      { kind: 'package-warning' },
    ])
  })

  test('the ICCID and the IMSI of a row are those of its package', () => {
    expect(told(findingsOf({ ...read, iccid: testIccid(4) }, {}))).toEqual([
      `iccid-package: The package of line 4 has the ICCID ${testIccid(3)}, not that of its row.`,
    ])
    expect(told(findingsOf({ ...read, imsi: '262010000000001' }, {}))).toEqual([
      'package-differs: The row of line 4 has the IMSI 262010000000001, its package has the IMSI 001010123456063.',
    ])
  })

  test('keys and codes of a row are those in its package', () => {
    const values = SubscriberValues.parse({
      iccid: testIccid(5),
      k,
      opc,
      pin1: '7788',
      puk1: '12121212',
      adm1: '90909090',
      otaKeys: otaKeys(5),
    })
    const own = packageRow(personalise(template, values), { line: 6 })
    const { iccid: _, ...given } = values
    const beside = (changes: Partial<BatchRow>) => findingsOf({ ...own, ...(given as Partial<BatchRow>), ...changes }, {})
    expect(beside({})).toEqual([])
    expect(beside({ k: opc }).map(({ field }) => field)).toEqual(['K'])
    expect(beside({ opc: k }).map(({ field }) => field)).toEqual(['OPc'])
    expect(beside({ puk1: '00000000' }).map(({ field }) => field)).toEqual(['PUK1'])
    expect(told(beside({ otaKeys: [{ keyVersion: 9, keyId: 1, key: k }] }))).toEqual([
      'package-differs: The OTA key 9/1 of line 6 has no place in its package.',
    ])
  })
})

describe('the batch as a whole', () => {
  const rows = (count: number, change: (n: number) => Partial<BatchRow> = () => ({})) =>
    Array.from({ length: count }, (_, n) => row(n, change(n)))
  const wholeOf = (all: readonly BatchRow[], options?: DoctorOptions) => told(checkAll(all, options).whole)

  test('tells another quantity than declared', () => {
    expect(wholeOf(rows(9), { template, declared: { quantity: 10 } })).toEqual([
      'quantity: 10 profiles were declared, the file has 9 rows.',
    ])
    expect(wholeOf(rows(10), { template, declared: { quantity: 10 } })).toEqual([])
  })

  test('tells the gaps between ICCIDs, in whatever order they come', () => {
    const some = rows(100)
      .filter((_, n) => n !== 10 && (n < 50 || n > 59))
      .reverse()
    expect(wholeOf(some)).toEqual([
      `iccid-gaps: 11 ICCIDs are missing from the row: 1 between ${testIccid(9)} and ${testIccid(11)}; 10 between ${testIccid(49)} and ${testIccid(60)}.`,
    ])
  })

  test('tells what is missing at the ends of the declared range', () => {
    const declared = { firstIccid: testIccid(0), lastIccid: `${testIccid(9)}F` }
    expect(wholeOf(rows(8).slice(2), { template, declared })).toEqual([
      `iccid-gaps: 4 ICCIDs are missing from the row: 2 before ${testIccid(2)}; 2 after ${testIccid(7)}.`,
    ])
  })

  test('tells several home networks, by the length of the MNC in the template', () => {
    expect(wholeOf(rows(5, n => (n === 3 ? { imsi: '262019999999993' } : {})))).toEqual([
      'mixed-networks: The IMSIs belong to several home networks, counted in rows: 00101 (4), 26201 (1).',
    ])
  })

  test('tells mixed kinds of keys', () => {
    expect(wholeOf([row(0), row(1, { op: opc }, ['opc'])])).toEqual([
      'mixed-keys: The rows do not bring the same kind of keys: 1 row with OPc, 1 row with OP.',
    ])
  })

  test('tells codes and OTA keys that are all alike, and PINs that are easily guessed', () => {
    expect(wholeOf(rows(3, () => ({ pin1: '0000', puk1: '48151623', otaKeys: otaKeys(0) })))).toEqual([
      'codes-alike: All 3 rows with PIN1 have the same, one that is easily guessed.',
      'codes-alike: All 3 rows with PUK1 have the same.',
      'ota-keys-alike: All 3 rows with OTA keys have the same ones: who learns them can manage every profile of the batch.',
    ])
    expect(wholeOf(rows(3, n => ({ pin2: n === 1 ? '4321' : `59${n}1` })))).toEqual([
      'simple-pins: 1 row has a PIN2 that is easily guessed: one digit over and over, or a counting sequence.',
    ])
  })

  test('one OP for all rows is as it should be, a published one is not', () => {
    const withOp = (op: string) => [row(0, { op }, ['opc']), row(1, { op }, ['opc'])]
    expect(wholeOf(withOp(hexOf(9, 9)))).toEqual([])
    expect(wholeOf(withOp('CDC202D5123E20F62B6D676AC72CB318'))).toEqual([
      'weak-operator-code: 2 rows have an OPc, OP or TOPc that is published, repeats itself or counts up; the first is line 1.',
    ])
  })

  test('tells when the USIM test algorithm of the template would be used', () => {
    expect(wholeOf([row(0, {}, ['opc'])])[0]).toMatch(/^test-algorithm: 1 row brings K without OPc or TOPc\./)
  })

  test('tells what stays as the template has it', () => {
    expect(wholeOf([row(0), row(1, {}, ['adm1', 'otaKeys'])])).toEqual([
      'template-values: 1 row brings no ADM1: these profiles keep what the template has, and have it in common.',
      'template-values: 1 row brings no OTA keys: these profiles keep what the template has, and have it in common.',
    ])
  })

  test('tells values that the template has no place for and that are no loss, and leaves them out', () => {
    const { checked, findings, whole } = checkAll(
      [bare(1, { opc, msisdn: '+4915112345678' })].map(one => ({ ...one, msisdn: '+4915112345678' })),
      {
        template: milenage,
      },
    )
    expect(findings).toEqual([])
    expect(told(whole)).toEqual(['unused-values: 1 row brings MSISDN, which goes into no profile. The template has no EF.MSISDN.'])
    expect(checked[0]?.msisdn).toBe('+4915112345678')
    expect(checked[0]?.values).not.toHaveProperty('msisdn')
  })

  test('tells each column that means nothing, once', () => {
    expect(wholeOf(rows(3, n => ({ extra: { Depot: 'x', ...(n ? { Note: 'y' } : {}) } })))).toEqual([
      'unused-column: The column "Depot" means no value of a profile: what 3 rows have in it is not used.',
      'unused-column: The column "Note" means no value of a profile: what 2 rows have in it is not used.',
    ])
  })

  test('does not quote a column name that is a value', () => {
    expect(wholeOf(rows(1, () => ({ extra: { [k]: opc } }))).join()).not.toContain(k)
  })
})

test('a secret in the column of an ICCID or ACC is not quoted', () => {
  const { findings } = checkAll([row(1, { iccid: '31415926', acc: '4711' }), row(2, { iccid: 'FEEDFACECAFEBEEF' })])
  expect(findings).toHaveLength(3)
  expect(JSON.stringify(findings)).not.toMatch(/31415926|4711|FEEDFACE/)
})

test('no sentence quotes a secret, whatever is wrong', () => {
  const canaries = {
    k: 'CAFEBABECAFEBABECAFEBABECAFEBABE',
    opc: 'CAFEBABECAFEBABECAFEBABECAFEBABE',
    pin1: '31415926',
    puk1: '271828',
    adm1: 'BADC0FFEE',
    pin2: '99999',
  }
  const ota = { keyVersion: 9, keyId: 1, key: 'FACEFEED' }
  const all = [row(1, { ...canaries, otaKeys: [ota] }), row(2, { ...canaries, otaKeys: [ota], tuakK: 'DABBAD00', op: '5EEDED' })]
  const { findings, whole } = checkAll(all)
  const text = JSON.stringify([findings, whole])
  for (const secret of [...Object.values(canaries), ota.key, 'DABBAD00', '5EEDED']) expect(text).not.toContain(secret)
})

test('checks clean rows by the thousand a second, however slow the machine', () => {
  const rows = Array.from({ length: 20_000 }, (_, n) => row(n))
  const doctor = createDoctor({ template })
  const startedAt = performance.now()
  for (const one of rows) doctor.check(one)
  const perSecond = rows.length / ((performance.now() - startedAt) / 1000)
  expect(perSecond).toBeGreaterThan(5_000)
})
