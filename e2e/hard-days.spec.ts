import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { testIccid, withIccid } from '../lib/rsp/testdata/personalised'
import { type Slipway, startSlipway } from './slipway'
import { issue, signInFirstAdministrator, upload } from './steps'

const iccid = testIccid(77)

let slipway: Slipway
test.beforeAll(async () => {
  slipway = await startSlipway()
})
test.afterAll(() => slipway.stop())

test('a mistyped code, a stranger with the same code, a deletion: the page tells each as it happens', async ({ page }) => {
  const file = join(mkdtempSync(join(tmpdir(), 'slipway-package-')), 'package.der')
  writeFileSync(file, withIccid(readFileSync('lib/rsp/testdata/profiles/TS48v4_SAIP2.1A_NoBERTLV.der'), iccid))
  await signInFirstAdministrator(page, slipway)
  await upload(page, slipway, [file])
  const activationCode = await issue(page, slipway, iccid, { confirmationCode: '4711' })
  await page.evaluate(() => Object.assign(window, { untouched: true }))
  const timeline = page.locator('main ol')

  const phone = slipway.phone('customer')
  const typed = ['1234', '4711']
  await phone.download({ activationCode, confirmationCode: () => typed.shift() })
  await expect(timeline.getByText('The confirmation code is wrong.', { exact: false })).toBeVisible()
  await expect(timeline.getByText('The device installed the profile.')).toBeVisible()
  await expect(page.locator('main header').getByText('Installed', { exact: true })).toBeVisible()

  const stranger = slipway.phone('stranger')
  await expect(stranger.download({ activationCode, confirmationCode: '4711' })).rejects.toMatchObject({
    subjectCode: '8.2.6',
    reasonCode: '3.8',
  })
  await expect(timeline.getByText('A device was turned away.')).toBeVisible()
  expect(stranger.listProfiles()).toEqual([])

  phone.enable(iccid)
  await phone.sendNotifications()
  await expect(timeline.getByText('The profile was enabled on the device.')).toBeVisible()
  phone.disable(iccid)
  phone.deleteProfile(iccid)
  await phone.sendNotifications()
  await expect(timeline.getByText('The profile was deleted from the device.')).toBeVisible()
  await expect(page.locator('main header').getByText('Deleted', { exact: true })).toBeVisible()
  expect(await page.evaluate(() => 'untouched' in window)).toBe(true)
})
