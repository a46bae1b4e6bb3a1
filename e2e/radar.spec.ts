import { expect, test } from '@playwright/test'
import { testIccid } from '../lib/rsp/testdata/personalised'
import { type Slipway, startSlipway } from './slipway'
import { axeProblems, deliveryOf, issue, resumeSession, SCREENS, signInFirstAdministrator, stockType } from './steps'

const template = 'lib/rsp/testdata/profiles/TS48v4_SAIP2.1A_NoBERTLV.der'
const first = 7_100
const iccid = testIccid(first)

let slipway: Slipway
test.beforeAll(async ({ browser }) => {
  slipway = await startSlipway()
  const page = await browser.newPage()
  await signInFirstAdministrator(page, slipway)
  await stockType(page, slipway, { name: 'Radar', template, delivery: deliveryOf(first, 1) })
  await page.close()
})
test.afterAll(() => slipway.stop())
test.beforeEach(({ page }) => resumeSession(page, slipway))

test('a confirmation code that is nearly used up stands on the radar by itself; more tries are allowed where the radar leads', async ({
  page,
}) => {
  const code = await issue(page, slipway, iccid, { confirmationCode: '2468' })
  await page.goto(`${slipway.portalUrl}/support`)
  await page.getByRole('link', { name: 'Radar' }).click()
  await expect(page.getByText('Nothing that will become a call')).toBeVisible()
  expect(await axeProblems(page)).toEqual([])

  const phone = slipway.phone('forgetful')
  for (const confirmationCode of ['1111', '1112']) await phone.download({ activationCode: code, confirmationCode }).catch(() => undefined)
  // As when somebody comes back to the page: it does not wait for its next look.
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
  await expect(page.getByText(/1 try of 3 is left/)).toBeVisible()
  await page.getByRole('link', { name: /^1 Confirmation code nearly used up/ }).click()
  await page.waitForURL(/show=nearlyUsedUp/)
  expect(await axeProblems(page)).toEqual([])
  await page.setViewportSize(SCREENS.phone)
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true)
  await page.setViewportSize(SCREENS.desktop)

  await page.getByRole('link', { name: iccid }).click()
  await page.getByRole('link', { name: 'Allow more attempts' }).click()
  await page.getByRole('button', { name: 'More tries…' }).click()
  await expect(page.getByLabel('Confirmation code attempts')).toHaveValue('6')
  await page.getByRole('button', { name: 'Allow them' }).click()
  await expect(page.getByText('The code may be tried more often now.').first()).toBeVisible()
  await expect(page.getByText('2 of 6')).toBeVisible()
  await phone.download({ activationCode: code, confirmationCode: '2468' })
  await expect(page.getByText(/This eSIM was installed on a phone/)).toBeVisible()
})
