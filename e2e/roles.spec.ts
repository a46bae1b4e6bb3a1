import { execFileSync } from 'node:child_process'
import { expect, type Page, test } from '@playwright/test'
import { testIccid } from '../lib/rsp/testdata/personalised'
import { setUpSecondFactor } from './second-factor'
import { type Slipway, startSlipway } from './slipway'
import { axeProblems, deliveryOf, issue, resumeSession, signInFirstAdministrator, stockType } from './steps'

const template = 'lib/rsp/testdata/profiles/TS48v4_SAIP2.1A_NoBERTLV.der'
const type = 'Prepaid'
const first = 4_000
const [downloaded, waiting] = [testIccid(first), testIccid(first + 1)]

let slipway: Slipway
let eid: string
let code: string

const matchingIdOf = (activationCode: string): string => activationCode.split('$')[2] ?? ''

function cli(...args: string[]): { link: string } {
  const env = { ...process.env, ...slipway.settings, DATABASE_URL: '' }
  return JSON.parse(execFileSync('npm', ['run', '-s', 'cli', '--', ...args, '--json'], { env, encoding: 'utf8' }))
}

/** A member of staff who signs in for the first time. */
async function signInAs(page: Page, role: string): Promise<void> {
  const { link } = cli('user', 'add', `${role}@example.com`, '--role', role)
  await page.goto(link)
  await page.getByLabel('Password', { exact: true }).fill(`a calm harbour for ${role}`)
  await page.getByRole('button', { name: /^Set the password/ }).click()
  await setUpSecondFactor(page)
}

/** What the server sends for an address: the document, and what a click on a link brings. */
async function sent(page: Page, path: string): Promise<string> {
  const answers = await Promise.all([
    page.request.get(slipway.portalUrl + path),
    page.request.get(slipway.portalUrl + path, { headers: { rsc: '1' } }),
  ])
  return (await Promise.all(answers.map(answer => answer.text()))).join('\n')
}

/** Follows every room of the side bar. */
async function seeRooms(page: Page): Promise<string[]> {
  await page.goto(slipway.portalUrl)
  const links = page.getByRole('navigation', { name: 'Rooms' }).getByRole('link')
  await expect(links.first()).toBeVisible()
  const names = await links.allTextContents()
  for (const name of names) {
    await links.filter({ hasText: name }).click()
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    await expect(page.getByText(/may not|not allowed/i)).toHaveCount(0)
  }
  return names
}

test.beforeAll(async ({ browser }) => {
  slipway = await startSlipway()
  const page = await browser.newPage()
  await signInFirstAdministrator(page, slipway)
  await stockType(page, slipway, { name: type, template, delivery: deliveryOf(first, 4) })
  const phone = slipway.phone('roles')
  await phone.download({ activationCode: await issue(page, slipway, downloaded) })
  await page.goto(`${slipway.portalUrl}/profiles/${downloaded}`)
  eid =
    (await page
      .getByText(/^[0-9]{32}$/)
      .first()
      .textContent()) ?? ''
  code = await issue(page, slipway, waiting)
  await page.close()
})
test.afterAll(() => slipway.stop())

test('the desk sees neither whole EIDs nor whole codes; it asks for an EID, and that is written down', async ({ page, browser }) => {
  await signInAs(page, 'support')
  expect(await seeRooms(page)).toEqual(['Overview', 'Support', 'Profiles', 'Orders', 'Types', 'Tasks'])

  for (const path of [`/profiles/${downloaded}`, `/profiles/${waiting}`, '/profiles?columns=eid', `/api/profiles?q=${eid}`, `/orders`]) {
    const text = await sent(page, path)
    expect(text, path).not.toContain(eid)
    expect(text, path).not.toContain(matchingIdOf(code))
  }
  const qr = `${slipway.portalUrl}/api/profiles/${waiting}/qr`
  expect((await page.request.get(qr)).status()).toBe(403)

  await page.goto(`${slipway.portalUrl}/profiles/${waiting}`)
  await expect(page.getByText(`The activation code ends with ${matchingIdOf(code).slice(-4)}.`)).toBeVisible()
  for (const name of ['Cancel the order', 'Take out of use', 'Another device…', 'Bind to a device…'])
    await expect(page.getByRole('button', { name })).toHaveCount(0)
  await expect(page.getByRole('button', { name: 'Lost or broken phone' })).toBeHidden()
  expect(await axeProblems(page)).toEqual([])

  await page.goto(`${slipway.portalUrl}/profiles/${downloaded}`)
  await expect(page.getByText(`••••${eid.slice(-4)}`).first()).toBeVisible()
  await page.getByRole('button', { name: 'Show the EID' }).first().click()
  await expect(page.getByText(eid)).toBeVisible()
  const fetched = page.getByRole('listitem').filter({ hasText: 'The device took the package.' })
  await fetched.getByRole('button', { name: 'Show EID and IMEI' }).click()
  await fetched.getByText('Details').click()
  await expect(fetched.getByText(eid)).toBeVisible()

  const office = await browser.newPage()
  await resumeSession(office, slipway)
  await office.goto(`${slipway.portalUrl}/settings`)
  await office.getByRole('button', { name: 'Show them whole' }).click()
  await expect(office.getByText('Seen whole')).toBeVisible()
  await office.close()
  await page.goto(`${slipway.portalUrl}/profiles/${waiting}`)
  await expect(page.getByText(code)).toBeVisible()
  expect((await page.request.get(qr)).status()).toBe(200)
})

for (const [role, rooms] of [
  ['approver', ['Overview', 'Support', 'Profiles', 'Orders', 'Batches', 'Types', 'Partners', 'Tasks', 'Health', 'Settings']],
  ['auditor', ['Overview', 'Support', 'Profiles', 'Orders', 'Batches', 'Types', 'Partners', 'Tasks', 'Audit', 'Health', 'Settings']],
] as const) {
  test(`an ${role} finds open rooms only, and nothing to press that would be refused`, async ({ page }) => {
    await signInAs(page, role)
    expect(await seeRooms(page)).toEqual(rooms)
    for (const path of ['/profiles', `/profiles/${waiting}`, '/orders', '/batches', '/types', '/settings', '/settings/keys']) {
      await page.goto(slipway.portalUrl + path)
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
      const pressed =
        /^(Issue|Cancel the|Take out|Release( |$)|Retire( |$)|Upload|New type|Add a person|Make a key|Revoke|Show them whole|Require|Warn only|Save)/
      await expect(page.getByRole('main').getByRole('button', { name: pressed })).toHaveCount(0)
      await expect(page.getByRole('main').getByRole('link', { name: /^(Upload|CSV)/ })).toHaveCount(0)
    }
    expect(await sent(page, `/profiles/${downloaded}`)).not.toContain(eid)
  })
}

test('a key for a script is made, shown once, and revoked', async ({ page }) => {
  await resumeSession(page, slipway)
  await page.goto(`${slipway.portalUrl}/settings`)
  await page.getByRole('button', { name: 'Make a key' }).click()
  await page.getByLabel('What uses it').fill('billing')
  await page.getByRole('dialog').getByRole('button', { name: 'Make the key' }).click()
  await expect(page.getByText(/^slw_[A-Za-z0-9_-]{43}$/)).toBeVisible()
  expect(await axeProblems(page)).toEqual([])
  await page.reload()
  await expect(page.getByText(/^slw_[A-Za-z0-9_-]{43}$/)).toHaveCount(0)
  const keys = page.getByRole('list', { name: 'API keys' })
  await expect(keys.getByText('never used')).toBeVisible()
  await keys.getByRole('button', { name: 'Revoke billing' }).click()
  await page.getByRole('alertdialog').or(page.getByRole('dialog')).getByRole('button', { name: 'Revoke', exact: true }).click()
  await expect(keys.getByText(/revoked .* by ada@example.com/)).toBeVisible()
})
