import { execFileSync } from 'node:child_process'
import { expect, type Page, test } from '@playwright/test'
import { testIccid } from '../lib/rsp/testdata/personalised'
import { CANARIES, CANARY_SUBSCRIBER, findCanaries } from '../lib/vault/testing/canaries'
import { type Slipway, startSlipway } from './slipway'
import { approve, issue, makeType, signInFirstAdministrator, uploadFile } from './steps'

const template = 'lib/rsp/testdata/profiles/TS48v3_SAIP2.3_BERTLV.der'
const type = 'Canary'
const [good, bad, mistyped] = [testIccid(700), testIccid(701), testIccid(702).replace(/^8999/, '8998')]

let slipway: Slipway
test.beforeAll(async () => {
  slipway = await startSlipway()
})
test.afterAll(() => slipway.stop())

const { k, opc, pin1, pin2, puk1, puk2, adm1 } = CANARY_SUBSCRIBER
const secrets = [k, opc, pin1, pin2, puk1, puk2, adm1]

/** A row that is right, one whose key is too short, one with a wrong ICCID, one with a cell too many. */
const table = [
  ['ICCID', 'IMSI', 'KI', 'OPC', 'PIN1', 'PIN2', 'PUK1', 'PUK2', 'ADM1', 'Remark'],
  [good, '001010000007001', ...secrets, k],
  [bad, '001010000007002', k.slice(2), ...secrets.slice(1), k],
  [mistyped, '001010000007003', ...secrets, ''],
  [testIccid(703), '001010000007004', ...secrets, '', k],
]
  .map(cells => cells.join(';'))
  .join('\r\n')

/** Listens to everything that a page is answered, and finds what should not be in it. */
function watch(page: Page): { found(): Promise<string[]>; count(): number } {
  const looks: Promise<string[]>[] = []
  page.on('response', response => {
    const look = async () => {
      const body = await response.body().catch(() => Buffer.alloc(0))
      const headers = JSON.stringify(response.headers())
      return [...findCanaries(body, planted), ...findCanaries(headers, planted)].map(each => `${each}: ${response.url()}`)
    }
    // A stream of events has no end to wait for; what it tells is on the page.
    if (!response.headers()['content-type']?.includes('event-stream')) looks.push(look())
  })
  return { found: async () => (await Promise.all(looks)).flat(), count: () => looks.length }
}

const planted = CANARIES.filter(({ name }) => name !== 'transport key' && name !== 'confirmation code' && name !== 'OTA key')

test('what goes in as a secret comes out on no page, in no export, no log and no command', async ({ page }) => {
  const seen = watch(page)
  await signInFirstAdministrator(page, slipway)
  await makeType(page, slipway, type, template)
  await uploadFile(page, slipway, { name: 'canaries.csv', mimeType: 'text/csv', buffer: Buffer.from(table) }, { type })
  const batch = new URL(page.url()).pathname
  await page.getByRole('button', { name: /^Check( again)?$/ }).click()
  await expect(
    page.getByRole('heading', { name: '1 of 4 rows are good.' }).or(page.getByRole('heading', { name: /of 4 rows/ })),
  ).toBeVisible({
    timeout: 60_000,
  })
  const texts = [await page.content()]
  const download = async (path: string) => texts.push(await (await page.request.get(`${slipway.portalUrl}${path}`)).text())
  await download(`/api${batch}/faulty-rows`)
  expect(texts.at(-1)).toContain('kept:')
  await approve(page)

  const activationCode = await issue(page, slipway, good)
  const phone = slipway.phone('customer')
  await phone.download({ activationCode })
  await expect(page.locator('main header').getByText('Installed', { exact: true })).toBeVisible()
  for (const path of [
    '/',
    '/profiles',
    `/profiles/${good}`,
    '/batches',
    batch,
    '/batches/upload',
    '/types',
    '/tasks',
    '/mail',
    '/approvals',
    '/health',
    '/settings',
    '/settings/keys',
    '/settings/partners',
    '/settings/webhooks',
    '/settings/api',
    '/settings/personal-data',
    '/support',
    '/support/radar',
    '/support/devices',
    '/orders',
    '/partners',
    `/partners/profiles/${good}`,
    '/audit',
    '/account',
  ]) {
    await page.goto(`${slipway.portalUrl}${path}`)
    await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible()
    texts.push(await page.content())
  }
  await page.goto(`${slipway.portalUrl}/support/${good}`)
  const steps = page.getByText('Request and answer', { exact: true })
  await expect(steps).toHaveCount(3)
  for (const step of await steps.all()) await step.click()
  await expect(page.getByText('boundProfilePackage', { exact: true })).toBeVisible()
  await expect(page.getByText('profileInstallationResult', { exact: true })).toBeVisible()
  texts.push(await page.content())
  await page.goto(`${slipway.portalUrl}/types`)
  await page.getByRole('link', { name: type }).first().click()
  await expect(page.getByRole('heading', { level: 1 })).toContainText(type)
  texts.push(await page.content())
  for (const path of [
    '/api/profiles/export',
    `/api/profiles/export?search=${good}`,
    '/api/profiles?search=8999',
    '/api/health',
    '/api/tasks',
    '/api/v1/openapi.json',
  ])
    await download(path)
  for (const search of [k, pin1, opc.slice(0, 12)])
    texts.push(await (await page.request.get(`${slipway.portalUrl}/api/profiles?search=${search}`)).text())

  const cli = (...words: string[]) =>
    execFileSync(process.execPath, ['scripts/cli.mjs', ...words], { env: { ...process.env, ...slipway.settings }, encoding: 'utf8' })
  const number = batch.split('/').at(-1) ?? ''
  for (const words of [
    ['profile', 'show', good],
    ['profile', 'list'],
    ['batch', 'list'],
    ['batch', 'show', number],
    ['type', 'show', type],
    ['stock'],
    ['keys', 'check'],
  ])
    texts.push(cli(...words), cli(...words, '--json'))
  texts.push(cli('personal', 'export', 'iccid', good))
  expect(texts.at(-1)).toContain(phone.euicc.eid)

  expect(texts.flatMap(text => findCanaries(text, planted))).toEqual([])
  expect(findCanaries(slipway.printed(), planted)).toEqual([])
  expect(seen.count()).toBeGreaterThan(100)
  expect(await seen.found()).toEqual([])
  expect(findCanaries(JSON.stringify(phone.listProfiles()), planted)).not.toEqual([])
})

test('who may see PINs and PUKs sees them when asking, and each view is recorded', async ({ page }) => {
  await signInFirstAdministrator(page, slipway)
  await page.goto(`${slipway.portalUrl}/profiles/${good}`)
  await expect(page.getByText(puk1)).toHaveCount(0)
  await page.getByRole('button', { name: 'Show PIN and PUK' }).click()
  await expect(page.getByText(puk1)).toBeVisible()
  await page.getByRole('button', { name: 'Hide' }).click()
  await expect(page.getByText(puk1)).toHaveCount(0)
})
