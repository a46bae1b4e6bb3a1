import { randomBytes } from 'node:crypto'
import { renderCustomerPage } from '@/lib/customer-page/customer-page'
import { type ClientHints, deviceOf } from '@/lib/customer-page/device'
import { isLanguage, languageOf } from '@/lib/customer-page/language'
import type { Situation } from '@/lib/customer-page/model'
import { customerPagePolicy } from '@/lib/customer-page/policy'
import type { Queryable } from '@/lib/db/pool'
import { pageBrand } from '@/lib/orders/brand'

/** What the browser says of itself and its reader. */
export interface Reader {
  header: (name: string) => string | undefined
  /** Chosen on the page */
  language: string | null
  /** The page's own address */
  url: string | undefined
}

/** What a page is made of. */
export interface PageFacts {
  situation: Situation
  /** Of the order */
  language?: string | null
  serviceProviderName?: string | null
}

function hintsOf(header: Reader['header']): ClientHints {
  const [platform, platformVersion, mobile] = [
    header('sec-ch-ua-platform'),
    header('sec-ch-ua-platform-version'),
    header('sec-ch-ua-mobile'),
  ]
  return { ...(platform ? { platform } : {}), ...(platformVersion ? { platformVersion } : {}), ...(mobile ? { mobile } : {}) }
}

/** The customer's page for whoever reads it, with the headers that belong to it. @param db undefined while it is not open */
export async function pageFor(
  { header, language, url }: Reader,
  db: Queryable | undefined,
  facts: PageFacts,
): Promise<{ headers: Record<string, string>; body: string }> {
  const nonce = randomBytes(16).toString('base64')
  const { serviceProviderName } = facts
  const model = { ...facts.situation, brand: await pageBrand(db), ...(serviceProviderName ? { serviceProviderName } : {}) }
  const body = renderCustomerPage(model, {
    language: isLanguage(language) ? language : languageOf(header('accept-language'), facts.language),
    device: deviceOf(header('user-agent'), hintsOf(header)),
    nonce,
    ...(url ? { url } : {}),
  })
  return { headers: { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': customerPagePolicy(nonce) }, body }
}
