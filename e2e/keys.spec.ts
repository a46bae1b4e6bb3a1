import { readFileSync } from 'node:fs'
import { type Browser, expect, type Page, test } from '@playwright/test'
import { CANARY_TRANSPORT_KEY, findCanaries } from '../lib/vault/testing/canaries'
import { setUpSecondFactor } from './second-factor'
import { type Slipway, startSlipway } from './slipway'
import { axeProblems, signInFirstAdministrator } from './steps'

let slipway: Slipway
test.beforeAll(async () => {
  slipway = await startSlipway()
})
test.afterAll(() => slipway.stop())

const otherPart = '00112233445566778899AABBCCDDEEFF'

/** What the server has sent to this page, whatever it was. */
function watchAnswers(page: Page): () => Promise<string[]> {
  const bodies: Promise<string>[] = []
  page.on('response', response => bodies.push(response.text().catch(() => '')))
  return () => Promise.all(bodies)
}

/** In both schemes, on a screen and on a phone. */
async function looksRight(page: Page): Promise<void> {
  for (const width of [1280, 390]) {
    await page.setViewportSize({ width, height: 800 })
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      expect(await axeProblems(page), `${width} ${colorScheme}`).toEqual([])
    }
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), String(width)).toBe(true)
  }
  await page.setViewportSize({ width: 1280, height: 800 })
}

/** Adds a colleague and opens the portal as that person. */
async function colleague(ada: Page, browser: Browser, email: string): Promise<Page> {
  await ada.goto(`${slipway.portalUrl}/settings`)
  await ada.getByRole('button', { name: 'Add a person' }).click()
  await ada.getByLabel('E-mail address').fill(email)
  await ada.getByRole('button', { name: 'Add and make a link' }).click()
  const link = (await ada.getByText(/\/set-password\//).textContent()) ?? ''
  const page = await (await browser.newContext()).newPage()
  await page.goto(link)
  await page.getByLabel('Password', { exact: true }).fill('a calm harbour at dusk')
  await page.getByRole('button', { name: /^Set the password/ }).click()
  await setUpSecondFactor(page)
  return page
}

const rooms = (page: Page) => page.getByRole('navigation', { name: 'Rooms' })

async function beginKey(page: Page, keyIndex: string, key: string, people = 'One person, the whole key'): Promise<void> {
  await page.goto(`${slipway.portalUrl}/settings/keys`)
  await page.getByRole('button', { name: 'Enter a key' }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Vendor').fill('Cards')
  await dialog.getByLabel('Number of the key').fill(keyIndex)
  await dialog.getByLabel('Entered by').selectOption(people)
  await dialog.getByLabel(/^(Key|Your part)$/).fill(key)
  await dialog.getByRole('button', { name: /^Keep/ }).click()
}

test('two people keep the keys of a vendor, and nobody sees them again', async ({ page: ada, browser }) => {
  const answers = watchAnswers(ada)
  await signInFirstAdministrator(ada, slipway)
  await expect(rooms(ada).getByRole('link', { name: 'Approvals' })).toHaveCount(0)

  const rule = 'Switch on: A transport key comes into use'
  await ada.goto(`${slipway.portalUrl}/settings`)
  await ada.getByRole('button', { name: rule }).click()
  await expect(ada.getByText('Add a second person first.')).toBeVisible()
  const ben = await colleague(ada, browser, 'ben@example.com')
  const bensAnswers = watchAnswers(ben)
  await ada.getByRole('button', { name: rule }).click()
  await expect(ada.getByRole('button', { name: 'Ask to switch off: A transport key comes into use' })).toBeVisible()
  await looksRight(ada)

  await beginKey(ada, '011', CANARY_TRANSPORT_KEY.replace(/(....)/g, '$1 '))
  const dialog = ada.getByRole('dialog')
  await expect(dialog.getByText('A second person has to approve it.')).toBeVisible()
  const checkValue = (await dialog.locator('dd').first().textContent()) ?? ''
  expect(checkValue).toMatch(/^[0-9A-F]{6}$/)
  await looksRight(ada)
  await dialog.getByRole('button', { name: 'Done' }).click()
  await expect(ada.getByRole('link', { name: 'Waits for a second person' })).toBeVisible()

  await ada.goto(`${slipway.portalUrl}/approvals`)
  await expect(rooms(ada).getByRole('link', { name: /Approvals 1/ })).toBeVisible()
  await expect(ada.getByRole('button', { name: /^Approve/ })).toHaveCount(0)
  await ben.goto(`${slipway.portalUrl}/approvals`)
  await expect(ben.getByText(checkValue)).toBeVisible()
  await looksRight(ben)
  await ben.getByRole('button', { name: /^Approve/ }).click()
  await expect(ben.getByText('Nothing waits for a second person.')).toBeVisible()
  await ada.goto(`${slipway.portalUrl}/settings/keys`)
  await expect(ada.getByText('In use')).toBeVisible()

  await beginKey(ada, '12', CANARY_TRANSPORT_KEY, 'Two people, a part each')
  await expect(ada.getByRole('dialog').getByText('The others have to enter theirs.')).toBeVisible()
  await ben.goto(`${slipway.portalUrl}/settings/keys`)
  await ben.getByRole('button', { name: 'Enter my part: key 12 of Cards' }).click()
  await ben.getByRole('dialog').getByLabel('Your part', { exact: true }).fill(otherPart)
  await ben.getByRole('dialog').getByLabel('Check value of your part').fill('123456')
  await ben.getByRole('dialog').getByRole('button', { name: 'Keep my part' }).click()
  await expect(ben.getByText(/Compare it with the paper, digit by digit/)).toBeVisible()
  await ben.getByRole('dialog').getByLabel('Check value of your part').fill('')
  await ben.getByRole('dialog').getByRole('button', { name: 'Keep my part' }).click()
  await expect(ben.getByRole('dialog').getByText('The key is in use.')).toBeVisible()
  await ben.getByRole('dialog').getByRole('button', { name: 'Done' }).click()
  await looksRight(ben)

  await ada.goto(`${slipway.portalUrl}/settings`)
  await ada.getByRole('button', { name: 'Ask to switch off: A transport key comes into use' }).click()
  await expect(ada.getByRole('link', { name: 'It waits for a second person' })).toBeVisible()
  await ben.goto(`${slipway.portalUrl}/approvals`)
  await ben.getByRole('button', { name: /^Approve/ }).click()
  await expect(ben.getByText('Nothing waits for a second person.')).toBeVisible()
  await looksRight(ben)
  await ada.goto(`${slipway.portalUrl}/settings`)
  await expect(ada.getByRole('button', { name: rule })).toBeVisible()
  await expect(rooms(ada).getByRole('link', { name: 'Approvals' })).toHaveCount(0)

  for (const bodies of [await answers(), await bensAnswers()]) {
    expect(bodies.length).toBeGreaterThan(20)
    for (const body of bodies) expect([...findCanaries(body), ...(body.includes(otherPart) ? ['part'] : [])]).toEqual([])
  }
  await ben.context().close()
})

test('a vendor gets the portal’s PGP key', async ({ page }) => {
  await signInFirstAdministrator(page, slipway)
  await page.goto(`${slipway.portalUrl}/settings`)
  await page.getByRole('link', { name: 'Open keys for files' }).click()
  // The settings have a button of this name as well, for other keys.
  await page.waitForURL('**/settings/keys')
  await page.getByRole('button', { name: 'Make a key' }).click()
  await expect(page.getByText('Fingerprint')).toBeVisible({ timeout: 60_000 })
  const downloading = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Public key' }).click()
  const file = await (await downloading).path()
  expect(readFileSync(file, 'utf8')).toContain('BEGIN PGP PUBLIC KEY BLOCK')
  await page.getByRole('button', { name: 'Make a new key' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Make a new key' }).click()
  await expect(page.getByText('One retired key')).toBeVisible({ timeout: 60_000 })
  await looksRight(page)
})

test('an administrator sees which master key is in force', async ({ page }) => {
  await signInFirstAdministrator(page, slipway)
  await page.goto(`${slipway.portalUrl}/settings`)
  await expect(page.getByText('Keys at rest')).toBeVisible()
  await expect(page.getByText('master.key of the data folder')).toBeVisible()
})
