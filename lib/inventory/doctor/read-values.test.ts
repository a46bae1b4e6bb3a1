import { describe, expect, test } from 'vitest'
import { SubscriberValues } from '@/lib/rsp/saip/subscriber-values'
import { testIccid } from '@/lib/rsp/testdata/personalised'
import type { BatchRow } from '../formats/row'
import type { RowFinding } from './findings'
import { readValues } from './read-values'

/** xorshift32: the same "random" numbers in every run. */
function numbersFrom(seed: number): (limit: number) => number {
  let state = seed
  return limit => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % limit
  }
}

const iccid = testIccid(1)
const hex = (below: (limit: number) => number, length: number) => Array.from({ length }, () => below(16).toString(16)).join('')
const digits = (below: (limit: number) => number, length: number) => Array.from({ length }, () => below(10)).join('')

function randomRow(below: (limit: number) => number): BatchRow {
  const maybe = (make: () => Partial<BatchRow>) => (below(3) > 0 ? make() : {})
  return {
    line: 1,
    ...maybe(() => ({ imsi: digits(below, 15) })),
    ...maybe(() => ({ msisdn: `${below(2) ? '+' : ''}${digits(below, 3 + below(13))}` })),
    ...maybe(() => ({ acc: hex(below, 4) })),
    ...maybe(() => ({ smsp: below(2) ? hex(below, 56 + 2 * below(5)) : `+${digits(below, 11)}` })),
    ...maybe(() => ({ k: hex(below, below(4) ? 32 : 64) })),
    ...(below(6) ? {} : { tuakK: hex(below, 32) }),
    ...(below(2) ? { opc: hex(below, 32) } : {}),
    ...(below(6) ? {} : { op: hex(below, 32) }),
    ...(below(6) ? {} : { topc: hex(below, 64) }),
    ...maybe(() => ({ pin1: digits(below, 4 + below(5)), pin2: '0000', puk1: digits(below, 8), puk2: digits(below, 8) })),
    ...maybe(() => ({ adm1: below(2) ? digits(below, 8) : hex(below, 16) })),
    ...maybe(() => ({
      otaKeys: [1, 2].map(keyId => ({
        keyVersion: below(8) ? 1 : 0x21,
        keyId: below(8) ? keyId : 1,
        key: hex(below, below(2) ? 32 : 48),
        ...(below(2) ? {} : { securityDomain: 'a000000151000000' }),
      })),
    })),
  }
}

const letters = '0123456789ABCDEFabcdefgzG +-.'

/** One value with a character more, one less, or another. */
function mutated(row: BatchRow, below: (limit: number) => number): BatchRow {
  const texts = Object.entries(row).filter((entry): entry is [keyof BatchRow & string, string] => typeof entry[1] === 'string')
  const character = letters[below(letters.length)] ?? '0'
  const change = (text: string) => {
    const at = below(text.length + 1)
    const kind = below(3)
    return text.slice(0, at) + (kind === 0 ? '' : character) + text.slice(kind === 1 ? at : at + 1)
  }
  const [key] = row.otaKeys ?? []
  if (key && below(4) === 0)
    return { ...row, otaKeys: [{ ...key, key: change(key.key), keyVersion: below(140) }, ...(row.otaKeys ?? []).slice(1)] }
  const [name, text] = texts[below(texts.length)] ?? ['imsi', '']
  const value = change(text)
  return value === '' ? row : { ...row, [name]: value }
}

/** The row as SubscriberValues takes it. */
function asValues({ smsp, k, tuakK, line: _, ...rest }: BatchRow): Record<string, unknown> {
  const isNumber = smsp !== undefined && /^\+?[0-9]+$/.test(smsp) && smsp.length < 28
  return {
    iccid,
    ...rest,
    ...(smsp === undefined ? {} : isNumber ? { smsc: smsp } : { smsp }),
    ...((k ?? tuakK) === undefined ? {} : { k: k ?? tuakK }),
  }
}

describe('readValues', () => {
  test('refuses what SubscriberValues refuses and gives the same values, over 20,000 mutated rows', () => {
    const below = numbersFrom(20_260_727)
    let right = 0
    let wrong = 0
    for (let n = 0; n < 20_000; n++) {
      const whole = randomRow(below)
      const row = below(3) ? mutated(whole, below) : whole
      const findings: RowFinding[] = []
      const { values } = readValues(row, findings)
      // Two keys and TUAK without TOPc are contradictions of columns, which values do not have; blanks in hexadecimal are dropped by the reader.
      if (row.tuakK !== undefined && (row.k !== undefined || row.topc === undefined)) continue
      if (/[ ]/.test(JSON.stringify(row))) continue
      const parsed = SubscriberValues.safeParse(asValues(row))
      expect([parsed.success, row], JSON.stringify(findings)).toEqual([findings.length === 0, row])
      if (parsed.success) {
        right++
        expect(same({ iccid, ...values })).toEqual(same(parsed.data))
      } else wrong++
    }
    expect(right).toBeGreaterThan(3000)
    expect(wrong).toBeGreaterThan(3000)
  })

  test('what it gives is taken by SubscriberValues as it is, whatever else is wrong with the row', () => {
    const below = numbersFrom(7)
    for (let n = 0; n < 5000; n++) {
      const findings: RowFinding[] = []
      const { values } = readValues(mutated(randomRow(below), below), findings)
      if (findings.length) continue
      expect(SubscriberValues.parse({ iccid, ...values })).toEqual({ iccid, ...values })
    }
  })

  test('no sentence quotes a secret', () => {
    const secrets = {
      k: 'C0FFEE',
      opc: 'DEADBEEFX',
      op: 'FACADE',
      topc: 'BADCAB',
      pin1: '481516X',
      puk1: '4815162',
      adm1: 'FEEDFACE',
      tuakK: 'DECADE',
    }
    const findings: RowFinding[] = []
    readValues({ line: 3, ...secrets, otaKeys: [{ keyVersion: 1, keyId: 1, key: 'BADC0DE' }] }, findings)
    expect(findings.length).toBeGreaterThanOrEqual(9)
    for (const { sentence } of findings) {
      expect(sentence).toMatch(/line 3/i)
      for (const secret of [...Object.values(secrets), 'BADC0DE']) expect(sentence).not.toContain(secret)
    }
  })
})

/** A lower-case ADM or SMS record is the same octets. */
const same = (values: object) => JSON.parse(JSON.stringify(values).replace(/"(adm1|smsp)":"([^"]*)"/g, text => text.toUpperCase()))
