import { expect, type Page, test } from '@playwright/test'
import { type Slipway, startSlipway } from './slipway'
import { deliveryOf, resumeSession, signInFirstAdministrator, stockType } from './steps'

const template = 'lib/rsp/testdata/profiles/TS48v4_SAIP2.1A_NoBERTLV.der'

let slipway: Slipway
test.beforeAll(async ({ browser }) => {
  slipway = await startSlipway()
  const page = await browser.newPage()
  await signInFirstAdministrator(page, slipway)
  await stockType(page, slipway, { name: 'Prepaid', template, delivery: deliveryOf(3_000, 10) })
  await page.close()
})
test.afterAll(() => slipway.stop())
test.beforeEach(({ page }) => resumeSession(page, slipway))

/** Holds the page's actions back until `go`. @returns what they send */
async function holdActions(page: Page) {
  let go = () => {}
  const sent: string[] = []
  const free = new Promise<void>(resolve => {
    go = resolve
  })
  await page.route('**/*', async route => {
    const request = route.request()
    if (request.method() === 'POST' && request.headers()['next-action']) {
      sent.push(request.postData() ?? '')
      await free
    }
    await route.continue()
  })
  return { sent, go }
}

test('while a code is issued the dialog stays as it is, and the confirmation code that is shown is the one that was sent', async ({
  page,
}) => {
  await page.goto(`${slipway.portalUrl}/profiles`)
  await page.getByRole('button', { name: /Issue from stock/ }).click()
  await page.getByLabel('Confirmation code', { exact: true }).selectOption({ label: 'This one' })
  const typed = page.getByLabel('The code', { exact: true })
  await typed.fill('111111')
  const held = await holdActions(page)
  await typed.press('Enter')
  await expect(page.getByRole('button', { name: 'Issuing…' })).toBeDisabled()
  await expect(typed).toBeDisabled()
  await page.keyboard.press('Escape')
  held.go()
  await expect(page.getByRole('dialog')).toContainText('111111')
  await expect(page.getByRole('dialog')).toContainText('LPA:1$')
  expect(held.sent.filter(text => text.includes('111111'))).toHaveLength(1)
})

test('an answer that never comes is told, and nothing is said to have failed that may have been done', async ({ page }) => {
  await page.goto(`${slipway.portalUrl}/profiles`)
  await page.getByRole('button', { name: /Issue from stock/ }).click()
  await page.route('**/*', route => (route.request().method() === 'POST' ? route.abort() : route.continue()))
  await page.getByRole('button', { name: 'Issue 1 code' }).click()
  await expect(page.getByRole('dialog').getByRole('alert')).toContainText('There was no answer.')
  await expect(page.getByRole('dialog').getByRole('alert')).not.toContainText('No code was issued.')
  await expect(page.getByRole('button', { name: 'Issue 1 code' })).toBeFocused()
  await page.getByRole('button', { name: 'Not now' }).click()

  await page.getByRole('checkbox', { name: /^Select all on this page/ }).check()
  await page.getByRole('button', { name: /^Retire \d+ profiles…/ }).click()
  await page.getByRole('button', { name: /^Retire \d+ profiles$/ }).click()
  await expect(page.getByRole('alert').filter({ hasText: 'The server did not answer' })).toBeVisible()
})
