import { expect, test } from 'vitest'
import { dateWords, languageOf } from './language'

test.each([
  ['the best that the browser asks for', 'de-CH,de;q=0.9,en;q=0.8', undefined, 'de'],
  ['weights, not places', 'en;q=0.5, ar-EG;q=0.9', undefined, 'ar'],
  ['Chinese of every region', 'zh-TW,zh;q=0.9', undefined, 'zh'],
  ['the next one when a language is not offered', 'nl-NL,nl;q=0.9,fr;q=0.4', undefined, 'fr'],
  ['nothing that is ruled out', 'de;q=0, es', undefined, 'es'],
  ['English for none of them', 'nl', undefined, 'en'],
  ['English without a header', undefined, undefined, 'en'],
  ['English for any', '*', undefined, 'en'],
  ["the order's language first", 'de', 'fr', 'fr'],
  ["the browser's when the order's is none of them", 'de', 'xx', 'de'],
  ['English for nonsense', ';;;q=,,-', undefined, 'en'],
] as const)('%s', (_name, header, order, language) => {
  expect(languageOf(header, order)).toBe(language)
})

test('only languages that the operator offers', () => {
  expect(languageOf('fr,de;q=0.5', 'fr', ['de', 'en'])).toBe('de')
  expect(languageOf('fr', undefined, ['de', 'en'])).toBe('de')
  expect(languageOf('fr', undefined, [])).toBe('fr')
})

test('dates are in words of the language, with digits like those of the EID', () => {
  const at = new Date('2026-05-03T22:30:00Z')
  expect(dateWords('en', at)).toBe('3 May 2026')
  expect(dateWords('de', at)).toBe('3. Mai 2026')
  expect(dateWords('fr', at)).toBe('3 mai 2026')
  expect(dateWords('es', at)).toBe('3 de mayo de 2026')
  expect(dateWords('zh', at)).toBe('2026年5月3日')
  expect(dateWords('ar', at)).toContain('مايو')
  expect(dateWords('ar', at)).toMatch(/2026/)
  expect(dateWords('de', at, 'Europe/Berlin')).toBe('4. Mai 2026')
})
