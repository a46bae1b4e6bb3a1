import { expect, type Page, test } from '@playwright/test'
import { testIccid } from '../lib/rsp/testdata/personalised'
import { type Slipway, startSlipway } from './slipway'
import { axeProblems, deliveryOf, issue, resumeSession, SCREENS, signInFirstAdministrator, stockType } from './steps'

const template = 'lib/rsp/testdata/profiles/TS48v4_SAIP2.1A_NoBERTLV.der'
const first = 7_000
const iccid = testIccid(first)

let slipway: Slipway
test.beforeAll(async ({ browser }) => {
  slipway = await startSlipway()
  const page = await browser.newPage()
  await signInFirstAdministrator(page, slipway)
  await stockType(page, slipway, { name: 'Desk', template, delivery: deliveryOf(first, 3) })
  await page.close()
})
test.afterAll(() => slipway.stop())
test.beforeEach(({ page }) => resumeSession(page, slipway))

async function find(page: Page, text: string): Promise<void> {
  await page.goto(`${slipway.portalUrl}/support`)
  await page.getByLabel('What the customer reads out').fill(text)
  await page.getByRole('button', { name: 'Find' }).click()
}

test('an agent finds the eSIM by its last digits and reads live why the download failed', async ({ page }) => {
  const code = await issue(page, slipway, iccid)
  await find(page, iccid.slice(-6))
  await page.waitForURL(new RegExp(`/support/${iccid}$`))
  await expect(page.getByText('no phone has asked for it with this code')).toBeVisible()
  await expect(page.getByText('Live', { exact: true }).last()).toBeVisible()

  const phone = slipway.phone('impatient')
  await phone.download({ activationCode: code, accept: () => 'postpone' })
  await expect(page.getByText('The customer chose “later” when the phone showed the eSIM.').first()).toBeVisible()
  await expect(page.getByText('Let them scan again: the code still works.')).toBeVisible()
  await expect(page.getByRole('link', { name: 'Show the code' })).toBeVisible()
  expect(await axeProblems(page)).toEqual([])
  await page.setViewportSize(SCREENS.phone)
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true)
  await page.setViewportSize(SCREENS.desktop)

  await phone.download({ activationCode: code })
  await expect(page.getByText(/This eSIM was installed on a phone with the EID ending/)).toBeVisible()

  const installed = page.getByRole('listitem').filter({ hasText: 'The device installed the profile.' })
  await installed.getByText('Request and answer').click()
  await expect(installed.getByRole('definition').getByText('successResult')).toBeVisible()
  const fetched = page.getByRole('listitem').filter({ hasText: 'The device took the package.' })
  await fetched.getByText('Request and answer').click()
  await expect(fetched.getByRole('definition').getByText('Executed-Success')).toBeVisible()
  expect(await axeProblems(page)).toEqual([])
  await page.setViewportSize(SCREENS.phone)
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true)
})

test('several that fit are listed, and what fits nothing says what to ask for', async ({ page }) => {
  await find(page, iccid.slice(0, 12))
  await expect(page.getByRole('heading', { name: /What fits/ })).toBeVisible()
  expect(await axeProblems(page)).toEqual([])
  await find(page, 'NOTHING-LIKE-IT')
  await expect(page.getByText('Nothing fits')).toBeVisible()
  await find(page, 'LPA:1$other.example.net$ABCDE')
  await expect(page.getByText('This code names another server: other.example.net.')).toBeVisible()
})
