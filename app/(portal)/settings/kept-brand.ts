import type { Brand } from '@/lib/orders/brand'
import type { BrandDraft } from './brand-draft'

/** The brand that is kept, as a person edits it. */
export const brandDraft = ({ name, colour, logo, helpUrl, helpText }: Brand): BrandDraft => ({
  name,
  colour,
  logo: logo ? { type: logo.type, base64: Buffer.from(logo.bytes).toString('base64') } : null,
  helpUrl: helpUrl ?? '',
  helpText: helpText ?? '',
})
