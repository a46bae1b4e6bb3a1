import { expect, type Page, test } from '@playwright/test'
import { craftPackage } from '../lib/rsp/saip/crafted-package'
import { craftedPng } from '../lib/rsp/testdata/pictures'
import { type Slipway, startSlipway } from './slipway'
import { axeProblems, signInFirstAdministrator } from './steps'

const template = 'lib/rsp/testdata/profiles/TS48v5_SAIP2.3_BERTLV_SUCI.der'

let slipway: Slipway
test.beforeAll(async () => {
  slipway = await startSlipway()
})
test.afterAll(() => slipway.stop())

const picture = (name: string, side: number) => ({ name, mimeType: 'image/png', buffer: craftedPng(side, 64) })
const templateInput = (page: Page) => page.getByLabel('Template', { exact: true })

async function newType(page: Page, name: string): Promise<void> {
  await page.goto(`${slipway.portalUrl}/types`)
  await page.getByRole('button', { name: 'New type' }).click()
  await page.getByLabel('Name', { exact: true }).fill(name)
  await page.getByRole('button', { name: 'Make type' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toContainText(name)
}

async function save(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(page.getByText('Nothing has changed.')).toBeVisible()
}

test('a person describes what is sold, sees it as a phone shows it, and gives it a template', async ({ page }) => {
  await signInFirstAdministrator(page, slipway)
  await newType(page, 'Travel')

  const preview = page.getByRole('figure', { name: 'As a phone shows it' })
  await expect(preview.getByText('Profile name of the package').first()).toBeVisible()
  await page.getByLabel(/^Profile name/).fill('Travel 30 days')
  await page.getByLabel(/^Service provider name/).fill('Harbour Mobile')
  await expect(preview.getByText('Travel 30 days').first()).toBeVisible()
  await page.getByLabel(/^Icon/).setInputFiles(picture('wide.png', 65))
  await expect(page.getByText('The icon is 65 by 64 pixels; it must be 64 by 64.')).toBeVisible()
  await page.getByLabel(/^Icon/).setInputFiles(picture('icon.png', 64))
  await expect(preview.getByRole('img')).toHaveCount(2)
  await page.getByLabel('With a confirmation code').check()
  await page.getByLabel(/^Valid for days/).fill('soon')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(page.getByText('A whole number is needed.')).toBeVisible()
  await expect(page.getByLabel(/^Valid for days/)).toBeFocused()
  await page.getByLabel(/^Valid for days/).fill('30')
  await save(page)

  const broken = craftPackage({ header: { services: [1, 2, 4] } })
  await templateInput(page).setInputFiles({ name: 'broken.der', mimeType: 'application/octet-stream', buffer: broken })
  await expect(page.getByText('A device could not install packages of broken.der')).toBeVisible()
  await expect(page.getByText(/demands the service milenage/)).toBeVisible()
  await expect(page.getByRole('button', { name: 'Use this template' })).toHaveCount(0)
  await templateInput(page).setInputFiles(template)
  await expect(page.getByText(/can be the template/)).toBeVisible()
  await page.getByRole('button', { name: 'Use this template' }).click()
  await expect(page.getByText(/Packages are made from/)).toBeVisible()
  const usim = page.locator('summary').filter({ hasText: /^8USIM/ })
  await usim.focus()
  await page.keyboard.press('Enter')
  await expect(page.getByText('EF.IMSI').first()).toBeVisible()
  expect((await page.locator('main').innerText()).toLowerCase()).not.toContain('000102030405')

  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    for (const width of [1280, 390]) {
      await page.setViewportSize({ width, height: 900 })
      await page.reload()
      await expect(page.getByRole('heading', { level: 1 })).toContainText('Travel')
      expect(await axeProblems(page), `${colorScheme} ${width}`).toEqual([])
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true)
    }
  }
})

test('of two people who edit one type, the second is told and loses nothing', async ({ page, context }) => {
  await signInFirstAdministrator(page, slipway)
  await newType(page, 'Shared')
  const other = await context.newPage()
  await other.goto(page.url())
  await other.getByLabel(/^Profile name/).fill('Theirs')
  await save(other)

  await page.getByLabel(/^Profile name/).fill('Mine')
  await page.getByLabel(/^Download attempts/).fill('5')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(page.getByText('Somebody else has saved this type meanwhile.')).toBeVisible()
  await expect(page.getByText(/They changed profile name\. Where you both changed the same, yours stands/)).toBeVisible()
  await expect(page.getByLabel(/^Profile name/)).toHaveValue('Mine')
  await save(page)
  await other.reload()
  await expect(other.getByLabel(/^Profile name/)).toHaveValue('Mine')
  await expect(other.getByLabel(/^Download attempts/)).toHaveValue('5')
})
