import type { Issued } from '@/lib/orders/issue'
import { CustomerEmail, OrderLanguage, SpacedEid } from '@/lib/orders/order-fields'
import { ConfirmationCode } from '@/lib/rsp/confirmation-code'
import { flag, option } from './command'
import { Expiry } from './expiry'
import { unlessNone } from './issue'
import type { Output } from './output'

/** What can be said of a customer's next order; what is not said is as with the order before. */
export const nextOrderOptions = {
  eid: option('EID', 'For this eUICC alone', SpacedEid),
  email: option('E-MAIL', 'The customer’s, in place of that of the order before', CustomerEmail),
  language: option('LANGUAGE', 'Of the customer’s page and mails, in place of that of the order before', OrderLanguage),
  'confirmation-code': option('CODE', 'The customer must type it', ConfirmationCode),
  'no-confirmation-code': flag('None, even where the type asks for one'),
  expires: option('TIME', 'Until when: 2026-12-31, 2026-12-31T18:00, 30d or 12h', Expiry(new Date())),
  'no-expires': flag('Without end, even where the type says how long'),
}

type Given = { [Name in keyof typeof nextOrderOptions]: ReturnType<(typeof nextOrderOptions)[Name]['read']> }

/** @throws UsageError */
export const nextOrderOf = ({ eid, email: customerEmail, language, expires, ...given }: Given) => ({
  eid,
  customerEmail,
  language,
  confirmationCode: unlessNone('confirmation-code', given['confirmation-code'], given['no-confirmation-code']),
  expiresAt: unlessNone('expires', expires, given['no-expires']),
})

/** The code and the page of an order that was made. */
export const toldOf = ({ iccid, matchingId, activationCode, page, confirmationCode }: Issued) => ({
  iccid,
  matchingId,
  activationCode,
  page,
  ...(confirmationCode ? { confirmationCode } : {}),
})

export const tellOrder = (out: Output, { activationCode, page, confirmationCode }: Issued): void =>
  out.facts([
    ['Activation code', activationCode],
    ['Confirmation code', confirmationCode],
    ['Customer’s page', page],
  ])
