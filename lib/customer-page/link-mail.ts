import { type Language, momentWords } from './language'
import { TEXTS } from './texts/all'

export interface LinkMail {
  /** The operator's name; empty where nothing says it */
  brand: string
  url: string
  expiresAt?: Date
  /** Whether the phone will ask for one */
  confirmationCode: boolean
  /** Of the date; UTC when left out */
  timeZone?: string
}

/** The mail that brings a customer the link, in plain text. The link stands on a line of its own. */
export function linkMail(
  language: Language,
  { brand, url, expiresAt, confirmationCode, timeZone }: LinkMail,
): { subject: string; text: string } {
  const { mail, unnamed } = TEXTS[language]
  const name = brand.replace(/\p{Cc}+/gu, ' ').trim()
  const say = (words: string) =>
    words.replace(/\{(brand|date)\}/g, (_, piece) =>
      piece === 'brand' ? name : expiresAt ? momentWords(language, expiresAt, timeZone) : '',
    )
  const paragraphs = [
    mail.greeting,
    name ? say(mail.open) : unnamed.mailOpen,
    url,
    mail.otherScreen,
    mail.wifi,
    ...(expiresAt ? [say(mail.until)] : []),
    ...(confirmationCode ? [mail.confirmationCode] : []),
    mail.keepToYourself,
    ...(name ? [name] : []),
  ]
  return { subject: name ? say(mail.subject) : unnamed.mailSubject, text: `${paragraphs.join('\n\n')}\n` }
}
