import { readFileSync } from 'node:fs'
import { expect, type Page, test } from '@playwright/test'
import { readPackage } from '../lib/rsp/saip/read-package'
import { testIccid, withIccid } from '../lib/rsp/testdata/personalised'
import { type Slipway, startSlipway } from './slipway'
import { approve, axeProblems, colleague, issue, makeType, signInFirstAdministrator, type Upload, uploadFile } from './steps'

const template = 'lib/rsp/testdata/profiles/TS48v4_SAIP2.1A_NoBERTLV.der'
const vendor = 'Nordkarte'
const type = 'Prepaid'

/** Of subscriber `n`: 32 hexadecimal digits that are nobody else's and follow no pattern. */
const keyOf = (n: number, what: number): string => {
  let state = BigInt(n * 7919 + what * 104_729 + 1)
  let hex = ''
  while (hex.length < 32) {
    state = (state * 6_364_136_223_846_793_005n + 1_442_695_040_888_963_407n) % 2n ** 64n
    hex += ((state >> 33n) & 0xffffn).toString(16).padStart(4, '0')
  }
  return hex.toUpperCase()
}
const imsiOf = (n: number): string => `00101${String(n).padStart(10, '0')}`

/** A table as no two vendors make it alike: columns in an order and under names of its own, some of them nobody needs. */
const header = 'Los;Karten-Ref;Farbe;Teilnehmer;Geheim A;Geheim B'
const line = (n: number): string => ['LOS-7', testIccid(n), 'blau', imsiOf(n), keyOf(n, 1), keyOf(n, 2)].join(';')
const table = (lines: string[], name = 'lieferung.csv'): Upload => ({
  name,
  mimeType: 'text/csv',
  buffer: Buffer.from([header, ...lines, ''].join('\r\n')),
})
const rows = (from: number, count: number): string[] => Array.from({ length: count }, (_, i) => line(from + i))

const mean = (page: Page, column: string, meaning: string) => page.getByLabel(`What ${column} means`).selectOption({ label: meaning })
/** Says what the columns mean, whether or not it is remembered. */
async function meanAll(page: Page): Promise<void> {
  await mean(page, 'Teilnehmer', 'IMSI')
  await mean(page, 'Geheim A', 'K')
  await mean(page, 'Geheim B', 'OPc')
}
const check = (page: Page) => page.getByRole('button', { name: /^Check( again)?$/ }).click()
const verdict = (page: Page, words: string | RegExp) => expect(page.getByRole('heading', { name: words })).toBeVisible({ timeout: 60_000 })

/** In both schemes, on a screen and on a phone. */
async function looksRight(page: Page, what: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    for (const width of [1280, 390]) {
      await page.setViewportSize({ width, height: 900 })
      expect(await axeProblems(page), `${what} ${colorScheme} ${width}`).toEqual([])
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), `${what} ${width}`).toBe(true)
    }
  }
  await page.setViewportSize({ width: 1280, height: 900 })
}

let slipway: Slipway
test.beforeAll(async ({ browser }) => {
  slipway = await startSlipway()
  const page = await browser.newPage()
  await signInFirstAdministrator(page, slipway)
  await makeType(page, slipway, type, template)
  await page.close()
})
test.afterAll(() => slipway.stop())

test("a vendor's strange table becomes stock, and a phone gets a profile with its row's IMSI and K", async ({ page }) => {
  await signInFirstAdministrator(page, slipway)
  await page.goto(`${slipway.portalUrl}/batches`)
  await expect(page.getByText('No batches yet')).toBeVisible()
  await looksRight(page, 'no batches')

  const lines = rows(1, 12)
  const mistyped = line(5).replace(testIccid(5), testIccid(5).replace(/^8999/, '8998'))
  const short = line(9).replace(keyOf(9, 1), keyOf(9, 1).slice(2))
  lines[4] = mistyped
  lines[8] = short
  await uploadFile(page, slipway, table(lines), { type, vendor })
  await expect(page.getByLabel('What Karten-Ref means')).toHaveValue('iccid')
  await expect(page.getByText('32 hexadecimal digits').first()).toBeVisible()
  await expect(page.getByText(/every row would be refused/)).toBeVisible()
  await mean(page, 'Teilnehmer', 'IMSI')
  await mean(page, 'Geheim A', 'K')
  await mean(page, 'Geheim B', 'K')
  await check(page)
  await expect(page.getByText('Two columns have the same meaning.')).toBeVisible()
  await mean(page, 'Geheim B', 'OPc')
  await looksRight(page, 'mapping')
  await check(page)

  await verdict(page, '10 of 12 rows are good.')
  await expect(page.getByRole('cell', { name: /check digit of the ICCID/ })).toBeVisible()
  await expect(page.getByRole('cell', { name: /^Error: K has 32 hexadecimal digits/ })).toBeVisible()
  await page.getByRole('link', { name: /Malformed key/ }).click()
  await expect(page.getByRole('cell', { name: /check digit of the ICCID/ })).toHaveCount(0)
  expect(await page.locator('main').innerText()).not.toContain(keyOf(9, 1).slice(2))
  await looksRight(page, 'report')
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Download the faulty rows' }).click(),
  ])
  const faulty = readFileSync(await download.path(), 'utf8')
    .trimEnd()
    .split(/\r?\n/)
  expect(faulty).toHaveLength(3)
  expect(faulty[0]).toContain(`${header};reason`)
  for (const n of [5, 9]) for (const what of [1, 2]) expect(faulty.join()).not.toContain(keyOf(n, what).slice(2))
  await approve(page)
  await expect(page.getByRole('heading', { name: `In stock: 10 profiles of ${type}.` })).toBeVisible()
  await looksRight(page, 'approved')

  // What was right in them is kept: the person writes what was wrong, here the ICCID of one row and K of the other.
  const mended = faulty
    .join('\r\n')
    .replace(testIccid(5).replace(/^8999/, '8998'), testIccid(5))
    .replace(/kept:\d+:10/, keyOf(9, 1))
  const file = { name: download.suggestedFilename(), mimeType: 'text/csv', buffer: Buffer.from(mended) }
  await uploadFile(page, slipway, file, { type, vendor })
  await expect(page.getByText(`Read as the last file of ${vendor} was.`)).toBeVisible()
  await expect(page.getByLabel('What Geheim B means')).toHaveValue('opc')
  await check(page)
  await verdict(page, /^All 2 rows are good/)
  await approve(page)

  const activationCode = await issue(page, slipway, testIccid(9))
  const phone = slipway.phone('customer')
  expect((await phone.download({ activationCode })).outcome).toBe('installed')
  const installed = Buffer.from(phone.listProfiles()[0]?.profilePackage ?? '', 'base64')
  expect(readPackage(installed)).toMatchObject({ iccid: testIccid(9), imsi: imsiOf(9), errors: [] })
  expect(installed.includes(Buffer.from(keyOf(9, 1), 'hex'))).toBe(true)
  expect(installed.includes(Buffer.from(keyOf(9, 2), 'hex'))).toBe(true)
})

test('a single package is a batch of one: report, stock, and out of it again as long as nobody uses it', async ({ page }) => {
  await signInFirstAdministrator(page, slipway)
  const buffer = withIccid(readFileSync(template), testIccid(900))
  await uploadFile(page, slipway, { name: 'one.der', mimeType: 'application/octet-stream', buffer })
  await verdict(page, 'The row is good.')
  await approve(page)
  await page.getByRole('button', { name: 'Roll back…' }).click()
  await page.getByRole('button', { name: 'Roll back', exact: true }).click()
  await verdict(page, 'Taken out of stock again.')

  await uploadFile(page, slipway, { name: 'again.der', mimeType: 'application/octet-stream', buffer })
  await approve(page)
  const batch = page.url()
  await issue(page, slipway, testIccid(900))
  await page.goto(batch)
  await page.getByRole('button', { name: 'Roll back…' }).click()
  await page.getByRole('button', { name: 'Roll back', exact: true }).click()
  await expect(page.getByText('The batch stays in stock.')).toBeVisible()
  await expect(page.getByText(new RegExp(`The profile ${testIccid(900)} is Released`))).toBeVisible()
})

test('how a table is divided can be corrected', async ({ page }) => {
  await signInFirstAdministrator(page, slipway)
  const text = [
    'Lieferschein 12, Kunde A, Los 7',
    'Nr|Karte|Farbe|Kennung|Wert',
    ...rows(50, 4).map(row => row.split(';').slice(0, 5).join('|')),
    '',
  ]
  const file = { name: 'odd.txt', mimeType: 'text/plain', buffer: Buffer.from(text.join('\n')) }
  await uploadFile(page, slipway, file, { type })
  await page
    .getByText(/between the columns/)
    .first()
    .click()
  await page.getByLabel('Between the columns').selectOption({ label: 'Comma  ,' })
  await expect(page.getByLabel('What Kunde A means').or(page.getByText('The table cannot be read so.'))).toBeVisible()
  await page.getByLabel('Between the columns').selectOption({ label: 'Vertical bar  |' })
  await page.getByLabel('Lines before the table').fill('1')
  await expect(page.getByLabel('What Kennung means')).toBeVisible()
  await page.getByRole('button', { name: 'Discard' }).click()
  await page.getByRole('button', { name: 'Discard the batch' }).click()
  await verdict(page, 'Discarded: nothing of it became stock.')
})

test('a check goes on by itself, is seen by everybody, and can be cancelled and begun again', async ({ page, context }) => {
  await signInFirstAdministrator(page, slipway)
  await uploadFile(page, slipway, table(rows(100_000, 120_000), 'many.csv'), { type, vendor })
  await meanAll(page)
  await check(page)
  const progress = page.getByRole('progressbar', { name: 'Check of many.csv' })
  await expect(progress).toBeVisible()
  await page.reload()
  await expect(progress).toBeVisible()
  await expect(page.getByText(/rows, [\d,]+ a second/)).toBeVisible()
  const other = await context.newPage()
  await other.goto(`${slipway.portalUrl}/batches`)
  await expect(other.getByRole('progressbar', { name: 'Check of many.csv' })).toBeVisible()
  await page.getByRole('button', { name: 'Cancel the check' }).click()
  await expect(page.getByText(/cancelled the check/)).toBeVisible()
  await expect(other.getByText('Failed', { exact: true }).last()).toBeVisible()
  await looksRight(page, 'cancelled')
  await check(page)
  await verdict(page, 'All 120,000 rows are good.')
  await page.getByRole('button', { name: 'Discard' }).click()
  await page.getByRole('button', { name: 'Discard the batch' }).click()
  await verdict(page, 'Discarded: nothing of it became stock.')
})

test('with two people, the second one decides', async ({ page, browser }) => {
  await signInFirstAdministrator(page, slipway)
  const ben = await colleague(page, slipway, browser, 'ben@example.com')
  await page.goto(`${slipway.portalUrl}/settings`)
  await page.getByRole('button', { name: 'Switch on: A batch becomes stock' }).click()
  await expect(page.getByRole('button', { name: 'Ask to switch off: A batch becomes stock' })).toBeVisible()

  await uploadFile(page, slipway, table(rows(500, 3), 'two-people.csv'), { type, vendor })
  await meanAll(page)
  await check(page)
  await page.getByRole('button', { name: 'Ask to approve all 3' }).click()
  await expect(page.getByText('A second person has to approve this.')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Approve', exact: true })).toHaveCount(0)
  await looksRight(page, 'waiting')

  await ben.goto(`${slipway.portalUrl}/batches`)
  await expect(ben.getByText('Waits for a second person')).toBeVisible()
  await ben.getByRole('link', { name: 'two-people.csv' }).click()
  await ben.getByRole('button', { name: 'Decline' }).click()
  await expect(ben.getByRole('button', { name: 'Ask to approve all 3' })).toBeVisible()
  await page.reload()
  await page.getByRole('button', { name: 'Ask to approve all 3' }).click()
  await expect(page.getByText('A second person has to approve this.')).toBeVisible()
  await ben.reload()
  await ben.getByRole('button', { name: 'Approve', exact: true }).click()
  await verdict(ben, `In stock: 3 profiles of ${type}.`)
  await page.reload()
  await expect(page.getByText(/by ben@example\.com/)).toBeVisible()
})
