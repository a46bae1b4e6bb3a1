import { expect, test } from '@playwright/test'
import { makeCa } from '../lib/partners/testing/certificates'
import { type Slipway, startSlipway } from './slipway'
import { axeProblems, SCREENS, signInFirstAdministrator } from './steps'

const ca = makeCa('Operator CA')
const bss = ca.client('bss.example.com')
const pem = (name: string, text: string) => ({ name, mimeType: 'application/x-pem-file', buffer: Buffer.from(text) })

let slipway: Slipway

test.beforeAll(async () => {
  slipway = await startSlipway()
})
test.afterAll(() => slipway?.stop())

test('An administrator lets an operator’s system order, says where it is told what, and ends it', async ({ page }) => {
  await signInFirstAdministrator(page, slipway)
  await page.goto(`${slipway.portalUrl}/settings/partners`)
  await page.getByRole('button', { name: 'Add a partner' }).click()
  await page.getByLabel('Name', { exact: true }).fill('Example Mobile')
  await page.getByLabel('Identifier').fill('1.3.6.1.4.1.99999')
  await page.getByLabel('Certificate', { exact: true }).setInputFiles(pem('both.pem', bss.pem + bss.keyPem))
  await page.getByRole('button', { name: 'Add the partner' }).click()
  await expect(page.getByText(/There is a private key in this file/).first()).toBeVisible()
  await page.getByLabel('Certificate', { exact: true }).setInputFiles(pem('bss.pem', bss.pem))
  await page.getByRole('button', { name: 'Add the partner' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Example Mobile')
  await expect(page.getByRole('list', { name: 'Certificates' })).toContainText('bss.example.com')

  await page.getByRole('button', { name: 'Set up a callback' }).click()
  await page.getByLabel('Address').fill('https://bss.example.com')
  await page.getByLabel('Its server is known by').selectOption('A CA of its own')
  await page.getByLabel('Its CA').setInputFiles(pem('ca.pem', ca.pem))
  await page.getByLabel('The profile was enabled', { exact: true }).uncheck()
  await page.getByLabel('Number of the point: The profile was deleted on the device').fill('17')
  await page.getByRole('button', { name: 'Save the callback' }).click()
  await expect(page.getByText('https://bss.example.com/gsma/rsp2/es2plus/handleDownloadProgressInfo')).toBeVisible()
  await expect(page.getByText('17', { exact: true })).toBeVisible()
  for (const size of [SCREENS.phone, SCREENS.desktop]) {
    await page.setViewportSize(size)
    expect(await axeProblems(page)).toEqual([])
  }

  await page.getByRole('button', { name: 'Remove', exact: true }).first().click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click()
  await expect(page.getByText('There are no partners.')).toBeVisible()
})
