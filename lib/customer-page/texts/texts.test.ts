import { expect, test } from 'vitest'
import { LANGUAGES } from '../language'
import { TEXTS } from './all'

/** Every text with its place, as `ready.title` or `scan.steps.0`. */
function leaves(value: unknown, place = ''): [place: string, text: string][] {
  if (typeof value === 'string') return [[place, value]]
  if (typeof value !== 'object' || value === null) throw new Error(`${place} is neither text nor group`)
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, place ? `${place}.${key}` : key))
}

const placeholders = (text: string) => [...new Set(text.match(/\{\w+\}/g))].sort()

test.each(LANGUAGES)('%s: no text is missing and none is empty', language => {
  const texts = leaves(TEXTS[language])
  expect(texts.map(([place]) => place)).toEqual(leaves(TEXTS.en).map(([place]) => place))
  expect(texts.filter(([, text]) => text.trim() === '')).toEqual([])
})

test.each(LANGUAGES)('%s: every text has the placeholders that the English one has', language => {
  const english = new Map(leaves(TEXTS.en))
  for (const [place, text] of leaves(TEXTS[language])) {
    expect([place, placeholders(text)]).toEqual([place, placeholders(english.get(place) ?? '')])
  }
})

test.each(LANGUAGES.filter(language => language !== 'en'))('%s: nothing was left in English', language => {
  const english = new Map(leaves(TEXTS.en))
  const alike = leaves(TEXTS[language]).filter(([place, text]) => english.get(place) === text)
  expect(alike.map(([place]) => place)).toEqual(alike.filter(([, text]) => text === 'Android').map(([place]) => place))
})

test.each(LANGUAGES)('%s: nobody is told that anything is invalid', language => {
  const reproach = /invalid|ungültig|unzulässig|invalide|non valide|inválid|no válid|erróne|无效|错误|غير صالح|خاطئ/i
  expect(leaves(TEXTS[language]).filter(([, text]) => reproach.test(text))).toEqual([])
})

test('each language writes in its own script', () => {
  for (const [, text] of leaves(TEXTS.zh)) expect(text).toMatch(/\p{Script=Han}|iPhone/u)
  for (const [, text] of leaves(TEXTS.ar)) expect(text).toMatch(/\p{Script=Arabic}|Android/u)
})
