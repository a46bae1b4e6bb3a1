'use server'

import { z } from 'zod'
import { operatorAction } from '@/lib/action'
import { renderCustomerPage } from '@/lib/customer-page/customer-page'
import { LANGUAGES } from '@/lib/customer-page/language'
import type { Situation } from '@/lib/customer-page/model'
import { Brand, readBrand, writeBrand } from '@/lib/orders/brand'
import { formatActivationCode, qrText } from '@/lib/rsp/activation-code'
import type { BrandDraft } from './brand-draft'
import { brandDraft } from './kept-brand'
import { PREVIEW_DEVICES, PREVIEW_SITUATIONS, type PreviewSituation } from './preview-choices'

export const saveBrand = operatorAction('settings:write', Brand, async (brand, { db, actor }): Promise<BrandDraft> => {
  await writeBrand(db, actor, brand)
  return brandDraft(await readBrand(db))
})

const exampleMatchingId = 'EXAMPLE-K7Q2-M4XD-9HPR'
const dayMs = 86_400_000

function situationOf(situation: PreviewSituation, smdpAddress: string, now: Date): Situation {
  switch (situation) {
    case 'ready': {
      const code = { smdpAddress, matchingId: exampleMatchingId, confirmationCodeRequired: false }
      const activationCode = formatActivationCode(code)
      return { situation, ...code, activationCode, qrText: qrText(activationCode) }
    }
    case 'installed':
      return { situation, at: new Date(now.getTime() - dayMs), eidEnd: '4317', runtime: 'Enabled' }
    case 'usedUp':
      return { situation, reason: 'downloads' }
  }
}

const PreviewInput = z.object({
  brand: Brand,
  language: z.enum(LANGUAGES),
  device: z.enum(PREVIEW_DEVICES),
  situation: z.enum(PREVIEW_SITUATIONS),
})

/** A link would leave the frame that the preview stands in, and it may stand nowhere else. */
const withoutLinks = (html: string): string => html.replace(/(<a\b[^>]*?) href="[^"]*"/g, '$1 role="link" aria-disabled="true"')

/** The customer's page under a brand that is not saved yet, with a code that is none. */
export const previewPage = operatorAction(
  'settings:read',
  PreviewInput,
  async ({ brand, language, device, situation }, { env, now }): Promise<{ html: string }> => {
    const model = { ...situationOf(situation, env.smdpAddress, now), brand, serviceProviderName: 'Service provider of the type' }
    const told = { kind: device, oneTap: device !== 'desktop', ...(device === 'iphone' ? { version: { major: 26, minor: 0 } } : {}) }
    return { html: withoutLinks(renderCustomerPage(model, { language, device: told, nonce: 'preview', preview: true })) }
  },
)
