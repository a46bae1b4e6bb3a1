import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type Browser, type Cookie, expect, type Page } from '@playwright/test'
import { testIccid } from '../lib/rsp/testdata/personalised'
import { setUpSecondFactor } from './second-factor'
import type { Slipway } from './slipway'

const email = 'ada@example.com'
const password = 'a calm harbour at dawn'

/** A file made in memory. */
export interface Upload {
  name: string
  mimeType: string
  buffer: Buffer
}

/** The sizes of screen on which staff work. */
export const SCREENS = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } } as const

/** Deployments whose first administrator has a second factor, and a session of theirs. */
const known = new WeakMap<Slipway, Cookie[]>()

/**
 * Uses the link of the first start, up to the second factor. The next times goes on with that session: a code opens once, and the next one
 * is half a minute away.
 */
export async function signInFirstAdministrator(page: Page, slipway: Slipway): Promise<void> {
  if (known.has(slipway)) {
    await resumeSession(page, slipway)
    await page.goto(slipway.portalUrl)
  } else {
    await page.goto(slipway.firstAdministratorLink)
    await page.getByLabel('E-mail').fill(email)
    await page.getByLabel(/^Name/).fill('Ada')
    await page.getByLabel('Password', { exact: true }).fill(password)
    await page.getByRole('button', { name: /^Set the password/ }).click()
    await setUpSecondFactor(page)
  }
  await expect(page.getByRole('navigation').first()).toBeVisible()
  await rememberSession(page, slipway)
}

/** Keeps the page's session as the one of the first administrator. */
export async function rememberSession(page: Page, slipway: Slipway): Promise<void> {
  known.set(slipway, await page.context().cookies())
}

/** Goes on with the session of the first administrator, who has signed in before in another browser. */
export async function resumeSession(page: Page, slipway: Slipway): Promise<void> {
  await page.context().addCookies(known.get(slipway) ?? [])
}

interface UploadChoices {
  type?: string
  vendor?: string
}

/** Uploads one file; the page is then that of its batch. */
export async function uploadFile(page: Page, slipway: Slipway, file: string | Upload, choices: UploadChoices = {}): Promise<void> {
  await page.goto(`${slipway.portalUrl}/batches/upload`)
  if (choices.type) await page.getByLabel('Type', { exact: true }).selectOption({ label: `${choices.type} (test)` })
  if (choices.vendor) await page.getByLabel(/^Vendor/).fill(choices.vendor)
  await page.locator('input[type=file]').first().setInputFiles(file)
  await page.getByRole('button', { name: 'Upload 1 file' }).click()
  await page.waitForURL(/\/batches\/\d+$/)
}

/** The IMSI that subscriber `n` of a delivery has. */
export const imsiOf = (n: number): string => `00101${String(n).padStart(10, '0')}`

const keyOf = (n: number, what: number): string =>
  Array.from({ length: 8 }, (_, i) => (((n * 7919 + what * 104_729 + i * 31) * 48_271) % 65_521).toString(16).padStart(4, '0')).join('')

/** A vendor's file of subscribers, from number `first` on. */
export function deliveryOf(first: number, count: number): Upload {
  const rows = Array.from({ length: count }, (_, i) => first + i).map(n => [testIccid(n), imsiOf(n), keyOf(n, 1), keyOf(n, 2)].join(','))
  return { name: 'delivery.csv', mimeType: 'text/csv', buffer: Buffer.from(['ICCID,IMSI,K,OPC', ...rows, ''].join('\r\n')) }
}

interface Stocked {
  name: string
  template: string
  delivery: Upload
}

/** A type with a template, and subscribers of a delivery in stock under it. */
export async function stockType(page: Page, slipway: Slipway, { name, template, delivery }: Stocked): Promise<void> {
  await makeType(page, slipway, name, template)
  await uploadFile(page, slipway, delivery, { type: name })
  await page.getByRole('button', { name: /^Check( again)?$/ }).click()
  await approve(page)
}

/** Approves the batch on the page as far as it can be, and follows it into stock. */
export async function approve(page: Page): Promise<void> {
  const all = page.getByRole('button', { name: /^Approve (it|all \S+)$/ })
  const good = page.getByRole('button', { name: /^Approve the / })
  await expect(all.or(good).first()).toBeVisible()
  if (await all.isVisible()) await all.click()
  else {
    await good.click()
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /^Approve the / })
      .click()
  }
  await expect(page.getByRole('heading', { name: /^In stock: / })).toBeVisible()
}

/** Packages become stock, each file a batch of its own; the page is then the list of the last one's profiles. */
export async function upload(page: Page, slipway: Slipway, files: string[]): Promise<void> {
  for (const file of files) {
    await uploadFile(page, slipway, file)
    await approve(page)
  }
  await page.getByRole('link', { name: 'See its profiles' }).click()
  await page.waitForURL(/\/profiles\?/)
}

/** Makes a profile type for tests, with a template if a file is named. */
export async function makeType(page: Page, slipway: Slipway, name: string, template?: string): Promise<void> {
  await page.goto(`${slipway.portalUrl}/types`)
  await page.getByRole('button', { name: 'New type' }).click()
  await page.getByLabel('Name', { exact: true }).fill(name)
  await page.getByRole('button', { name: 'Make type' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toContainText(name)
  if (!template) return
  await page.getByLabel('Template', { exact: true }).setInputFiles(template)
  await page.getByRole('button', { name: 'Use this template' }).click()
  await expect(page.getByText(/Packages are made from/)).toBeVisible()
}

/** Adds somebody to the portal and signs them in, in a browser of their own. */
export async function colleague(page: Page, slipway: Slipway, browser: Browser, email: string): Promise<Page> {
  await page.goto(`${slipway.portalUrl}/settings`)
  await page.getByRole('button', { name: 'Add a person' }).click()
  await page.getByLabel('E-mail address').fill(email)
  await page.getByRole('button', { name: 'Add and make a link' }).click()
  const link = (await page.getByText(/\/set-password\//).textContent()) ?? ''
  const theirs = await (await browser.newContext()).newPage()
  await theirs.goto(link)
  await theirs.getByLabel('Password', { exact: true }).fill(password)
  await theirs.getByRole('button', { name: /^Set the password/ }).click()
  await setUpSecondFactor(theirs)
  return theirs
}

interface OrderChoices {
  confirmationCode?: string
  reference?: string
  customerEmail?: string
}

/** Issues a code for a profile in stock and answers its text; the page is then that of the profile. */
export async function issue(page: Page, slipway: Slipway, iccid: string, choices: OrderChoices = {}): Promise<string> {
  await page.goto(`${slipway.portalUrl}/profiles/${iccid}`)
  if (choices.reference) await page.getByLabel(/^Reference/).fill(choices.reference)
  if (choices.customerEmail) await page.getByLabel(/^Customer’s e-mail/).fill(choices.customerEmail)
  if (choices.confirmationCode) {
    await page.getByLabel('Confirmation code', { exact: true }).selectOption({ label: 'This one' })
    await page.getByLabel('The code', { exact: true }).fill(choices.confirmationCode)
  }
  await page.getByRole('button', { name: 'Issue', exact: true }).click()
  const code = page.getByText(/^LPA:1\$/).first()
  await expect(code).toBeVisible()
  return (await code.textContent()) ?? ''
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Rules of axe that the page breaks, with the elements. */
export async function axeProblems(page: Page): Promise<string[]> {
  await page.evaluate(axe)
  return page.evaluate(async () => {
    // Colours on their way from one scheme to the other are not what a person looks at.
    for (const animation of document.getAnimations()) if (animation.effect?.getComputedTiming().endTime !== Infinity) animation.finish()
    const run = (globalThis as unknown as { axe: { run(): Promise<{ violations: { id: string; nodes: { target: unknown }[] }[] }> } }).axe
      .run
    const { violations } = await run()
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(node => String(node.target)).join(', ')}`)
  })
}
