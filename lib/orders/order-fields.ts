import { z } from 'zod'
import { LANGUAGES } from '@/lib/customer-page/language'
import { Eid } from '@/lib/rsp/identifiers'

/** An EID with or without spaces and dashes; whether its check digits must hold is a setting, see eid-policy. */
export const SpacedEid = z
  .string()
  .transform(text => text.replace(/[\s-]/g, ''))
  .pipe(Eid)

const blankless = z.string().trim()

/** In small letters: mail servers tell no capitals apart, and one address is found by one spelling. */
export const CustomerEmail = blankless
  .toLowerCase()
  .pipe(z.email('This is no e-mail address.'))
  .refine(email => email.length <= 254, 'An e-mail address has at most 254 characters.')

/** The operator's own name of an order. */
export const Reference = blankless
  .pipe(z.string().min(1, 'A reference cannot be empty.').max(64, 'A reference has at most 64 characters.'))
  .refine(text => !/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(text), 'A reference has printable characters only.')

/** Of mails and the customer's page. */
export const OrderLanguage = z.enum(LANGUAGES, { error: `It is one of: ${LANGUAGES.join(', ')}.` })

/** Wrong confirmation codes after which an order ends. */
export const ConfirmationLimit = z.int('It is a whole number.').min(1, 'At least one try.').max(100, 'At most 100 tries.')

/** Whom an order is for. */
export const customerFields = {
  customerEmail: CustomerEmail.optional(),
  reference: Reference.optional(),
  language: OrderLanguage.optional(),
}
