import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { expect, type Page } from '@playwright/test'
import type { Slipway } from './slipway'

const email = 'ada@example.com'
const password = 'a calm harbour at dawn'

const known = new WeakSet<Slipway>()

/** Uses the link of the first start; the next times signs in with the password. */
export async function signInFirstAdministrator(page: Page, slipway: Slipway): Promise<void> {
  if (known.has(slipway)) {
    await page.goto(`${slipway.portalUrl}/sign-in`)
    await page.getByLabel('E-mail').fill(email)
    await page.getByLabel('Password', { exact: true }).fill(password)
    await page.getByRole('button', { name: 'Sign in' }).click()
  } else {
    await page.goto(slipway.firstAdministratorLink)
    await page.getByLabel('E-mail').fill(email)
    await page.getByLabel(/^Name/).fill('Ada')
    await page.getByLabel('Password', { exact: true }).fill(password)
    await page.getByRole('button', { name: /^Set the password/ }).click()
    known.add(slipway)
  }
  await expect(page.getByRole('navigation').first()).toBeVisible()
}

export async function upload(page: Page, slipway: Slipway, files: string[]): Promise<void> {
  await page.goto(`${slipway.portalUrl}/batches/upload`)
  await page.locator('input[type=file]').first().setInputFiles(files)
  await page.getByRole('button', { name: /^Upload \d/ }).click()
  await expect(page.getByRole('heading', { name: 'Report' })).toBeVisible()
}

/** Issues a code for a profile in stock and answers its text. */
export async function issue(page: Page, slipway: Slipway, iccid: string, confirmationCode?: string): Promise<string> {
  await page.goto(`${slipway.portalUrl}/profiles/${iccid}`)
  if (confirmationCode) await page.getByLabel(/^Confirmation code/).fill(confirmationCode)
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
    const run = (globalThis as unknown as { axe: { run(): Promise<{ violations: { id: string; nodes: { target: unknown }[] }[] }> } }).axe
      .run
    const { violations } = await run()
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(node => String(node.target)).join(', ')}`)
  })
}
