import { expect, test } from 'vitest'
import type { CsvMapping } from '@/lib/inventory/formats/mapping'
import { draftOf, lackingWords, type MappingDraft, mappingOfDraft, takenWords } from './mapping-draft'

const mapping: CsvMapping = {
  delimiter: ';',
  skipLines: 2,
  hasHeader: true,
  columns: [
    { header: 'Karte', to: 'iccid' },
    { header: 'eKI', to: 'k' },
    { header: 'KIC', to: 'otaKey', keyVersion: 1, keyId: 1, securityDomain: 'A000000151000000' },
    { header: 'Farbe', to: 'extra' },
  ],
  transport: { index: '11', fields: ['k', 'otaKey'] },
}
const draft = (change: Partial<MappingDraft> = {}): MappingDraft => ({ ...draftOf(mapping), ...change })
const problems = (change: Partial<MappingDraft>) => {
  const result = mappingOfDraft(draft(change))
  return 'problems' in result ? result.problems : undefined
}

test('a mapping comes out of its form as it went in', () => {
  expect(mappingOfDraft(draft())).toEqual({ mapping })
})

test('what is not a secret, or is in no column, is not said to be encrypted', () => {
  const columns = draft().columns.map(column => (column.header === 'KIC' ? { ...column, to: 'ignore' as const } : column))
  expect(mappingOfDraft(draft({ columns, sealed: ['iccid', 'k', 'otaKey'] }))).toMatchObject({
    mapping: { transport: { index: '11', fields: ['k'] } },
  })
  expect(mappingOfDraft(draft({ sealed: [] }))).not.toHaveProperty('mapping.transport')
})

test('the ICCID has a column, and no two columns mean the same', () => {
  const [iccid, k] = draft().columns
  if (!iccid || !k) throw new Error('the draft has columns')
  expect(problems({ columns: [k] })?.whole).toBe('Choose the column that has the ICCID.')
  expect(problems({ columns: [iccid, k, { ...k, header: 'again' }] })?.columns).toEqual(
    new Map([[2, 'Two columns have the same meaning.']]),
  )
})

test('what is typed wrong is said beside its field', () => {
  const columns = draft().columns.map(column => ({ ...column, keyId: 'x' }))
  expect(problems({ columns })?.columns.get(2)).toBe('Version and identifier are whole numbers from 1 to 127.')
  expect(problems({ columns: draft().columns.map(column => ({ ...column, securityDomain: 'A0' })) })?.columns.get(2)).toMatch(
    /5 to 16 octets/,
  )
  expect(problems({ transportIndex: ' ' })?.transportIndex).toMatch(/number/)
  expect(problems({ skipLines: '-1' })?.skipLines).toMatch(/whole number/)
})

test("a transport key's number is the same with and without leading zeros", () => {
  expect(mappingOfDraft(draft({ transportIndex: '011' }))).toEqual({ mapping })
})

test('it is said that no column brings what every subscriber needs', () => {
  expect(lackingWords(mapping.columns)).toBe('IMSI')
  expect(lackingWords([{ to: 'iccid' }])).toBe('IMSI or K')
  expect(lackingWords([{ to: 'imsi' }, { to: 'tuakK' }])).toBeUndefined()
})

test('what is taken from the file is said in words', () => {
  expect(takenWords(mapping.columns)).toBe('ICCID, K and OTA keys')
  expect(takenWords([{ to: 'iccid' }])).toBe('ICCID')
})
