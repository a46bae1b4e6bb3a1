type Rgb = readonly [red: number, green: number, blue: number]

const white: Rgb = [255, 255, 255]
const black: Rgb = [0, 0, 0]

/** For operators that have no colour of their own, and for what is none. */
const calmBlue: Rgb = [31, 95, 191]

function parse(colour: string): Rgb {
  const [, red, green, blue] = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(colour) ?? []
  return red && green && blue ? [Number.parseInt(red, 16), Number.parseInt(green, 16), Number.parseInt(blue, 16)] : calmBlue
}

const print = (rgb: Rgb): string => `#${rgb.map(part => Math.round(part).toString(16).padStart(2, '0')).join('')}`

const mix = (from: Rgb, to: Rgb, share: number): Rgb => [
  Math.round(from[0] + (to[0] - from[0]) * share),
  Math.round(from[1] + (to[1] - from[1]) * share),
  Math.round(from[2] + (to[2] - from[2]) * share),
]

/** WCAG 2.2, relative luminance. */
function luminance(rgb: Rgb): number {
  const [red, green, blue] = rgb.map(part => (part <= 10.31475 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4))
  return 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0)
}

function ratio(a: Rgb, b: Rgb): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y)
  return ((high ?? 0) + 0.05) / ((low ?? 0) + 0.05)
}

/** WCAG 2.2, contrast of two colours: 1 to 21. */
export const contrast = (a: string, b: string): number => ratio(parse(a), parse(b))

const isGrey = (rgb: Rgb): boolean => Math.max(...rgb) - Math.min(...rgb) < 24

/** The colour itself where it stands out enough from all of these, else the nearest shade that does. */
function standingOut(colour: Rgb, from: readonly Rgb[], least: number, towards: Rgb): Rgb {
  const standsOut = (shade: Rgb, by: number) => from.every(other => ratio(shade, other) >= by)
  if (standsOut(colour, least)) return colour
  // White or black turned to a middling grey would look switched off.
  const enough = isGrey(colour) ? 12 : least
  for (let share = 0.02; share < 1; share += 0.02) {
    const shade = mix(colour, towards, share)
    if (standsOut(shade, enough)) return shade
  }
  return towards
}

/** An operator's colour as it can be used in one scheme. */
export interface Tones {
  /** Of buttons; seen beside the card, which for their words alone would not be needed */
  fill: string
  /** Text on `fill`, at least 4.5 to 1 */
  onFill: string
  /** Text and signs, at least 4.5 to 1 on card, page and tint */
  ink: string
  /** A breath of the colour over the card */
  tint: string
  /** The same over the page */
  glow: string
}

/** Surfaces of the two schemes; style.ts has the other colours. */
export const SURFACES = { light: { page: '#f4f5f7', card: '#ffffff' }, dark: { page: '#0e1013', card: '#191c21' } } as const

const leastFill = { light: 1.3, dark: 2 }

/** What becomes of an operator's colour, whichever it is, so that nothing on the page is hard to read. */
export function tonesOf(colour: string, scheme: 'light' | 'dark'): Tones {
  const own = parse(colour)
  const [page, card] = [parse(SURFACES[scheme].page), parse(SURFACES[scheme].card)]
  const towards = scheme === 'light' ? black : white
  // A button is known by its words, so its colour may be as light as yellow on white, if it is seen at all.
  const fill = standingOut(own, [card], leastFill[scheme], towards)
  const share = scheme === 'light' ? 0.1 : 0.14
  const [tint, glow] = [mix(card, fill, share), mix(page, fill, share)]
  // Of black and white one always reaches 4.58 to 1.
  const onFill = ratio(fill, white) >= 4.5 ? white : black
  const ink = standingOut(own, [card, page, tint, glow], 4.5, towards)
  return { fill: print(fill), onFill: print(onFill), ink: print(ink), tint: print(tint), glow: print(glow) }
}
