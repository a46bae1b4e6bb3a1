import { readFileSync } from 'node:fs'
import { expect, test } from '@playwright/test'
import { readQrOffTheScreen } from './qr'
import { type Slipway, startSlipway } from './slipway'
import { axeProblems, signInFirstAdministrator, upload, uploadFile } from './steps'

const ts48 = 'lib/rsp/testdata/profiles/TS48v3_SAIP2.3_BERTLV.der'
const iccid = '89000123456789012341'

let slipway: Slipway
test.beforeAll(async () => {
  slipway = await startSlipway()
})
test.afterAll(() => slipway.stop())

test('a person uploads a package and issues a code; a phone downloads it, and the page follows', async ({ page }) => {
  await signInFirstAdministrator(page, slipway)
  await upload(page, slipway, [ts48])
  await page.getByRole('link', { name: iccid }).click()

  await page.getByRole('button', { name: 'Issue', exact: true }).click()
  await expect(page.getByText('Released').first()).toBeVisible()
  await page.getByRole('img', { name: /^QR code/ }).scrollIntoViewIfNeeded()
  await expect.poll(() => readQrOffTheScreen(page)).toMatch(/^LPA:1\$/)
  const code = (await readQrOffTheScreen(page)) ?? ''
  // The host name in capitals keeps the QR code small.
  expect(code.split('$')[1]).toBe(slipway.smdpAddress.toUpperCase())

  await page.evaluate(() => Object.assign(window, { untouched: true }))
  const phone = slipway.phone('first')
  const outcome = await phone.download({ activationCode: code })
  expect(outcome.outcome).toBe('installed')

  await expect(page.getByRole('list').getByText('The device installed the profile.')).toBeVisible()
  await expect(page.locator('main header').getByText('Installed', { exact: true })).toBeVisible()
  expect(await page.evaluate(() => 'untouched' in window)).toBe(true)
  const installed = Buffer.from(phone.listProfiles()[0]?.profilePackage ?? '', 'base64')
  expect(installed.equals(readFileSync(ts48))).toBe(true)
})

test('the same package a second time is refused with the reason', async ({ page }) => {
  await signInFirstAdministrator(page, slipway)
  await uploadFile(page, slipway, ts48)
  await expect(page.getByRole('heading', { name: 'The one row cannot become stock.' })).toBeVisible()
  await expect(page.getByRole('cell', { name: new RegExp(`${iccid}.* is in stock already`) })).toBeVisible()
  await expect(page.getByRole('button', { name: /^Approve/ })).toHaveCount(0)
})

test('no page has an accessibility violation, light or dark, wide or narrow', async ({ page }) => {
  await signInFirstAdministrator(page, slipway)
  const rooms = ['/profiles', `/profiles/${iccid}`, '/orders', '/batches', '/batches/upload', '/types', '/settings']
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    for (const width of [1280, 390]) {
      await page.setViewportSize({ width, height: 900 })
      for (const room of rooms) {
        await page.goto(`${slipway.portalUrl}${room}`)
        await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
        expect(await axeProblems(page), `${room} ${colorScheme} ${width}`).toEqual([])
      }
    }
  }
})
