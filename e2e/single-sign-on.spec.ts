import { expect, type Page, test } from '@playwright/test'
import { type MockIssuer, startMockIssuer } from './mock-issuer'
import { type Slipway, startSlipway } from './slipway'
import { axeProblems } from './steps'

let issuer: MockIssuer
let slipway: Slipway

test.beforeAll(async () => {
  issuer = await startMockIssuer()
  // The program takes its settings from the environment of the test.
  Object.assign(process.env, {
    OIDC_ISSUER: issuer.issuer,
    OIDC_CLIENT_ID: issuer.clientId,
    OIDC_CLIENT_SECRET: issuer.clientSecret,
    OIDC_ROLES: 'esim-admins=administrator,care=support',
  })
  slipway = await startSlipway()
})
test.afterAll(async () => {
  await slipway?.stop()
  await issuer?.stop()
  for (const name of Object.keys(process.env).filter(each => each.startsWith('OIDC_'))) delete process.env[name]
})

async function enter(page: Page, person: Record<string, unknown>, path = '/profiles'): Promise<void> {
  issuer.person = person
  await page.goto(`${slipway.portalUrl}${path}`)
  await page.getByRole('button', { name: 'Single sign-on' }).click()
}

test('the groups of the identity provider give the role, at every sign-in', async ({ page, browser }) => {
  await enter(page, { sub: 'eve', email: 'eve@example.com', name: 'Eve', groups: ['care'] })
  await page.waitForURL(/\/profiles$/)
  await expect(page.getByRole('button', { name: /Eve/ })).toContainText('support')
  await page.goto(`${slipway.portalUrl}/account`)
  await expect(page.getByText(/by single sign-on/)).toBeVisible()
  expect(await axeProblems(page)).toEqual([])

  const elsewhere = await (await browser.newContext()).newPage()
  await enter(elsewhere, { sub: 'eve', email: 'eve@example.com', name: 'Eve', groups: ['care', 'esim-admins'] })
  await expect(elsewhere.getByRole('button', { name: /Eve/ })).toContainText('administrator')
  await page.goto(`${slipway.portalUrl}/profiles`)
  await page.waitForURL(/\/sign-in/)
})

test('nobody without a group that has a role comes in', async ({ page }) => {
  await enter(page, { sub: 'mal', email: 'mal@example.com', groups: ['staff'] })
  await expect(page.getByText(/none of your groups has a role here/)).toBeVisible()
  expect(await axeProblems(page)).toEqual([])
  await page.goto(`${slipway.portalUrl}/profiles`)
  await page.waitForURL(/\/sign-in/)
})

test('an answer that was not asked for by this browser opens nothing', async ({ page }) => {
  await page.goto(`${slipway.portalUrl}/api/auth/callback/oidc?code=stolen&state=invented`)
  await expect(page.getByText(/did not come to its end/)).toBeVisible()
})
