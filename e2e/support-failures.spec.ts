import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, type Page, test } from '@playwright/test'
import { makeTestPki } from '../lib/rsp/pki/test-pki'
import { testIccid } from '../lib/rsp/testdata/personalised'
import { issuing, testSmdpOid } from '../lib/smdp/pki/test-pki-files'
import { setUpSecondFactor } from './second-factor'
import { type Slipway, startSlipway } from './slipway'
import { axeProblems, deliveryOf, rememberSession, resumeSession, signInFirstAdministrator, stockType } from './steps'

const template = 'lib/rsp/testdata/profiles/TS48v4_SAIP2.1A_NoBERTLV.der'
const first = 8_000

const ICCIDS = {
  wrongCode: testIccid(first),
  wrongEid: testIccid(first + 1),
  expired: testIccid(first + 2),
  memory: testIccid(first + 3),
  rejected: testIccid(first + 4),
  cancelled: testIccid(first + 5),
  unknownManufacturer: testIccid(first + 6),
  lost: testIccid(first + 7),
}
type Failure = keyof typeof ICCIDS

/** For whom the order of `wrongEid` is */
const orderedEid = '89049032123451234512345678901235'

let slipway: Slipway
let codes: Map<string, string>
let expiresAt: Date

const run = promisify(execFile)

/** The lines that a command answers. */
async function cli(...args: string[]): Promise<Record<string, string>[]> {
  const env = { ...process.env, ...slipway.settings, DATABASE_URL: '' }
  const { stdout } = await run(process.execPath, ['dist/cli.mjs', ...args, '--json'], { env, encoding: 'utf8' })
  return stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
}

const codeOf = (failure: Failure): string => codes.get(ICCIDS[failure]) ?? ''

test.beforeAll(async ({ browser }) => {
  slipway = await startSlipway()
  const administrator = await browser.newPage()
  await signInFirstAdministrator(administrator, slipway)
  await stockType(administrator, slipway, { name: 'Desk', template, delivery: deliveryOf(first, Object.keys(ICCIDS).length) })
  await administrator.context().close()

  const { wrongCode, wrongEid, expired, ...others } = ICCIDS
  expiresAt = new Date(Date.now() + 15_000)
  const [added, ...issued] = await Promise.all([
    cli('user', 'add', 'agent@example.com', '--role', 'support'),
    cli('issue', expired, '--expires', expiresAt.toISOString()),
    cli('issue', ...Object.values(others)),
    cli('issue', wrongCode, '--confirmation-code', '4711'),
    cli('issue', wrongEid, '--eid', orderedEid),
  ])
  codes = new Map(issued.flat().map(({ iccid = '', activationCode = '' }) => [iccid, activationCode]))

  const agent = await browser.newPage()
  await agent.goto(added[0]?.link ?? '')
  await agent.getByLabel('Password', { exact: true }).fill('a calm harbour at the desk')
  await agent.getByRole('button', { name: /^Set the password/ }).click()
  await setUpSecondFactor(agent)
  await rememberSession(agent, slipway)
  await agent.close()
})
test.afterAll(() => slipway.stop())

/** The agent's page of an eSIM, open and live before the phone tries; it is never loaded again. */
async function follow(page: Page, failure: Failure): Promise<void> {
  await resumeSession(page, slipway)
  await page.goto(`${slipway.portalUrl}/support/${ICCIDS[failure]}`)
  await expect(page.getByText('Live', { exact: true }).last()).toBeVisible()
  await expect(page.getByText('No phone has tried yet.', { exact: false })).toBeVisible()
  await page.evaluate(() => Object.assign(window, { untouched: true }))
}

/** What the page says now: why it failed, and what to do. */
async function explains(page: Page, why: string | RegExp, advice: string | RegExp): Promise<void> {
  await expect(page.getByText(why).first()).toBeVisible()
  await expect(page.getByText(advice).first()).toBeVisible()
  expect(await page.evaluate(() => 'untouched' in window)).toBe(true)
}

test('wrong code: how many tries are left', async ({ page }) => {
  await follow(page, 'wrongCode')
  const phone = slipway.phone('mistyping')
  await expect(phone.download({ activationCode: codeOf('wrongCode'), confirmationCode: '1234' })).rejects.toThrow()
  await explains(
    page,
    'The customer typed a wrong confirmation code. 2 tries of 3 are left.',
    /^Read the confirmation code out digit by digit/,
  )
  await expect(page.getByText('8.2.7 / 3.8', { exact: false }).first()).toBeVisible()
})

test('wrong EID: both phones by the ends of theirs', async ({ page }) => {
  await follow(page, 'wrongEid')
  const phone = slipway.phone('other')
  await expect(phone.download({ activationCode: codeOf('wrongEid') })).rejects.toThrow()
  const [ordered, here] = [orderedEid.slice(-4), phone.euicc.eid.slice(-4)]
  await explains(
    page,
    `The code is for the phone with the EID ending ${ordered}, and a phone with the EID ending ${here} asked.`,
    /^Ask the customer to scan it with the right phone/,
  )
})

test('memory: what is free and what is needed', async ({ page }) => {
  await follow(page, 'memory')
  const phone = slipway.phone('full', { settings: { nonVolatileMemoryBytes: 4_096 } })
  await expect(phone.download({ activationCode: codeOf('memory') })).rejects.toThrow()
  await explains(page, /^The phone has 4 kB free and this profile needs \d+ kB\./, /^Ask the customer to delete an unused eSIM/)
})

test('profile rejected: at what the eUICC stopped', async ({ page }) => {
  await follow(page, 'rejected')
  const phone = slipway.phone('picky', { settings: { uiccCapability: [] } })
  await expect(phone.download({ activationCode: codeOf('rejected') })).rejects.toThrow()
  await explains(page, 'The eSIM uses a feature that the chip of this phone does not have.', /^Another code would not help/)
  await expect(page.getByText(/installation error 12.*status 10/).first()).toBeVisible()
})

test('cancelled: somebody said no', async ({ page }) => {
  await follow(page, 'cancelled')
  const { outcome } = await slipway.phone('declining').download({ activationCode: codeOf('cancelled'), accept: () => 'reject' })
  expect(outcome).toBe('rejected')
  await explains(page, 'The phone showed the eSIM, and somebody there said no.', /the code still works/)
})

test('unknown manufacturer: a phone that could not even say which eSIM it wants', async ({ page }) => {
  await follow(page, 'unknownManufacturer')
  const foreign = makeTestPki({ curve: 'P-256', dnsNames: [], oid: testSmdpOid }, issuing(new Date()))
  const phone = slipway.phone('foreign', {
    ciCertificates: [foreign.ci.certificate],
    eumCertificate: foreign.eum.certificate,
    eumPrivateKey: foreign.eum.privateKey.export({ format: 'der', type: 'pkcs8' }),
  })
  await expect(phone.download({ activationCode: codeOf('unknownManufacturer') })).rejects.toThrow()
  await expect(page.getByRole('heading', { name: 'Turned away just now' })).toBeVisible()
  await explains(
    page,
    'The phone has an eSIM chip of a manufacturer whose root certificate this server does not trust.',
    /^Another code would not help\./,
  )
  expect(await axeProblems(page)).toEqual([])
})

test('lost after download: taken, and nothing heard since; then the phone comes back', async ({ page }) => {
  await follow(page, 'lost')
  const phone = slipway.phone('silent')
  await phone.download({ activationCode: codeOf('lost'), faults: { keepNotifications: true } })
  const end = phone.euicc.eid.slice(-4)
  await explains(
    page,
    new RegExp(`^A phone with the EID ending ${end} took this eSIM .* ago and has not said that it is installed\\.`),
    /^Wait a minute/,
  )
  await phone.sendNotifications()
  await expect(page.getByText(`This eSIM was installed on a phone with the EID ending ${end}`, { exact: false })).toBeVisible()
})

test('expired: until when the code was good', async ({ page }) => {
  await follow(page, 'expired')
  await expect.poll(() => Date.now() > expiresAt.getTime()).toBe(true)
  await expect(slipway.phone('late').download({ activationCode: codeOf('expired') })).rejects.toThrow()
  await explains(page, /^The code was good until .* UTC, and the phone came after that\./, /issue a new code/)
})
