import { expect, test } from '@playwright/test'
import { testIccid } from '../lib/rsp/testdata/personalised'
import { type Slipway, startSlipway } from './slipway'
import { axeProblems, deliveryOf, issue, resumeSession, SCREENS, signInFirstAdministrator, stockType } from './steps'

const template = 'lib/rsp/testdata/profiles/TS48v4_SAIP2.1A_NoBERTLV.der'
const first = 7_400
const iccid = testIccid(first)

let slipway: Slipway
test.beforeAll(async ({ browser }) => {
  slipway = await startSlipway()
  const page = await browser.newPage()
  await signInFirstAdministrator(page, slipway)
  await stockType(page, slipway, { name: 'Named', template, delivery: deliveryOf(first, 1) })
  await page.close()
})
test.afterAll(() => slipway.stop())
test.beforeEach(({ page }) => resumeSession(page, slipway))

test('with a list of devices the support desk reads brand and model, and how downloads go on them', async ({ page }) => {
  await page.goto(`${slipway.portalUrl}/settings`)
  const list = Buffer.from('TAC;Manufacturer;Marketing Name\n35290611;Acme;Pocket One\n12;Acme;Nothing\n35290612;Acme;Pocket Two\n')
  await page.getByLabel('List of devices', { exact: true }).setInputFiles({ name: 'devices.csv', mimeType: 'text/csv', buffer: list })
  await expect(page.getByText('2 devices were loaded, 1 line could not be used.')).toBeVisible()
  await expect(page.getByText('A TAC has eight digits, this one has 2.')).toBeVisible()

  const code = await issue(page, slipway, iccid)
  await slipway.phone('named').download({ activationCode: code })
  await page.goto(`${slipway.portalUrl}/support/${iccid}`)
  await expect(page.getByText(/This eSIM was installed on the Acme Pocket One with the EID ending/)).toBeVisible()
  await page.getByRole('link', { name: 'How downloads go on it' }).click()
  await expect(page.getByRole('heading', { name: /Acme Pocket One/ })).toBeVisible()
  await page.goto(`${slipway.portalUrl}/support/devices`)
  await expect(page.getByRole('heading', { name: 'Devices' })).toBeVisible()
  expect(await axeProblems(page)).toEqual([])
  await page.setViewportSize(SCREENS.phone)
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true)
})
