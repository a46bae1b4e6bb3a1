import { bareEid } from '@/components/profile/eid-field'
import { emptyDraft, type OrderDraft } from '@/components/profile/order-draft'
import { isLanguage } from '@/lib/customer-page/language'

/** Whom the profile was handed out to, as its last order has it. */
export interface Customer {
  customerEmail: string | null
  reference: string | null
  language: string | null
}

/** A draft for the next order of a customer. */
export const draftFor = ({ customerEmail, language }: Customer): OrderDraft => ({
  ...emptyDraft,
  customerEmail: customerEmail ?? '',
  language: isLanguage(language) ? language : '',
})

/** The draft as the verbs for a new phone take it; the reference goes over by itself. */
export const nextInput = (draft: OrderDraft) => ({
  ...(draft.eid.trim() ? { eid: bareEid(draft.eid) } : {}),
  ...(draft.customerEmail.trim() ? { customerEmail: draft.customerEmail.trim() } : {}),
  ...(draft.language ? { language: draft.language } : {}),
  ...(draft.codeChoice === 'none' ? { confirmationCode: null } : {}),
  ...(draft.codeChoice === 'typed' ? { confirmationCode: draft.confirmationCode } : {}),
  ...(draft.expiresAt ? { expiresAt: new Date(draft.expiresAt) } : {}),
})
