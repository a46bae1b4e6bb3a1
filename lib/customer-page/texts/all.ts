import type { Language } from '../language'
import { ar } from './ar'
import { de } from './de'
import { en } from './en'
import { es } from './es'
import { fr } from './fr'
import type { Texts } from './texts'
import { zh } from './zh'

/** What the customer's page and its mail say, in every language. */
export const TEXTS: Record<Language, Texts> = { en, de, fr, es, zh, ar }
