import { expect, test } from '@playwright/test'
import { type Slipway, startSlipway } from './slipway'
import { axeProblems, SCREENS, signInFirstAdministrator, upload } from './steps'

let slipway: Slipway

test.beforeAll(async () => {
  slipway = await startSlipway()
})
test.afterAll(() => slipway?.stop())

test('An administrator makes a key; a script issues with it, once however often it asks, and a phone downloads', async ({
  page,
  playwright,
}) => {
  await signInFirstAdministrator(page, slipway)
  await upload(page, slipway, ['lib/rsp/testdata/profiles/TS48v3_SAIP2.3_BERTLV.der'])
  await page.goto(`${slipway.portalUrl}/settings`)
  await page.getByRole('button', { name: 'Make a key' }).click()
  await page.getByLabel('What uses it').fill('billing')
  await page.getByLabel('Role').selectOption('operator')
  await page.getByRole('dialog').getByRole('button', { name: 'Make the key' }).click()
  const key = await page.getByText(/^slw_[A-Za-z0-9_-]{43}$/).innerText()

  const script = await playwright.request.newContext({
    ignoreHTTPSErrors: true,
    extraHTTPHeaders: { authorization: `Bearer ${key}`, 'idempotency-key': 'contract-4711' },
  })
  const api = `${slipway.portalUrl}/api/v1`
  const { data: types } = await (await script.get(`${api}/types`)).json()
  const asked = () => script.post(`${api}/orders`, { data: { type: types[0].name, reference: 'contract 4711' } })
  const [first, again] = [await asked(), await asked()]
  expect([first.status(), again.status(), again.headers()['idempotent-replayed']]).toEqual([201, 201, 'true'])
  const order = await first.json()
  expect(await again.json()).toEqual(order)
  expect((await slipway.phone('one').download({ activationCode: order.activationCode })).outcome).toBe('installed')
  expect(await (await script.get(`${api}/orders/${order.orderId}`)).json()).toMatchObject({ state: 'Installed', outcome: 'installed' })
  // A cookie opens nothing there.
  expect((await page.request.get(`${api}/types`)).status()).toBe(401)
  await script.dispose()
})

test('An operator’s developer reads what there is to call', async ({ page }) => {
  await signInFirstAdministrator(page, slipway)
  await page.goto(`${slipway.portalUrl}/settings`)
  await page.getByRole('link', { name: 'Open the management API' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Management API')
  await page.getByText('/orders', { exact: true }).click()
  await expect(page.getByText(/-H "Idempotency-Key: \$\(uuidgen\)"/).first()).toBeVisible()
  for (const size of [SCREENS.phone, SCREENS.desktop]) {
    await page.setViewportSize(size)
    expect(await axeProblems(page)).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true)
  }
  const document = await (await page.request.get(`${slipway.portalUrl}/api/v1/openapi.json`)).json()
  expect(document.openapi).toBe('3.1.0')
})
