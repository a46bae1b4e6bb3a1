import { expect, type Page, test } from '@playwright/test'
import { codeNow, setUpAuthenticator, setUpSecondFactor } from './second-factor'
import { type Slipway, startSlipway } from './slipway'
import { axeProblems, colleague, rememberSession, SCREENS, signInFirstAdministrator } from './steps'

let slipway: Slipway

test.beforeAll(async () => {
  slipway = await startSlipway()
})
test.afterAll(async () => {
  await slipway?.stop()
})

const password = 'a calm harbour at dawn'
const portal = (page: Page) => page.getByRole('navigation').first()

async function typePassword(page: Page, email: string, typed = password): Promise<void> {
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(typed)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}

async function typeCode(page: Page, code: string): Promise<void> {
  await page.getByLabel('Code from your authenticator app').fill(code)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}

/** A device of Chromium's own that keeps passkeys and always says yes. */
async function virtualAuthenticator(page: Page) {
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('WebAuthn.enable')
  await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
}

async function signOut(page: Page): Promise<void> {
  await page.goto(`${slipway.portalUrl}/account`)
  await page.getByRole('button', { name: /administrator|operator/ }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible()
}

async function inviteLink(page: Page, email: string): Promise<string> {
  await page.goto(`${slipway.portalUrl}/settings`)
  await page.getByRole('button', { name: 'Add a person' }).click()
  await page.getByLabel('E-mail address').fill(email)
  await page.getByRole('button', { name: 'Add and make a link' }).click()
  return (await page.getByText(/\/set-password\//).textContent()) ?? ''
}

test('the first administrator goes from the link to the portal by a second factor, and nothing opens before it is there', async ({
  page,
}) => {
  await page.goto(slipway.firstAdministratorLink)
  await page.getByLabel('E-mail').fill('ada@example.com')
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: /^Set the password/ }).click()
  await expect(page.getByRole('img', { name: 'QR code for the authenticator app' })).toBeVisible()
  expect(await axeProblems(page)).toEqual([])

  await page.goto(`${slipway.portalUrl}/profiles`)
  await page.waitForURL(/\/set-up\?next=%2Fprofiles$/)
  for (const path of ['/api/tasks', '/api/profiles/export', '/api/health']) {
    expect((await page.request.get(`${slipway.portalUrl}${path}`)).status(), path).toBe(401)
  }
  await page.getByLabel('Code that the app shows').fill('000000')
  await page.getByRole('button', { name: 'Use this app' }).click()
  await expect(page.getByText(/This code does not fit/)).toBeVisible()

  const { key, recoveryCodes } = await setUpAuthenticator(page)
  expect(await axeProblems(page)).toEqual([])
  await page.setViewportSize(SCREENS.phone)
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true)
  await page.setViewportSize(SCREENS.desktop)
  expect((await page.request.get(`${slipway.portalUrl}/api/tasks`)).status()).toBe(401)
  await page.getByRole('button', { name: 'I have kept them, go on' }).click()
  await page.waitForURL(/\/profiles$/)
  await expect(portal(page)).toBeVisible()

  await signOut(page)
  await typePassword(page, 'ada@example.com')
  await typeCode(page, codeNow(key))
  await expect(page.getByRole('alert').filter({ hasText: 'used already' })).toBeVisible()
  await typeCode(page, codeNow(key, 1))
  await expect(portal(page)).toBeVisible()

  await signOut(page)
  await typePassword(page, 'ada@example.com')
  expect(await axeProblems(page)).toEqual([])
  await typeCode(page, recoveryCodes[0] ?? '')
  await expect(portal(page)).toBeVisible()
  await page.goto(`${slipway.portalUrl}/account`)
  await expect(page.getByText('9 of them are left.')).toBeVisible()
  expect(await axeProblems(page)).toEqual([])
  await page.setViewportSize(SCREENS.phone)
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true)
  await rememberSession(page, slipway)
})

test('a passkey signs in by itself, and as the second step', async ({ page, browser }) => {
  await signInFirstAdministrator(page, slipway)
  const link = await inviteLink(page, 'bo@example.com')
  const bo = await (await browser.newContext()).newPage()
  await virtualAuthenticator(bo)
  await bo.goto(link)
  await bo.getByLabel('Password', { exact: true }).fill(password)
  await bo.getByRole('button', { name: /^Set the password/ }).click()
  await bo.getByRole('button', { name: 'Make a passkey' }).click()
  await expect(bo.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem')).toHaveCount(10)
  await bo.getByRole('button', { name: 'I have kept them, go on' }).click()
  await expect(portal(bo)).toBeVisible()

  await signOut(bo)
  await bo.getByRole('button', { name: 'Sign in with a passkey' }).click()
  await expect(portal(bo)).toBeVisible()
  await signOut(bo)
  await typePassword(bo, 'bo@example.com')
  await bo.getByRole('button', { name: 'Use your passkey' }).click()
  await expect(portal(bo)).toBeVisible()

  await bo.goto(`${slipway.portalUrl}/account`)
  await expect(bo.getByText(/last used/).first()).toBeVisible()
  await bo.getByRole('button', { name: 'Remove First passkey' }).click()
  await bo.getByRole('dialog').getByLabel('Your password').fill(password)
  await bo.getByRole('dialog').getByRole('button', { name: 'Remove it' }).click()
  await expect(bo.getByRole('dialog').getByText(/only second factor/)).toBeVisible()
})

test('a session that is ended elsewhere ends while its page is open', async ({ page, browser }) => {
  await signInFirstAdministrator(page, slipway)
  const cy = await colleague(page, slipway, browser, 'cy@example.com')
  await cy.goto(`${slipway.portalUrl}/types`)
  await page.goto(`${slipway.portalUrl}/settings`)
  await page.getByRole('button', { name: 'Change cy@example.com' }).click()
  await page.getByRole('menuitem', { name: /^Sessions/ }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'End all of them' }).click()
  await expect(page.getByRole('dialog').getByText('Nowhere at the moment.')).toBeVisible()
  await cy.getByRole('button', { name: 'New type' }).click()
  await cy.getByLabel('Name', { exact: true }).fill('Too late')
  await cy.getByRole('button', { name: 'Make type' }).click()
  await expect(cy.getByText(/You are signed out/)).toBeVisible()
  await cy.goto(`${slipway.portalUrl}/types`)
  await cy.waitForURL(/\/sign-in\?next=%2Ftypes$/)
})

test('a change of role ends the sessions at once, and who lost the phone sets up a new second factor', async ({ page, browser }) => {
  await signInFirstAdministrator(page, slipway)
  const di = await colleague(page, slipway, browser, 'di@example.com')
  await page.goto(`${slipway.portalUrl}/settings`)
  await page.getByRole('button', { name: 'Change di@example.com' }).click()
  await page.getByRole('menuitem', { name: 'Make auditor' }).click()
  await expect(page.getByRole('listitem').filter({ hasText: 'di@example.com' }).getByText('auditor')).toBeVisible()
  await di.goto(`${slipway.portalUrl}/profiles`)
  await di.waitForURL(/\/sign-in/)

  await page.getByRole('button', { name: 'Change di@example.com' }).click()
  await page.getByRole('menuitem', { name: 'Reset the second factor' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Reset it' }).click()
  await expect(page.getByText('no second factor').first()).toBeVisible()
  await typePassword(di, 'di@example.com')
  await setUpSecondFactor(di)
})

test('guessing is slowed, and says how long', async ({ page }) => {
  await page.goto(`${slipway.portalUrl}/sign-in`)
  const guess = async (typed: string): Promise<string> => {
    const answer = page.waitForResponse(response => response.request().method() === 'POST')
    await typePassword(page, 'nobody@example.com', typed)
    await answer
    await expect(page.getByLabel('Password', { exact: true })).toBeEditable()
    return page.getByRole('main').getByRole('alert').innerText()
  }
  for (let i = 0; i < 5; i++) expect(await guess(`guess ${i}`)).toContain('do not fit together')
  await expect(async () => expect(await guess('another guess')).toMatch(/Try again in/)).toPass()
})

test('while an answer is waited for, nothing can be typed that would be lost, and nothing is sent twice', async ({ page }) => {
  await page.goto(`${slipway.portalUrl}/sign-in`)
  let answer = () => {}
  const answered = new Promise<void>(resolve => {
    answer = resolve
  })
  let sent = 0
  await page.route('**/sign-in*', async route => {
    if (route.request().method() === 'POST') {
      sent++
      await answered
    }
    await route.continue()
  })
  await typePassword(page, 'somebody@example.com', 'a guess')
  const typed = page.getByLabel('Password', { exact: true })
  await expect(typed).not.toBeEditable()
  await typed.press('Enter')
  await page.getByRole('button', { name: 'Signing in…' }).click({ force: true })
  answer()
  await expect(page.getByRole('alert').filter({ hasText: 'do not fit together' })).toBeVisible()
  await expect(typed).toBeEditable()
  expect(sent).toBe(1)
})
