import { execFileSync } from 'node:child_process'
import { expect, test } from '@playwright/test'
import { testIccid } from '../lib/rsp/testdata/personalised'
import { type Slipway, startSlipway } from './slipway'
import { axeProblems, deliveryOf, issue, SCREENS, signInFirstAdministrator, stockType } from './steps'

const template = 'lib/rsp/testdata/profiles/TS48v4_SAIP2.1A_NoBERTLV.der'
const first = 7_400

let slipway: Slipway
test.beforeAll(async () => {
  slipway = await startSlipway()
})
test.afterAll(() => slipway.stop())

test('the overview says where to begin, and then how downloads go', async ({ page }) => {
  await signInFirstAdministrator(page, slipway)
  await expect(page.getByRole('heading', { name: 'Overview' })).toBeVisible()
  await expect(page.getByText('No phone has asked for an eSIM in the last 30 days')).toBeVisible()
  await expect(page.getByRole('link', { name: 'Upload a file' })).toBeVisible()

  await stockType(page, slipway, { name: 'Look', template, delivery: deliveryOf(first, 3) })
  const phone = slipway.phone('first')
  await phone.download({ activationCode: await issue(page, slipway, testIccid(first)) })
  await phone.download({ activationCode: await issue(page, slipway, testIccid(first + 1)), accept: () => 'postpone' })
  // Counting follows the timeline by itself; this does not wait for it.
  execFileSync(process.execPath, ['scripts/cli.mjs', 'attempts', 'rebuild'], { env: { ...process.env, ...slipway.settings } })

  await page.getByRole('navigation').first().getByRole('link', { name: 'Overview' }).click()
  await expect(page.getByText('50.0%').first()).toBeVisible()
  await expect(page.getByText('The customer chose “later” when the phone showed the eSIM.')).toBeVisible()
  await expect(page.getByRole('img', { name: /^Attempts of the last 30 days by how they went: 2 attempts, 1 installation/ })).toBeVisible()
  await expect(page.locator('.recharts-bar-rectangle').first()).toBeVisible()
  await page.getByText('The same as a table').first().click()
  await expect(page.getByRole('table', { name: /^Attempts of the last 30 days/ }).getByRole('row')).toHaveCount(2)
  expect(await axeProblems(page)).toEqual([])

  await page.setViewportSize(SCREENS.phone)
  await page.emulateMedia({ colorScheme: 'dark' })
  await page.goto(`${slipway.portalUrl}/?days=90`)
  await expect(page.getByRole('img', { name: /^Attempts of the last 90 days/ })).toBeVisible()
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true)
  expect(await axeProblems(page)).toEqual([])
})
