import { z } from 'zod'
import { type Actor, requireMay } from '@/lib/accounts/actor'
import { audit } from '@/lib/accounts/audit'
import { perProcess } from '@/lib/db/per-process'
import { type Database, type Queryable, transaction } from '@/lib/db/pool'
import { readSetting, writeSetting } from '@/lib/db/setting-rows'
import { readPicture } from '@/lib/rsp/icon'

export const maxLogoBytes = 16 * 1_024
const maxLogoSide = 2_000

const printable = /^[^\p{Cc}]*$/u
const helpSchemes = /^(https?|mailto|tel):/i

/** A picture of no more than 16 kB that is what it says it is. Vector pictures may carry scripts, so there are none. */
const Logo = z.object({ type: z.enum(['png', 'jpg']), bytes: z.instanceof(Uint8Array) }).superRefine(({ type, bytes }, context) => {
  const refuse = (message: string) => context.addIssue({ code: 'custom', message })
  if (bytes.length > maxLogoBytes)
    return refuse(`The logo has ${bytes.length.toLocaleString('en-GB')} bytes; it may have ${maxLogoBytes.toLocaleString('en-GB')}.`)
  const picture = readPicture(bytes)
  if (!picture || picture.iconType !== type) return refuse('The logo is neither a whole PNG nor a whole JPEG.')
  if (Math.max(picture.width, picture.height) > maxLogoSide) return refuse(`The logo is larger than ${maxLogoSide} pixels on a side.`)
})

/** How the operator appears on the customer's page and in mails. */
export const Brand = z.object({
  /** What customers know the operator by; empty: the service provider's name of the profile's type stands in */
  name: z.string().trim().max(64, 'The name may have 64 characters.').regex(printable, 'The name is one line.'),
  colour: z
    .string()
    .regex(/^#[0-9a-f]{6}$/i, 'The colour is written as # and six hexadecimal digits, such as #1d4ed8.')
    .toLowerCase(),
  logo: Logo.optional(),
  helpUrl: z
    .string()
    .trim()
    .max(500, 'The address may have 500 characters.')
    .refine(text => helpSchemes.test(text) && URL.canParse(text), 'An address that begins with https://, mailto: or tel: is expected.')
    .optional(),
  /** Plain text */
  helpText: z
    .string()
    .trim()
    .max(500, 'The text may have 500 characters.')
    .regex(/^[^\p{Cc}]*(?:\r?\n[^\p{Cc}]*)*$/u, 'The text has control characters.')
    .optional(),
})
export type Brand = z.infer<typeof Brand>

export const defaultBrand: Brand = { name: '', colour: '#1d4ed8' }

/** As the setting keeps it */
const Stored = Brand.omit({ logo: true }).extend({ logo: z.object({ type: z.enum(['png', 'jpg']), base64: z.string() }).optional() })

const setting = 'brand'

/** The operator's brand; `defaultBrand` where none was set. */
export async function readBrand(db: Queryable): Promise<Brand> {
  const stored = Stored.safeParse((await readSetting(db, setting))?.value)
  if (!stored.success) return defaultBrand
  const { logo, ...brand } = stored.data
  return logo ? { ...brand, logo: { type: logo.type, bytes: Buffer.from(logo.base64, 'base64') } } : brand
}

/** @throws ZodError with a sentence for each field that is wrong, NotAllowed */
export async function writeBrand(db: Database, actor: Actor, input: Brand): Promise<void> {
  requireMay(actor, 'settings:write')
  const { logo, helpUrl, helpText, ...given } = Brand.parse(input)
  const brand = { ...given, ...(helpUrl ? { helpUrl } : {}), ...(helpText ? { helpText } : {}) }
  const stored = logo ? { ...brand, logo: { type: logo.type, base64: Buffer.from(logo.bytes).toString('base64') } } : brand
  await transaction(db, async tx => {
    await writeSetting(tx, setting, stored, actor.name)
    const detail = { ...brand, logo: logo ? `${logo.type}, ${logo.bytes.length} bytes` : 'none' }
    await audit(tx, actor, 'settings:write', { target: 'Brand of the customer’s page', detail })
  })
}

const keepMs = 5_000

interface Kept {
  brand: Brand
  until: number
}

/** The brand for pages that many open: read every few seconds, and kept while the database is away. */
export async function pageBrand(db: Queryable | undefined, now = performance.now()): Promise<Brand> {
  const kept = perProcess<{ last: Kept | undefined }>('page-brand', () => ({ last: undefined }))
  if (kept.last && now < kept.last.until) return kept.last.brand
  try {
    if (db) kept.last = { brand: await readBrand(db), until: now + keepMs }
  } catch {
    // The page that says so looks as it did.
  }
  return kept.last?.brand ?? defaultBrand
}
