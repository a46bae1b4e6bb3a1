import { expect, type Page } from '@playwright/test'
import { Secret, TOTP } from 'otpauth'

/** An authenticator app and the recovery codes beside it. */
export interface Authenticator {
  /** Base32 */
  key: string
  recoveryCodes: string[]
}

/** What the app shows; `later` codes on, which the portal takes as well when its clock is a little behind. */
export const codeNow = (key: string, later = 0): string =>
  new TOTP({ secret: Secret.fromBase32(key) }).generate({ timestamp: Date.now() + later * 30_000 })

/** On the page that asks for a second factor: sets up an authenticator app. The page then shows the recovery codes. */
export async function setUpAuthenticator(page: Page): Promise<Authenticator> {
  await expect(page.getByRole('heading', { name: 'Set up your second factor' })).toBeVisible()
  await page.getByText('It cannot scan?').click()
  const key = ((await page.locator('details code').textContent()) ?? '').replaceAll(' ', '')
  await page.getByLabel('Code that the app shows').fill(codeNow(key))
  await page.getByRole('button', { name: 'Use this app' }).click()
  const codes = page.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem')
  await expect(codes).toHaveCount(10)
  return { key, recoveryCodes: (await codes.allTextContents()).map(code => code.trim()) }
}

/** The same, and on into the portal. */
export async function setUpSecondFactor(page: Page): Promise<Authenticator> {
  const authenticator = await setUpAuthenticator(page)
  await page.getByRole('button', { name: 'I have kept them, go on' }).click()
  await expect(page.getByRole('navigation').first()).toBeVisible()
  return authenticator
}
