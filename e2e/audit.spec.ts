import { readFileSync } from 'node:fs'
import { expect, type Page, test } from '@playwright/test'
import { type Slipway, startSlipway } from './slipway'
import { axeProblems, SCREENS, signInFirstAdministrator } from './steps'

let slipway: Slipway
test.beforeAll(async () => {
  slipway = await startSlipway()
})
test.afterAll(() => slipway.stop())

/** In both schemes, on a screen and on a phone. */
async function looksRight(page: Page): Promise<void> {
  for (const screen of [SCREENS.phone, SCREENS.desktop]) {
    await page.setViewportSize(screen)
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      expect(await axeProblems(page), `${screen.width} ${colorScheme}`).toEqual([])
      if (process.env.SHOTS)
        await page.screenshot({ path: `${process.env.SHOTS}/audit-${screen.width}-${colorScheme}.png`, fullPage: true })
    }
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), String(screen.width)).toBe(true)
  }
}

test('the audit is read, filtered, opened, verified and exported', async ({ page }) => {
  await signInFirstAdministrator(page, slipway)
  await page.getByRole('link', { name: 'Audit' }).first().click()
  await expect(page.getByRole('heading', { name: 'Audit', exact: true })).toBeVisible()
  const rows = page.getByRole('list', { name: 'Audit, newest first' }).locator('summary')
  await expect(rows.filter({ hasText: 'Set a password' })).toBeVisible()

  await rows.filter({ hasText: 'Set a password' }).click()
  await expect(page.getByText('account:set-password').first()).toBeVisible()
  await looksRight(page)

  await page.getByRole('button', { name: 'Verify now' }).click()
  await expect(page.getByText(/The chain holds: \d+ rows? (is|are) as sealed\./)).toBeVisible()
  await expect(page.getByText(/by ada@example\.com: it holds/)).toBeVisible()

  await page.getByLabel('What', { exact: true }).selectOption('account:set-password')
  await page.getByRole('button', { name: 'Show', exact: true }).click()
  await expect(page).toHaveURL(/\?what=account%3Aset-password$/)
  await expect(rows).toHaveCount(1)
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Export these as CSV' }).click()])
  expect(download.suggestedFilename()).toMatch(/^audit-.*\.csv$/)
  const lines = readFileSync(await download.path(), 'utf8')
    .trim()
    .split('\r\n')
  expect(lines).toEqual([
    'id,at,who,kind,what,target,result,address,detail',
    expect.stringContaining(',account:set-password,ada@example.com,ok,'),
  ])

  await page.getByLabel('Result').fill('nothing like it')
  await page.getByLabel('Result').press('Enter')
  await expect(page.getByText('Nothing was done that matches.')).toBeVisible()
  await page.getByRole('button', { name: 'Show all' }).click()
  await expect(rows.filter({ hasText: 'Export or verify the audit' }).first()).toBeVisible()
})
