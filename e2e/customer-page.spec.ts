import { type BrowserContext, expect, type Page, test } from '@playwright/test'
import { renderCustomerPage } from '../lib/customer-page/customer-page'
import type { Device } from '../lib/customer-page/device'
import { LANGUAGES, type Language } from '../lib/customer-page/language'
import type { Ready, Situation } from '../lib/customer-page/model'
import { situationKey } from '../lib/customer-page/model'
import { customerPagePolicy } from '../lib/customer-page/policy'
import { DEVICES, SAMPLES, sampleModel } from '../lib/customer-page/testing/samples'
import { readQrOffTheScreen } from './qr'
import { axeProblems } from './steps'

const address = 'https://esim.operator.example/e/9hYx2bqWm0sN4T7uJ1cR5dKvLpAeGzFo'
const iphone: Device = { kind: 'iphone', version: { major: 18, minor: 1 }, oneTap: true }
const desktop: Device = { kind: 'desktop', oneTap: false }
const full = SAMPLES['ready with everything'] as Ready

/** What the page's address answers. Tests change it; every request but the page's own ones is kept in `asked`. */
interface Served {
  situation: Situation
  device: Device
  language: Language
  asked: string[]
  seen: number
}

/** The page under an address of its own and with its policy, as the front door sends it. */
async function serve(context: BrowserContext, first: Partial<Served> = {}): Promise<Served> {
  const served: Served = { situation: full, device: iphone, language: 'en', asked: [], seen: 0, ...first }
  await context.route('**', async route => {
    const url = new URL(route.request().url())
    const part = url.href.startsWith(address) ? url.href.slice(address.length).replace(/\?.*/, '') : undefined
    if (part === '') {
      const language = (url.searchParams.get('lang') as Language | null) ?? served.language
      const body = renderCustomerPage(sampleModel(served.situation), { language, device: served.device, nonce: 'bm9uY2U=', url: address })
      const headers = { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': customerPagePolicy('bm9uY2U=') }
      return route.fulfill({ body, headers })
    }
    if (part === '/state') return route.fulfill({ json: { situation: situationKey(served.situation) } })
    if (part === '/seen' && route.request().method() === 'POST') {
      served.seen++
      return route.fulfill({ status: 204 })
    }
    served.asked.push(url.href)
    return route.abort()
  })
  return served
}

const unfold = (page: Page) =>
  page.evaluate(() => {
    for (const details of document.querySelectorAll('details')) details.open = true
  })

for (const colorScheme of ['light', 'dark'] as const) {
  for (const language of LANGUAGES) {
    test(`axe finds nothing in any situation, ${language}, ${colorScheme}`, async ({ page, context }) => {
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize({ width: 390, height: 844 })
      const served = await serve(context, { language })
      const problems: string[] = []
      const look = async (name: string) => {
        await page.goto(address)
        await unfold(page)
        problems.push(...(await axeProblems(page)).map(problem => `${name}: ${problem}`))
      }
      for (const [name, situation] of Object.entries(SAMPLES)) {
        served.situation = situation
        await look(name)
      }
      served.situation = full
      // What differs from device to device is layout: a language of each direction shows it.
      for (const [name, device] of language === 'en' || language === 'ar' ? Object.entries(DEVICES) : []) {
        served.device = device
        await look(`ready on ${name}`)
      }
      expect(problems).toEqual([])
      expect(served.asked).toEqual([])
    })
  }
}

for (const language of LANGUAGES) {
  test(`nothing runs over the side of a narrow phone, ${language}`, async ({ page, context }) => {
    await page.setViewportSize({ width: 320, height: 640 })
    const served = await serve(context, { language })
    const wide: string[] = []
    for (const [device, { kind }] of Object.entries(DEVICES)) {
      for (const [name, situation] of Object.entries(SAMPLES)) {
        if (situation.situation !== 'ready' && device !== 'iPhone') continue
        Object.assign(served, { device: DEVICES[device], situation })
        await page.goto(address)
        await unfold(page)
        const width = await page.evaluate(() => document.documentElement.scrollWidth)
        if (width > 320) wide.push(`${kind}, ${name}: ${width}`)
      }
    }
    expect(wide).toEqual([])
  })
}

test('on an iPhone one tap installs, and the fields can be copied', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const complaints: string[] = []
  page.on('console', message => message.type() === 'error' && complaints.push(message.text()))
  const served = await serve(context)
  await page.goto(address)
  await expect(page.getByRole('link', { name: 'Install on this iPhone' })).toHaveAttribute(
    'href',
    `https://esimsetup.apple.com/esim_qrcode_provisioning?carddata=${full.activationCode}`,
  )
  await page.getByText('Nothing happened? Enter it by hand').click()
  await page.getByRole('button', { name: 'Copy Activation code' }).click()
  await expect(page.getByRole('status')).toHaveText('Copied')
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(full.matchingId)
  await page.getByRole('button', { name: 'Copy SM-DP+ address' }).click()
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(full.smdpAddress)
  expect(complaints).toEqual([])
  expect(served.asked).toEqual([])
})

for (const colorScheme of ['light', 'dark'] as const) {
  test(`on a desktop the code is read off the ${colorScheme} screen`, async ({ page, context }) => {
    await page.emulateMedia({ colorScheme })
    await page.setViewportSize({ width: 1280, height: 800 })
    await serve(context, { device: desktop })
    await page.goto(address)
    await page.getByRole('img', { name: 'QR code that installs the eSIM' }).scrollIntoViewIfNeeded()
    expect(await readQrOffTheScreen(page)).toBe(full.qrText)
  })
}

test('an iPad that says it is a Mac gets its one tap', async ({ page, context }) => {
  await page.addInitScript(() => Object.defineProperty(Navigator.prototype, 'maxTouchPoints', { get: () => 5 }))
  await serve(context, { device: { kind: 'desktop', version: { major: 18, minor: 1 }, maybeIpad: true, oneTap: true } })
  await page.goto(address)
  await expect(page.getByRole('link', { name: 'Install on this iPad' })).toBeVisible()
  await expect(page.getByRole('img', { name: 'QR code' })).toBeHidden()
})

test('a Mac does not', async ({ page, context }) => {
  await serve(context, { device: { kind: 'desktop', version: { major: 18, minor: 1 }, maybeIpad: true, oneTap: true } })
  await page.goto(address)
  await expect(page.getByRole('link', { name: 'Install on this iPad' })).toBeHidden()
  await expect(page.getByRole('img', { name: 'QR code' })).toBeVisible()
})

test('Arabic runs from right to left, codes do not', async ({ page, context }) => {
  await serve(context, { language: 'ar' })
  await page.goto(address)
  await unfold(page)
  const directions = await page.evaluate(() => {
    const of = (selector: string) => [...document.querySelectorAll(selector)].map(element => getComputedStyle(element).direction)
    return { page: of('html'), headings: of('h1'), codes: of('.code') }
  })
  expect(directions).toEqual({ page: ['rtl'], headings: ['rtl'], codes: ['ltr', 'ltr'] })
})

test('the page follows what happens to the eSIM, and asks no more when all is over', async ({ page, context }) => {
  await page.clock.install()
  const served = await serve(context)
  await page.goto(address)
  served.situation = { situation: 'downloaded', eidEnd: '4317' }
  await page.clock.runFor(5_000)
  await expect(page.getByRole('heading', { name: 'Almost there' })).toBeVisible()
  served.situation = { situation: 'installed', at: new Date('2026-05-03T12:00:00Z'), eidEnd: '4317' }
  await page.clock.runFor(5_000)
  await expect(page.getByText('Installed on a phone on 3 May 2026, EID ending 4317.')).toBeVisible()
  served.situation = { situation: 'expired' }
  await page.clock.runFor(60_000)
  await expect(page.getByRole('heading', { name: 'The time for this code is over' })).toBeVisible()
  const state: string[] = []
  page.on('request', request => state.push(request.url()))
  await page.clock.runFor(600_000)
  expect(state.filter(url => url.endsWith('/state'))).toEqual([])
})

test('a database that is away does not take the page from under a reader', async ({ page, context }) => {
  await page.clock.install()
  const served = await serve(context)
  await page.goto(address)
  served.situation = { situation: 'paused' }
  await page.clock.runFor(20_000)
  await expect(page.getByRole('link', { name: 'Install on this iPhone' })).toBeVisible()
})

test('a program that opens the page has not seen it; a tap has, once', async ({ page, context }) => {
  await page.clock.install()
  const served = await serve(context)
  await page.goto(address)
  await page.clock.runFor(60_000)
  await page.evaluate(() => document.body.dispatchEvent(new MouseEvent('pointerdown', { bubbles: true })))
  expect(served.seen).toBe(0)
  await page.getByText('Install it on another phone').click()
  await page.getByText('Install it on another phone').click()
  await expect.poll(() => served.seen).toBe(1)
})

test('a page that a person looks at for some seconds was seen', async ({ page, context }) => {
  await page.addInitScript(() => Object.defineProperty(Navigator.prototype, 'webdriver', { get: () => false }))
  await page.clock.install()
  const served = await serve(context)
  await page.goto(address)
  await page.clock.runFor(3_000)
  expect(served.seen).toBe(0)
  await page.clock.runFor(5_000)
  await expect.poll(() => served.seen).toBe(1)
})

test('inside an app the page shows how to leave it', async ({ page, context }) => {
  await serve(context, { device: { ...iphone, inApp: 'Instagram', oneTap: false } })
  await page.goto(address)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Open this page in your browser')
  await expect(page.getByRole('link', { name: 'Open in the browser' })).toHaveAttribute('href', address.replace('https', 'x-safari-https'))
})

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false })

  test('a phone installs by a tap or by hand, in the language of its reader', async ({ page, context }) => {
    const served = await serve(context)
    await page.goto(address)
    await expect(page.getByRole('link', { name: 'Install on this iPhone' })).toBeVisible()
    await page.getByText('Nothing happened? Enter it by hand').click()
    await expect(page.getByText(full.smdpAddress)).toBeVisible()
    await expect(page.getByText(full.matchingId)).toBeVisible()
    await expect(page.getByRole('button')).toHaveCount(0)
    await page.getByRole('link', { name: 'Deutsch' }).click()
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Installieren Sie Ihre eSIM')
    expect(served.asked).toEqual([])
  })

  test('a desktop shows the code to scan', async ({ page, context }) => {
    await page.setViewportSize({ width: 1280, height: 900 })
    await serve(context, { device: desktop })
    await page.goto(address)
    expect(await readQrOffTheScreen(page)).toBe(full.qrText)
  })

  test('one can look again how far it is', async ({ page, context }) => {
    const served = await serve(context, { situation: { situation: 'notReady' } })
    await page.goto(`${address}?lang=es`)
    served.situation = full
    await page.getByRole('link', { name: 'Volver a comprobar' }).click()
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Instala tu eSIM')
  })
})
