import { expect, test } from '@playwright/test'
import { type Slipway, startSlipway } from './slipway'
import { axeProblems, signInFirstAdministrator } from './steps'

let slipway: Slipway
test.beforeAll(async () => {
  slipway = await startSlipway()
})
test.afterAll(() => slipway.stop())

test('a person sees how busy the server is, and the page follows by itself', async ({ page }) => {
  await signInFirstAdministrator(page, slipway)
  await page.getByRole('navigation').first().getByRole('link', { name: 'Health' }).click()
  await expect(page.getByRole('heading', { name: 'Health', exact: true })).toBeVisible()
  await expect(page.getByText('All is well.')).toBeVisible()
  await expect(page.getByText('In work now')).toBeVisible()

  const stranger = await fetch(`${slipway.portalUrl}/gsma/rsp2/es9plus/initiateAuthentication`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  })
  expect(stranger.status).toBe(200)
  const refused = page.getByRole('row', { name: /^Refused before they proved/ }).getByRole('cell')
  await expect(refused.last()).toHaveText('1')
  expect(await axeProblems(page)).toEqual([])
})

test('fits a phone held in one hand, in the dark', async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 })
  await page.emulateMedia({ colorScheme: 'dark' })
  await signInFirstAdministrator(page, slipway)
  await page.goto(`${slipway.portalUrl}/health`)
  await expect(page.getByRole('heading', { name: 'Database' })).toBeVisible()
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true)
  expect(await axeProblems(page)).toEqual([])
})

test('strangers are not told', async ({ request }) => {
  expect((await request.get(`${slipway.portalUrl}/api/health`)).status()).toBe(401)
})
