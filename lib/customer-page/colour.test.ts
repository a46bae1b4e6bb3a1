import { expect, test } from 'vitest'
import { contrast, SURFACES, tonesOf } from './colour'

const levels = ['00', '33', '66', '99', 'cc', 'ff']
const everyColour = levels.flatMap(red => levels.flatMap(green => levels.map(blue => `#${red}${green}${blue}`)))

test.each(['light', 'dark'] as const)('whatever the colour is, everything on the %s page can be read', scheme => {
  const { page, card } = SURFACES[scheme]
  for (const colour of everyColour) {
    const { fill, onFill, ink, tint, glow } = tonesOf(colour, scheme)
    const least = Math.min(...[card, page, tint, glow].map(surface => contrast(ink, surface)))
    expect([colour, contrast(fill, onFill) >= 4.5, contrast(fill, card) >= 1.3, least >= 4.5]).toEqual([colour, true, true, true])
  }
})

test('a colour that reads well stays what it is', () => {
  expect(tonesOf('#1f5fbf', 'light')).toMatchObject({ fill: '#1f5fbf', onFill: '#ffffff', ink: '#1f5fbf' })
})

test('contrast is that of WCAG', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21)
  expect(contrast('#767676', '#ffffff')).toBeCloseTo(4.54, 2)
})

test('what is no colour becomes a calm blue', () => {
  expect(tonesOf('red;}body{display:none', 'light')).toEqual(tonesOf('#1f5fbf', 'light'))
})
