import { z } from 'zod'

/** What a run's files are. */
export const DOCUMENT_KINDS = ['csv', 'zip', 'labels'] as const
export type DocumentKind = (typeof DOCUMENT_KINDS)[number]

/** THE table of what labels are printed on. */
export const LAYOUTS = {
  'a4-grid': 'A4 sheets of 24 labels, 63.5 × 33.9 mm',
  'letter-grid': 'Letter sheets of 30 labels, 1 × 2⅝ in',
  card: 'One page per card, with instructions (A5)',
} as const
export type Layout = keyof typeof LAYOUTS
export const LAYOUT_NAMES = Object.keys(LAYOUTS) as Layout[]

/** The letters of PDF's own fonts are Latin: labels in Chinese and Arabic would need fonts that are not carried along. */
export const LABEL_LANGUAGES = { en: 'English', de: 'Deutsch', fr: 'Français', es: 'Español' } as const
export type LabelLanguage = keyof typeof LABEL_LANGUAGES
export const LABEL_LANGUAGE_NAMES = Object.keys(LABEL_LANGUAGES) as LabelLanguage[]

/** To be shown where a language is chosen. */
export const labelLanguageHint =
  'Labels and cards are made in English, German, French and Spanish. Other letters in a name or reference are printed as question marks; the CSV keeps them.'

export const LabelOptions = z.object({
  layout: z.enum(LAYOUT_NAMES).default('a4-grid'),
  language: z.enum(LABEL_LANGUAGE_NAMES).default('en'),
})
export type LabelOptions = z.output<typeof LabelOptions>

/** A file to be made of a run. */
export const DocumentRequest = z.object({
  runId: z.uuid(),
  kind: z.enum(DOCUMENT_KINDS),
  options: LabelOptions.prefault({}),
})
export type DocumentRequest = z.output<typeof DocumentRequest>

export const MEDIA_TYPES: Record<DocumentKind, string> = {
  csv: 'text/csv; charset=utf-8',
  zip: 'application/zip',
  labels: 'application/pdf',
}

const ENDINGS: Record<DocumentKind, (options: LabelOptions) => string> = {
  csv: () => 'codes.csv',
  zip: () => 'codes.zip',
  labels: ({ layout }) => (layout === 'card' ? 'cards.pdf' : 'labels.pdf'),
}

/** "Summer campaign" gives "summer-campaign-labels.pdf". */
export function documentName(title: string, kind: DocumentKind, options: LabelOptions): string {
  const plain = title.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
  const name = plain
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60)
  return [name, ENDINGS[kind](options)].filter(Boolean).join('-')
}
