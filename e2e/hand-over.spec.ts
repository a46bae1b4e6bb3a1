import { readFile } from 'node:fs/promises'
import { expect, type Page, test } from '@playwright/test'
import { androidLink, appleLink } from '../lib/customer-page/install-links'
import { SHEETS } from '../lib/orders/documents/label-sheets'
import { qrText } from '../lib/rsp/activation-code'
import { testIccid } from '../lib/rsp/testdata/personalised'
import { unzip } from './archive'
import { headline, openAsCustomer } from './customer'
import { rasterise, readLabels } from './pdf'
import { readQr, readQrOffTheScreen } from './qr'
import { type Slipway, startSlipway } from './slipway'
import { axeProblems, deliveryOf, issue, resumeSession, SCREENS, signInFirstAdministrator, stockType } from './steps'

const template = 'lib/rsp/testdata/profiles/TS48v4_SAIP2.1A_NoBERTLV.der'
const type = 'Prepaid'
const many = 500
const first = 2_000

/** What is issued from stock is taken in the order of ICCIDs, and leaves the last two. */
const singles = { desktop: testIccid(first + 2 * many), phone: testIccid(first + 2 * many + 1) }

let slipway: Slipway
test.beforeAll(async ({ browser }) => {
  slipway = await startSlipway()
  const page = await browser.newPage()
  await signInFirstAdministrator(page, slipway)
  await stockType(page, slipway, { name: type, template, delivery: deliveryOf(first, 2 * many + 2) })
  await page.close()
})
test.afterAll(() => slipway.stop())
test.beforeEach(({ page }) => resumeSession(page, slipway))

async function downloaded(page: Page, press: () => Promise<void>): Promise<{ name: string; content: Buffer }> {
  const [download] = await Promise.all([page.waitForEvent('download'), press()])
  return { name: download.suggestedFilename(), content: await readFile(await download.path()) }
}

/** Has a file of the run made in the background, and takes it. */
async function madeFile(page: Page, what: string, ending: string): Promise<Buffer> {
  await page.getByRole('button', { name: `Make ${what}` }).click()
  const made = page
    .getByRole('region', { name: 'Files that were made' })
    .locator('div')
    .filter({ has: page.getByText(ending, { exact: false }) })
    .getByRole('link', { name: 'Download' })
    .last()
  const { name, content } = await downloaded(page, () => made.click())
  expect(name.endsWith(ending)).toBe(true)
  return content
}

for (const [screen, viewport] of Object.entries(SCREENS) as [keyof typeof SCREENS, typeof SCREENS.phone][]) {
  test.describe(`on a ${screen}`, () => {
    test.use({ viewport })

    test('a person issues 500 codes, follows them, and takes labels and pictures', async ({ page }) => {
      await page.goto(`${slipway.portalUrl}/orders`)
      await page.getByRole('button', { name: 'Issue from stock…' }).click()
      await page.getByLabel('Type', { exact: true }).selectOption({ label: `${type} (test)` })
      await page.getByLabel('How many').fill(String(many))
      await page.getByLabel(/^Reference/).fill(`Harbour festival, ${screen}`)
      await page.getByRole('button', { name: `Issue ${many} codes` }).click()
      await page.waitForURL(/\/orders\/runs\/[-0-9a-f]+$/)
      await page.evaluate(() => Object.assign(window, { untouched: true }))
      await expect(page.getByText(`${many} codes of ${type}, begun`)).toBeVisible()

      const { content: csv } = await downloaded(page, () => page.getByRole('link', { name: 'CSV' }).click())
      const rows = csv
        .toString()
        .trimEnd()
        .split('\r\n')
        .slice(1)
        .map(line => line.split(','))
      expect(rows.length).toBe(many)
      const codes = rows.map(([, activationCode = '']) => qrText(activationCode))
      expect(new Set(codes).size).toBe(many)

      const pdf = await madeFile(page, 'PDF', 'labels.pdf')
      const sheet = SHEETS['a4-grid']
      const perPage = sheet.columns * sheet.rows
      const lastPage = Math.ceil(many / perPage)
      const [first, last] = await rasterise(pdf, { pages: [1, lastPage] })
      if (!first || !last) throw new Error('The PDF has too few pages.')
      expect(readLabels(first, sheet)).toEqual(codes.slice(0, perPage))
      const left = codes.slice((lastPage - 1) * perPage)
      expect(readLabels(last, sheet)).toEqual([...left, ...Array.from({ length: perPage - left.length }, () => undefined)])

      const files = await unzip(await madeFile(page, 'ZIP', 'codes.zip'))
      expect(files.size).toBe(1 + 2 * many)
      expect(files.get('codes.csv')?.equals(csv)).toBe(true)
      for (const at of [0, many - 1]) {
        const iccid = rows[at]?.[0]
        expect(readQr(files.get(`${iccid}.png`) ?? Buffer.of())).toBe(codes[at])
        expect(files.get(`${iccid}.svg`)?.toString()).toContain('<svg')
      }
      expect(await page.evaluate(() => 'untouched' in window)).toBe(true)
      expect(await axeProblems(page)).toEqual([])
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true)
    })

    test('a customer gets a link by mail, opens it on three devices, installs, and the page follows', async ({ page, browser }) => {
      const iccid = singles[screen]
      const customerEmail = `grace.${screen}@example.com`
      const code = await issue(page, slipway, iccid, { customerEmail, reference: `Order ${screen}` })
      await page.getByRole('button', { name: 'Mail it…' }).click()
      const mail = page.getByRole('dialog', { name: 'Mail the link' })
      await expect(mail.getByLabel('To')).toHaveValue(customerEmail)
      await mail.getByRole('button', { name: 'Mail the link' }).click()
      await expect(page.getByText('The mail waits in the outbox')).toBeVisible()
      const timeline = page.locator('main ol')
      await expect(timeline.getByText(`was mailed to ${customerEmail}.`)).toBeVisible()

      const outbox = await page.context().newPage()
      await outbox.goto(`${slipway.portalUrl}/mail`)
      const written = outbox.getByRole('article').filter({ hasText: customerEmail })
      await written.getByText('What it says').click()
      const link = /https?:\/\/\S+\/e\/[\w-]+/.exec(await written.innerText())?.[0] ?? ''
      expect(slipway.printed()).not.toContain(link.split('/').at(-1))
      expect((await outbox.request.get(link)).status()).toBe(200)
      await outbox.close()

      const iphone = await openAsCustomer(browser, link, 'iphone')
      await expect(iphone.getByRole('link', { name: 'Install on this iPhone' })).toHaveAttribute('href', appleLink(code))
      const android = await openAsCustomer(browser, link, 'android')
      await expect(android.getByRole('link', { name: 'Install on this phone' })).toHaveAttribute('href', androidLink(code))
      const desktop = await openAsCustomer(browser, link, 'desktop')
      await expect(desktop.getByRole('heading', { name: 'Scan this code with your phone' })).toBeVisible()
      const scanned = await readQrOffTheScreen(desktop)
      expect(scanned).toBe(qrText(code))
      const customers = [iphone, android, desktop]

      await expect(page.getByText('Opened by a person').locator('..')).toContainText('Not yet')
      await iphone.getByText('Install it on another phone').tap()
      await expect(timeline.getByText('The customer opened their page.')).toBeVisible()
      await expect(page.getByText('Opened by a person').locator('..')).toContainText('Once')

      const phone = slipway.phone(`customer-${screen}`)
      const eidEnd = phone.euicc.eid.slice(-4)
      await phone.download({ activationCode: scanned ?? '', faults: { keepNotifications: true } })
      for (const customer of customers) {
        await expect(headline(customer)).toHaveText('Almost there')
        await expect(customer.getByText(`EID ending ${eidEnd}`)).toBeVisible()
      }
      await phone.sendNotifications()
      for (const customer of customers) {
        await expect(customer.getByText(new RegExp(`^Installed on a phone on .+, EID ending ${eidEnd}\\.`))).toBeVisible()
        expect(await customer.content()).not.toContain(code.split('$').at(2))
        await customer.context().close()
      }
      await expect(page.locator('main header').getByText('Installed', { exact: true })).toBeVisible()
    })
  })
}
