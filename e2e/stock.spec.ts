import { readFileSync } from 'node:fs'
import { expect, type Page, test } from '@playwright/test'
import { testIccid } from '../lib/rsp/testdata/personalised'
import { type Slipway, startSlipway } from './slipway'
import { axeProblems, deliveryOf, imsiOf, signInFirstAdministrator, stockType } from './steps'

const template = 'lib/rsp/testdata/profiles/TS48v4_SAIP2.1A_NoBERTLV.der'
const type = 'Prepaid'
const profiles = 130
const first = 500

const shown = (page: Page) => page.getByRole('navigation', { name: 'Pages' }).getByRole('status')
const bar = (page: Page) => page.getByRole('region', { name: 'Selected profiles' })
const task = (page: Page) => page.getByRole('region', { name: 'In the background' })

/** Selects everything that the view shows and does something with it, in the background. */
async function moveAll(page: Page, verb: 'Retire' | 'Bring back'): Promise<void> {
  await page.getByRole('checkbox', { name: /^Select all on this page/ }).check()
  await page.getByRole('button', { name: `Select all ${profiles} that fit` }).click()
  await bar(page)
    .getByRole('button', { name: `${verb} ${profiles} profiles…` })
    .click()
  await page
    .getByRole('alertdialog')
    .getByRole('button', { name: `${verb} ${profiles} profiles` })
    .click()
  await expect(task(page).getByText('Done', { exact: true })).toBeVisible()
}

let slipway: Slipway
test.beforeAll(async ({ browser }) => {
  slipway = await startSlipway()
  const page = await browser.newPage()
  await signInFirstAdministrator(page, slipway)
  await stockType(page, slipway, { name: type, template, delivery: deliveryOf(first, profiles) })
  await page.close()
})
test.afterAll(() => slipway.stop())

test('a person pages through the stock, there and back, and each view is a URL', async ({ page }) => {
  await signInFirstAdministrator(page, slipway)
  await page.goto(`${slipway.portalUrl}/profiles?sort=iccid`)
  await expect(shown(page)).toHaveText(`1–50 of ${profiles}`)
  await expect(page.getByRole('link', { name: testIccid(first) })).toBeVisible()
  await page.getByRole('button', { name: 'Next page' }).click()
  await expect(shown(page)).toHaveText(`51–100 of ${profiles}`)
  await page.getByRole('button', { name: 'Next page' }).click()
  await expect(shown(page)).toHaveText(`101–${profiles} of ${profiles}`)
  await page.reload()
  await expect(page.getByRole('link', { name: testIccid(first + profiles - 1) })).toBeVisible()
  await page.getByRole('button', { name: 'Previous page' }).click()
  await expect(shown(page)).toHaveText(`51–100 of ${profiles}`)
  await page.getByRole('button', { name: 'First page' }).click()
  await expect(shown(page)).toHaveText(`1–50 of ${profiles}`)

  await page.getByRole('button', { name: 'Columns' }).click()
  await page.getByRole('menuitemcheckbox', { name: 'IMSI' }).click()
  await page.keyboard.press('Escape')
  await expect(page).toHaveURL(/columns=[^&]*imsi/)
  await expect(page.getByText(imsiOf(first))).toBeVisible()
  await page.getByRole('searchbox').fill(imsiOf(first + 7))
  await expect(shown(page)).toHaveText('1 of 1')
  await page.getByRole('searchbox').press('Enter')
  await expect(page).toHaveURL(new RegExp(`/profiles/${testIccid(first + 7)}$`))
})

test('everything that fits is retired in the background and brought back, and a view is taken away as a file', async ({ page }) => {
  await signInFirstAdministrator(page, slipway)
  await page.goto(`${slipway.portalUrl}/profiles?state=Available&type=${type}`)
  await moveAll(page, 'Retire')
  await expect(page.getByText('No profile fits')).toBeVisible()
  await expect(task(page).getByText(`${profiles} profiles retired.`)).toBeVisible()
  expect(await axeProblems(page)).toEqual([])

  await page.goto(`${slipway.portalUrl}/profiles?state=Unavailable`)
  await moveAll(page, 'Bring back')
  await page.goto(`${slipway.portalUrl}/profiles?state=Available&columns=iccid,state,imsi`)
  await expect(shown(page)).toHaveText(`1–50 of ${profiles}`)
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'CSV' }).click()])
  const lines = readFileSync(await download.path(), 'utf8')
    .trimEnd()
    .split('\r\n')
  expect(lines.slice(0, 2)).toEqual(['iccid,state,imsi', `${testIccid(first)},Available,${imsiOf(first)}`])
  expect(lines.length).toBe(profiles + 1)
})

test('one profile is retired on its own page and brought back, without being asked twice', async ({ page }) => {
  await signInFirstAdministrator(page, slipway)
  await page.goto(`${slipway.portalUrl}/profiles/${testIccid(first + 3)}`)
  const state = page.locator('main header')
  await page.getByRole('button', { name: 'Retire' }).click()
  await expect(state.getByText('Unavailable', { exact: true })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Issue', exact: true })).toHaveCount(0)
  await page.getByRole('button', { name: 'Bring back into stock' }).click()
  await expect(state.getByText('Available', { exact: true })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Issue', exact: true })).toBeVisible()
})
