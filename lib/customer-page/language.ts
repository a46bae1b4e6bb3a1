/** Languages of the customer's page and mail, in the order of the switch. */
export const LANGUAGES = ['en', 'de', 'fr', 'es', 'zh', 'ar'] as const
export type Language = (typeof LANGUAGES)[number]

/** Each language in its own words. */
export const LANGUAGE_NAMES: Record<Language, string> = {
  en: 'English',
  de: 'Deutsch',
  fr: 'Français',
  es: 'Español',
  zh: '简体中文',
  ar: 'العربية',
}

/** Tags for `lang` and `hreflang`. */
export const LANGUAGE_TAGS: Record<Language, string> = { en: 'en', de: 'de', fr: 'fr', es: 'es', zh: 'zh-Hans', ar: 'ar' }

export const isLanguage = (text: unknown): text is Language => LANGUAGES.some(language => language === text)

export const directionOf = (language: Language): 'ltr' | 'rtl' => (language === 'ar' ? 'rtl' : 'ltr')

/**
 * The language to begin with: the order's, so that the page speaks like the mail; else the one that the browser likes best; else the
 * operator's first, else English. Only languages that the operator offers count.
 */
export function languageOf(
  acceptLanguage: string | undefined,
  orderLanguage?: string | null,
  brandLanguages: readonly Language[] = LANGUAGES,
): Language {
  const offered = brandLanguages.length > 0 ? brandLanguages : LANGUAGES
  const known = (text: string) => offered.find(language => language === text)
  const ordered = orderLanguage ? known(orderLanguage) : undefined
  if (ordered) return ordered
  for (const tag of preferences(acceptLanguage)) {
    const language = tag === '*' ? offered[0] : known(tag.split('-')[0] ?? '')
    if (language) return language
  }
  return known('en') && offered === LANGUAGES ? 'en' : (offered[0] ?? 'en')
}

/** RFC 9110 §12.5.4: tags in lower case, best first, those with weight 0 left out. */
function preferences(acceptLanguage = ''): string[] {
  return acceptLanguage
    .slice(0, 500)
    .toLowerCase()
    .split(',')
    .map(part => {
      const [tag = '', ...parameters] = part.split(';').map(piece => piece.trim())
      const weight = Number(parameters.find(parameter => parameter.startsWith('q='))?.slice(2) ?? 1)
      return { tag, weight: Number.isFinite(weight) ? weight : 0 }
    })
    .filter(({ tag, weight }) => tag !== '' && weight > 0)
    .sort((a, b) => b.weight - a.weight)
    .map(({ tag }) => tag)
}

// The EID's digits beside a date are Latin ones, so an Arabic date has them too; British order, for it reads alike everywhere.
const dateTags: Record<Language, string> = {
  en: 'en-GB',
  de: 'de',
  fr: 'fr',
  es: 'es',
  zh: 'zh-Hans',
  ar: 'ar-u-ca-gregory-nu-latn',
}

/** The tag that dates of a language are written with, here and in the browser. */
export const dateTag = (language: Language): string => dateTags[language]

/** A date in words: "3 May 2026". */
export const dateWords = (language: Language, date: Date, timeZone = 'UTC'): string =>
  new Intl.DateTimeFormat(dateTags[language], { dateStyle: 'long', timeZone }).format(date)

/** A moment in words, with the zone it is told in: "3 May 2026 at 22:30 UTC". */
export const momentWords = (language: Language, date: Date, timeZone = 'UTC'): string =>
  new Intl.DateTimeFormat(dateTags[language], {
    year: 'numeric',
    month: 'long',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
    timeZone,
  }).format(date)
