import jsQR from 'jsqr'
import { describe, expect, test } from 'vitest'
import { rasterise, readLabels, textOf } from '@/e2e/pdf'
import { formatActivationCode, qrText } from '@/lib/rsp/activation-code'
import { LABEL_LANGUAGE_NAMES, type LabelOptions } from './document-options'
import { inkOn } from './draw-card'
import type { Label, LabelBrand } from './label'
import { SHEETS } from './label-sheets'
import { LABEL_WORDS } from './label-words'
import { pdfOfLabels } from './pdf-of-labels'
import { pdfText } from './pdf-text'

const brand: LabelBrand = { name: 'Nordsee Mobil', colour: '#0b5394', helpUrl: 'https://help.example.com', helpText: 'Call 0800 123456' }
const createdAt = new Date('2026-05-03T09:00:00Z')

function label(n: number, change: Partial<Label> = {}): Label {
  const code = {
    smdpAddress: 'smdp.example.com',
    matchingId: `7Q2M9KX4T8PNE3VHC6RWB5ZJ${String(n).padStart(8, '0')}`,
    confirmationCodeRequired: false,
  }
  const activationCode = formatActivationCode(code)
  return {
    ...code,
    iccid: `8944000000000${String(n).padStart(7, '0')}`,
    activationCode,
    qrText: qrText(activationCode),
    state: 'Released',
    ...change,
  }
}

async function* labels(count: number, change: Partial<Label> = {}) {
  for (let n = 0; n < count; n++) yield label(n, change)
}

async function pdf(source: AsyncIterable<Label>, options: Partial<LabelOptions> & { brand?: LabelBrand } = {}): Promise<Buffer> {
  const chunks: Buffer[] = []
  const all = { layout: 'a4-grid', language: 'en', brand, title: 'Summer', createdAt, ...options } as const
  for await (const chunk of pdfOfLabels(source, all)) chunks.push(chunk)
  return Buffer.concat(chunks)
}

describe('sheets of labels', () => {
  test.each([
    ['a4-grid', 21, 24, { width: 595, height: 842 }],
    ['letter-grid', 17, 30, { width: 612, height: 792 }],
  ] as const)('500 on %s: every QR code of the first and the last page is read', async (layout, pages, perPage, paper) => {
    const file = await pdf(labels(500), { layout })
    expect(await textOf(file)).toHaveLength(pages)
    const [first, last] = await rasterise(file, { pages: [1, pages] })
    expect([Math.round((first?.width ?? 0) / 3), Math.round((first?.height ?? 0) / 3)]).toEqual([
      expect.closeTo(paper.width, -1),
      expect.closeTo(paper.height, -1),
    ])
    const onLast = 500 - (pages - 1) * perPage
    const expected = (from: number, count: number) =>
      Array.from({ length: perPage }, (_, i) => (i < count ? label(from + i).qrText : undefined))
    if (!first || !last) throw new Error('no pages')
    expect(readLabels(first, SHEETS[layout])).toEqual(expected(0, perPage))
    expect(readLabels(last, SHEETS[layout])).toEqual(expected(500 - onLast, onLast))
  })

  test('a label says ICCID, reference, confirmation code while it is kept, and validity', async () => {
    const change = {
      reference: 'ORDER-77',
      confirmationCode: '48213',
      confirmationCodeRequired: true,
      expiresAt: new Date('2026-06-01T12:00:00Z'),
    }
    const [text] = await textOf(await pdf(labels(1, change), { language: 'de' }))
    expect(text).toContain('8944 0000 0000 0000 0000')
    expect(text).toContain('ORDER-77')
    expect(text).toContain('48213')
    expect(text?.replace(/\s+/g, ' ')).toContain('Gültig bis 1. Juni 2026 um 12:00 UTC')
    const [without] = await textOf(await pdf(labels(1, { confirmationCodeRequired: true })))
    expect(without).toContain('Confirmation code needed')
  })

  test('the longest texts stay on their label', async () => {
    const long = 'W'.repeat(64)
    const change = { reference: long, confirmationCode: '1234567890', confirmationCodeRequired: true, expiresAt: createdAt }
    for (const layout of ['a4-grid', 'letter-grid'] as const) {
      const file = await pdf(labels(2, change), { layout, brand: { ...brand, name: long } })
      const [page] = await rasterise(file)
      if (!page) throw new Error('no page')
      expect(readLabels(page, SHEETS[layout]).slice(0, 2)).toEqual([label(0).qrText, label(1).qrText])
    }
  })

  test('none at all give an empty file that opens', async () => {
    expect(await textOf(await pdf(labels(0)))).toHaveLength(1)
  })
})

describe('cards', () => {
  test.each(LABEL_LANGUAGE_NAMES)('%s: one page each with code, instructions for both kinds of phone, and what to type', async language => {
    const change = {
      confirmationCode: '48213',
      confirmationCodeRequired: true,
      page: 'https://esim.example.com/e/abc',
      reference: 'A-1',
      expiresAt: createdAt,
    }
    const file = await pdf(labels(3, change), { layout: 'card', language })
    const texts = await textOf(file)
    expect(texts).toHaveLength(3)
    const words = LABEL_WORDS[language]
    const plain = (text: string) => text.replace(/\s+/g, ' ')
    for (const sentence of [
      words.title,
      words.iphone,
      words.android,
      words.confirmationCode,
      '48213',
      'smdp.example.com',
      label(2).matchingId,
    ]) {
      expect(plain(texts[2] ?? '')).toContain(plain(sentence))
    }
    const images = await rasterise(file)
    expect(images.map(({ data, width, height }) => jsQR(data, width, height)?.data)).toEqual([0, 1, 2].map(n => label(n).qrText))
  })

  test('a logo that cannot be read leaves the name, and the file sound', async () => {
    const broken = Buffer.from('89504e470d0a1a0a0000000d49484452000000100000001008060000001ff3ff61', 'hex')
    const [text] = await textOf(await pdf(labels(1), { layout: 'card', brand: { ...brand, logo: broken } }))
    expect(text).toContain('Nordsee Mobil')
  })
})

test('letters that the fonts lack become plain ones or question marks', () => {
  expect(pdfText('Łódź – “Žižkov” 100 €')).toBe('Lódz – “Žižkov” 100 €')
  expect(pdfText('中国 e\u0301\n\u0000x')).toBe('?? é ?x')
})

test('ink on the brand’s colour is the one that is read better', () => {
  expect([inkOn('#ffffff'), inkOn('#0b5394'), inkOn('#ffcc00')]).toEqual(['#000000', '#ffffff', '#000000'])
})

test('the same words in every language', () => {
  const keys = Object.keys(LABEL_WORDS.en)
  for (const words of Object.values(LABEL_WORDS)) expect(Object.keys(words)).toEqual(keys)
})
