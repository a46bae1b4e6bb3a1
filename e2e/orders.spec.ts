import { readFileSync } from 'node:fs'
import { expect, type Page, test } from '@playwright/test'
import { testIccid } from '../lib/rsp/testdata/personalised'
import { type Slipway, startSlipway } from './slipway'
import { axeProblems, deliveryOf, signInFirstAdministrator, stockType } from './steps'

const template = 'lib/rsp/testdata/profiles/TS48v4_SAIP2.1A_NoBERTLV.der'
const type = 'Prepaid'
const first = 3_000
const profiles = 80
const eid = '89049032123451234512345678901235'
const otherEid = '89049032123451234512345678901332'

let slipway: Slipway
test.beforeAll(async ({ browser }) => {
  slipway = await startSlipway()
  const page = await browser.newPage()
  await signInFirstAdministrator(page, slipway)
  await stockType(page, slipway, { name: type, template, delivery: deliveryOf(first, profiles) })
  await page.close()
})
test.afterAll(() => slipway.stop())

const dialog = (page: Page) => page.getByRole('dialog')
const state = (page: Page) => page.locator('main header')

/** The list of a run's codes as it is downloaded: its lines, the heading first. */
async function listOf(page: Page): Promise<string[][]> {
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'CSV' }).click()])
  const text = readFileSync(await download.path(), 'utf8')
  return text
    .trimEnd()
    .split('\r\n')
    .map(line => line.split(','))
}

test('codes for many are issued in the background, taken with their confirmation codes once, and cancelled back into stock', async ({
  page,
}) => {
  await signInFirstAdministrator(page, slipway)
  await page.goto(`${slipway.portalUrl}/orders`)
  await page.getByRole('button', { name: 'Issue from stock…' }).click()
  await page.getByLabel('How many').fill('30')
  await page.getByLabel('Reference').fill('Shop Leeds')
  await page.getByLabel('Confirmation code', { exact: true }).selectOption('each')
  await page.getByRole('button', { name: 'Issue 30 codes' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(`Shop Leeds: 30 codes of ${type}`)

  await expect(page.getByText('Take the 30 confirmation codes now', { exact: false })).toBeVisible()
  const [heading = [], ...lines] = await listOf(page)
  expect(lines).toHaveLength(30)
  const at = heading.indexOf('confirmation_code')
  for (const line of lines) expect(line[at]).toMatch(/^\d{6}$/)
  expect(new Set(lines.map(line => line[heading.indexOf('matching_id')])).size).toBe(30)

  await page.getByRole('button', { name: /forget the codes/ }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Forget the codes' }).click()
  await expect(page.getByText(/The confirmation codes were forgotten/)).toBeVisible()
  for (const line of (await listOf(page)).slice(1)) expect(line[at]).toBe('')
  expect(await axeProblems(page)).toEqual([])

  await page.getByRole('button', { name: 'Cancel 30 orders…' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel 30 orders' }).click()
  await expect(page.getByText('30 orders cancelled.')).toBeVisible()
  await expect(page.getByText('None of these codes can be used any more', { exact: false })).toBeVisible()
  await page.goto(`${slipway.portalUrl}/profiles?state=Available`)
  await expect(page.getByRole('navigation', { name: 'Pages' }).getByRole('status')).toHaveText(`1–50 of ${profiles}`)
})

test('a file of pairs becomes orders for its devices; what is mistyped is left out; an order is found by its reference', async ({
  page,
}) => {
  await signInFirstAdministrator(page, slipway)
  await page.goto(`${slipway.portalUrl}/orders`)
  await page.getByRole('button', { name: 'Issue from a file…' }).click()
  const lines = [
    'ICCID;EID;Reference;E-mail',
    `${testIccid(first + 40)};${eid};CRM 40;ada@example.com`,
    `${testIccid(first + 41)};${otherEid};CRM 41;bob@example.com`,
    `${testIccid(first + 42)};${eid.slice(0, -1)}6;CRM 42;`,
  ]
  await page.getByLabel('Or paste the lines here').fill(lines.join('\n'))
  await page.getByRole('button', { name: 'Read these lines' }).click()
  await expect(dialog(page).getByText('2 pairs of ICCID and EID', { exact: false })).toBeVisible()
  await expect(dialog(page).getByText('1 line is left out.')).toBeVisible()
  await page.getByRole('button', { name: 'Issue 2 codes' }).click()
  await page.getByRole('button', { name: 'Mail 2 links…' }).click()
  await dialog(page).getByRole('button', { name: 'Mail 2 links' }).click()
  await expect(page.getByText('2 links mailed.')).toBeVisible()

  await page.goto(`${slipway.portalUrl}/orders`)
  await page.getByRole('searchbox', { name: 'Find an order' }).fill('CRM 41')
  await page.getByRole('searchbox', { name: 'Find an order' }).press('Enter')
  await page.getByRole('link', { name: testIccid(first + 41) }).click()
  await expect(page.getByText('bob@example.com').first()).toBeVisible()
  await expect(page.getByText(otherEid).first()).toBeVisible()
})

test('one profile is reserved for a device, gets its code later, goes to another device, and its link can be made anew', async ({
  page,
}) => {
  await signInFirstAdministrator(page, slipway)
  await page.goto(`${slipway.portalUrl}/profiles/${testIccid(first + 50)}`)
  await page.getByRole('button', { name: 'Reserve for a device…' }).click()
  await dialog(page)
    .getByLabel('EID')
    .fill(`${eid.slice(0, -1)}6`)
  await expect(dialog(page).getByText('one digit is mistyped', { exact: false })).toBeVisible()
  await dialog(page).getByLabel('EID').fill(eid)
  await page.getByRole('button', { name: 'Reserve', exact: true }).click()
  await expect(state(page).getByText('Linked', { exact: true })).toBeVisible()

  await page.getByText('Validity, tries, language').click()
  await page.getByLabel('Release later').check()
  await page.getByRole('button', { name: 'Issue', exact: true }).click()
  await expect(state(page).getByText('Confirmed', { exact: true })).toBeVisible()
  await page.getByRole('button', { name: 'Release', exact: true }).click()
  await expect(state(page).getByText('Released', { exact: true })).toBeVisible()

  await page.getByRole('button', { name: 'Another device…' }).click()
  await dialog(page).getByLabel('EID').fill(otherEid)
  await page.getByRole('button', { name: 'Bind to this device' }).click()
  await expect(page.getByText(otherEid).first()).toBeVisible()
  await page.getByRole('button', { name: 'Unbind…' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Unbind' }).click()
  await expect(page.getByText('The first one that uses it')).toBeVisible()

  const link = page.getByRole('link', { name: 'Open', exact: true })
  const old = (await link.getAttribute('href')) ?? ''
  await page.getByRole('button', { name: 'New link…' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Make a new link' }).click()
  await expect(link).not.toHaveAttribute('href', old)
  const pageOf = async (address: string) => (await page.request.get(address)).text()
  expect(await pageOf(old)).not.toContain('data-situation="ready"')
  expect(await pageOf((await link.getAttribute('href')) ?? '')).toContain('data-situation="ready"')
  await page.getByRole('button', { name: 'Revoke' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke' }).click()
  await expect(page.getByText('The link is dead.').first()).toBeVisible()
  expect(await axeProblems(page)).toEqual([])
})

test('a few are chosen in the table: issued together, and their orders cancelled', async ({ page }) => {
  await signInFirstAdministrator(page, slipway)
  await page.goto(`${slipway.portalUrl}/profiles?q=${testIccid(first + 60).slice(0, -2)}&state=Available`)
  const bar = page.getByRole('region', { name: 'Selected profiles' })
  await page
    .getByRole('checkbox', { name: /^Select profile / })
    .nth(0)
    .check()
  await bar.getByRole('button', { name: 'Issue 1 code…' }).click()
  await page.getByRole('button', { name: 'Issue 1 code', exact: true }).click()
  await expect(dialog(page).getByText('The code is issued.')).toBeVisible()
  await page.getByRole('button', { name: 'Close' }).click()

  await page.goto(`${slipway.portalUrl}/profiles?state=Released`)
  await page.getByRole('checkbox', { name: /^Select all on this page/ }).check()
  await bar.getByRole('button', { name: /^Cancel \d+ orders?…/ }).click()
  await page.getByRole('radio', { name: /^Out of use/ }).check()
  await page
    .getByRole('alertdialog')
    .getByRole('button', { name: /^Cancel \d+ orders?$/ })
    .click()
  await expect(page.getByText(/^\d orders? cancelled\.$/)).toBeVisible()
  await expect(page.getByText('No profile fits')).toBeVisible()
})
