import type { SentenceTone } from '../timeline/sentences'
import type { ActionName } from './actions'

/** Why an attempt went as it did, for an agent with the customer on the phone. */
export interface Explanation {
  /** What happened, to be read aloud. */
  sentence: string
  /** What to do now. */
  advice: string
  tone: SentenceTone
  /** In the order in which to try them; whether the role may is for the page to ask. */
  actions: ActionName[]
  /** Codes, for brackets at the end. */
  specialist?: string
}

/** All of it in one line, the codes in brackets at the end. */
export const sayAll = ({ sentence, advice, specialist }: Explanation): string =>
  [sentence, advice, ...(specialist ? [`(${specialist})`] : [])].join(' ')
