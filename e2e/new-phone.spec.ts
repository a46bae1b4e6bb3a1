import { readFile } from 'node:fs/promises'
import { type Browser, expect, type Locator, type Page, test } from '@playwright/test'
import type { Lpa } from '../lib/phone/lpa'
import { testIccid } from '../lib/rsp/testdata/personalised'
import { openAsCustomer } from './customer'
import { type Slipway, startSlipway } from './slipway'
import { axeProblems, deliveryOf, imsiOf, issue, resumeSession, SCREENS, signInFirstAdministrator, stockType } from './steps'

const template = 'lib/rsp/testdata/profiles/TS48v4_SAIP2.1A_NoBERTLV.der'
const type = 'Family'
/** What is put in the place of a lost one is taken from the beginning of the stock; each story has one of the others. */
const spare = 4_000
const [forNone, forSame, forAny, forLost] = [spare + 1, spare + 2, spare + 3, spare + 4]

let slipway: Slipway
let typePage = ''
test.beforeAll(async ({ browser }) => {
  slipway = await startSlipway()
  const page = await browser.newPage()
  await signInFirstAdministrator(page, slipway)
  await stockType(page, slipway, { name: type, template, delivery: deliveryOf(spare, 5) })
  await page.goto(`${slipway.portalUrl}/types`)
  await page.getByRole('link', { name: type }).first().click()
  await page.waitForURL(/\/types\/[-\w]+$/)
  typePage = page.url()
  await page.close()
})
test.afterAll(() => slipway.stop())
test.beforeEach(({ page }) => resumeSession(page, slipway))

const unknownCode = { subjectCode: '8.2.6', reasonCode: '3.8' }
const otherEid = { subjectCode: '8.1.1', reasonCode: '3.8' }

const state = (page: Page, name: string) => page.locator('main header').getByText(name, { exact: true })

async function setPolicy(page: Page, device: string, afterDeletion?: boolean): Promise<void> {
  await page.goto(typePage)
  await page.getByLabel('Who may download again').selectOption({ label: device })
  if (afterDeletion !== undefined) await page.getByLabel('Only after it was deleted').setChecked(afterDeletion)
  const save = page.getByRole('button', { name: 'Save', exact: true })
  if (await save.isEnabled()) await save.click()
  await expect(page.getByText('Nothing has changed.')).toBeVisible()
}

interface Installed {
  phone: Lpa
  code: string
  link: string
}

/** A customer gets a profile and installs it; the page is then that of the profile. */
async function handOver(page: Page, iccid: string, name: string): Promise<Installed> {
  const code = await issue(page, slipway, iccid)
  const link = (await page.getByTitle(/\/e\//).textContent()) ?? ''
  const phone = slipway.phone(name)
  await phone.download({ activationCode: code })
  await expect(state(page, 'Installed')).toBeVisible()
  return { phone, code, link }
}

async function openMove(page: Page): Promise<Locator> {
  await page.getByRole('button', { name: 'Move to a new phone' }).click()
  return page.getByRole('dialog', { name: 'Move to a new phone' })
}

/** The code and the link that a dialog hands out; it is closed then. */
async function handedOut(dialog: Locator): Promise<{ code: string; link: string }> {
  const code = (await dialog.getByText(/^LPA:1\$/).textContent()) ?? ''
  const link = (await dialog.getByText(/^http\S+\/e\//).textContent()) ?? ''
  await dialog.getByRole('button', { name: 'Done' }).click()
  await expect(dialog).toBeHidden()
  return { code, link }
}

async function expectOnCustomersPage(browser: Browser, link: string, words: string | RegExp): Promise<void> {
  const customer = await openAsCustomer(browser, link, 'iphone')
  await expect(customer.getByText(words).first()).toBeVisible()
  await customer.context().close()
}

test.describe('on a desktop', () => {
  test.use({ viewport: SCREENS.desktop })

  test('a profile of a type that moves nowhere stays where it is, and the page says why', async ({ page }) => {
    await setPolicy(page, 'None: a new phone gets another profile')
    const { code } = await handOver(page, testIccid(forNone), 'only')
    await expect(page.getByText('The policy does not let it move now.')).toContainText('no device may have it again')
    const dialog = await openMove(page)
    const rules = dialog.getByRole('region', { name: 'What the policy says' })
    await expect(rules).toContainText('Which device: not fulfilled')
    await expect(rules).toContainText('A profile of this type is downloaded once: no device may have it again.')
    await expect(dialog.getByText('The policy does not allow this now.')).toBeVisible()
    await expect(dialog.getByRole('button', { name: 'Make the next code' })).toHaveCount(0)
    expect(await axeProblems(page)).toEqual([])
    await dialog.getByRole('button', { name: 'Leave it' }).click()
    await expect(slipway.phone('none').download({ activationCode: code })).rejects.toMatchObject(unknownCode)
    await expect(state(page, 'Installed')).toBeVisible()
  })

  test('where only the same eUICC may have a profile again, no other phone gets it', async ({ page, browser }) => {
    await setPolicy(page, 'Only the eUICC that had it', false)
    const iccid = testIccid(forSame)
    const before = await handOver(page, iccid, 'same')
    const dialog = await openMove(page)
    await expect(dialog.getByText('Only the eUICC', { exact: false }).last()).toContainText(before.phone.euicc.eid)
    await dialog.getByRole('button', { name: 'Make the next code' }).click()
    const next = await handedOut(dialog)
    expect(next.code).not.toBe(before.code)
    await expectOnCustomersPage(browser, before.link, 'There is a newer link')
    await expectOnCustomersPage(browser, next.link, `whose EID ends in ${before.phone.euicc.eid.slice(-4)}`)

    await expect(slipway.phone('other').download({ activationCode: next.code })).rejects.toMatchObject(otherEid)
    // The phone tells of the deletion only after the second installation: that one is not what was deleted.
    before.phone.deleteProfile(iccid)
    await expect(before.phone.download({ activationCode: before.code, faults: { keepNotifications: true } })).rejects.toMatchObject(
      unknownCode,
    )
    expect((await before.phone.download({ activationCode: next.code })).outcome).toBe('installed')
    await expect(state(page, 'Installed')).toBeVisible()
    await expect(state(page, 'Deleted')).toHaveCount(0)
    await expectOnCustomersPage(browser, next.link, 'Your eSIM is installed')
  })
})

test.describe('on a phone', () => {
  test.use({ viewport: SCREENS.phone })

  test('where any phone may have it after its deletion, it moves once that was reported', async ({ page, browser }) => {
    await setPolicy(page, 'Any device', true)
    const iccid = testIccid(forAny)
    const before = await handOver(page, iccid, 'old')
    const early = await openMove(page)
    await expect(early.getByText('The phone that had it has not reported that it deleted the profile.')).toBeVisible()
    await expect(early.getByRole('button', { name: 'Make the next code' })).toHaveCount(0)
    await early.getByRole('button', { name: 'Leave it' }).click()

    before.phone.deleteProfile(iccid)
    await before.phone.sendNotifications()
    await expect(state(page, 'Deleted')).toBeVisible()
    await expectOnCustomersPage(browser, before.link, 'The eSIM was removed')
    const dialog = await openMove(page)
    await expect(dialog.getByText('The phone that had it has reported that it deleted the profile.')).toBeVisible()
    await dialog.getByRole('button', { name: 'Make the next code' }).click()
    const next = await handedOut(dialog)
    await expect(page.locator('main ol').getByText('The profile moves to a new phone: the code before is dead.')).toBeVisible()
    await expectOnCustomersPage(browser, before.link, 'There is a newer link')

    await expect(before.phone.download({ activationCode: before.code })).rejects.toMatchObject(unknownCode)
    const after = slipway.phone('new')
    expect((await after.download({ activationCode: next.code })).outcome).toBe('installed')
    await expect(before.phone.download({ activationCode: next.code })).rejects.toMatchObject(unknownCode)
    expect(before.phone.listProfiles()).toEqual([])
    await expect(state(page, 'Installed')).toBeVisible()
    await expectOnCustomersPage(browser, next.link, `EID ending ${after.euicc.eid.slice(-4)}`)
  })

  test('a lost phone’s profile is barred, a fresh one takes its place, and the network is told', async ({ page, browser }) => {
    const iccid = testIccid(forLost)
    const before = await handOver(page, iccid, 'lost')
    await page.getByRole('button', { name: 'Lost or broken phone' }).click()
    const dialog = page.getByRole('dialog', { name: 'Lost or broken phone' })
    await dialog.getByLabel('What has happened').selectOption('Phone stolen')
    expect(await axeProblems(page)).toEqual([])
    await dialog.getByRole('button', { name: 'Bar it and replace it' }).click()
    await expect(dialog.getByText('A fresh profile is ready.')).toBeVisible()
    const fresh = (await dialog.getByRole('link', { name: /^[0-9]{18,20}$/ }).textContent()) ?? ''
    const next = await handedOut(dialog)
    expect(fresh).toBe(testIccid(spare))
    await expect(state(page, 'Unavailable')).toBeVisible()
    await expect(page.getByText('Another profile has taken its place.')).toBeVisible()

    await expect(before.phone.download({ activationCode: before.code })).rejects.toMatchObject(unknownCode)
    await expectOnCustomersPage(browser, before.link, 'There is a newer link')
    const after = slipway.phone('found')
    await after.download({ activationCode: next.code })
    expect(after.listProfiles().map(profile => profile.iccid)).toEqual([fresh])

    await page.goto(`${slipway.portalUrl}/orders/replacements`)
    const save = page.getByRole('button', { name: 'Save what is new' })
    const [download] = await Promise.all([page.waitForEvent('download'), save.click()])
    const [, ...rows] = (await readFile(await download.path(), 'utf8')).trimEnd().split(/\r?\n/)
    expect(rows.map(row => row.split(',').slice(0, 4))).toEqual([[iccid, fresh, imsiOf(forLost), imsiOf(spare)]])
    await expect(page.getByText('Handed over', { exact: true }).first()).toBeVisible()
    await expect(save).toBeDisabled()
  })
})
