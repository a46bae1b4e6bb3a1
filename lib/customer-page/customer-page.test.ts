import { expect, test } from 'vitest'
import { renderCustomerPage } from './customer-page'
import type { Device } from './device'
import { LANGUAGES } from './language'
import type { PageBrand, Ready, Situation } from './model'
import { DEVICES, SAMPLES, sampleModel } from './testing/samples'

const devices = Object.values(DEVICES)
const iphone: Device = { kind: 'iphone', version: { major: 18, minor: 1 }, oneTap: true }
const full = SAMPLES['ready with everything'] as Ready

const render = (
  situation: Situation,
  device: Device = iphone,
  brand: Partial<PageBrand> = {},
  language: (typeof LANGUAGES)[number] = 'en',
) => renderCustomerPage(sampleModel(situation, brand), { language, device, nonce: 'bm9uY2U=', url: 'https://esim.example.com/e/token' })

test('every page is under 60 kB with its QR code and a logo of 16 kB', () => {
  const logo = { type: 'png', bytes: new Uint8Array(16_384).fill(0xa5) } as const
  const helpText = 'Call us. '.repeat(100)
  for (const situation of Object.values(SAMPLES)) {
    for (const language of LANGUAGES) {
      for (const device of devices) expect(Buffer.byteLength(render(situation, device, { logo, helpText }, language))).toBeLessThan(60_000)
    }
  }
})

test('an iPhone or iPad that can is one tap away, its code as it is', () => {
  const link = `href="https://esimsetup.apple.com/esim_qrcode_provisioning?carddata=${full.activationCode}"`
  expect(render(full)).toContain(link)
  expect(render(full, { kind: 'ipad', version: { major: 17, minor: 4 }, oneTap: true })).toContain(link)
  expect(render(full, { kind: 'iphone', version: { major: 16, minor: 7 }, oneTap: false })).not.toContain('esimsetup')
})

test('an Android is one tap away, with another link for those that open only that', () => {
  const page = render(full, { kind: 'android', oneTap: true })
  expect(page).toContain(`href="https://esimsetup.android.com/esim_qrcode_provisioning?carddata=${full.activationCode}"`)
  expect(page).toContain(`href="lpa:1$${full.smdpAddress}$${full.matchingId}$$1"`)
})

test('inside an app the page says how to leave it, by a tap where that works', () => {
  const page = render(full, { ...iphone, inApp: 'Instagram', oneTap: false })
  expect(page).toContain('<bdi>Instagram</bdi> shows this page in a window of its own.')
  expect(page).toContain('href="x-safari-https://esim.example.com/e/token"')
  expect(page).not.toContain('esimsetup')
  expect(render(full, { kind: 'android', inApp: 'app', oneTap: false })).toContain(
    'href="intent://esim.example.com/e/token#Intent;scheme=https;',
  )
})

test('inside an app on an older iPhone there is nothing to leave for', () => {
  const page = render(full, { kind: 'iphone', version: { major: 16, minor: 7 }, inApp: 'Instagram', oneTap: false })
  expect(page).toContain('Enter these details in your settings')
  expect(page).not.toContain('window of its own')
})

test('only a profile that waits for its phone has its code on the page', () => {
  const secrets = [full.matchingId, full.smdpAddress, full.smdpAddress.toUpperCase(), 'class="qr"', 'LPA:', 'lpa:', 'carddata']
  for (const situation of Object.values(SAMPLES)) {
    if (situation.situation === 'ready') continue
    for (const device of devices) {
      const page = render(situation, device)
      expect(secrets.filter(secret => page.includes(secret))).toEqual([])
    }
  }
})

test('an order at the default SM-DP+ has no activation code to type', () => {
  const page = render(SAMPLES['ready at the default SM-DP+'] as Ready)
  expect(page).toContain('Leave the activation code empty.')
  expect(page).not.toContain('id="matching-id"')
})

test('nothing that an operator or a file brought becomes markup', () => {
  const bad = `"'><script>alert(1)</script><img src=x onerror=alert(1)>{date}`
  const situations: Situation[] = [
    ...Object.values(SAMPLES),
    { ...full, activationCode: bad, smdpAddress: bad, matchingId: bad, boundEidEnd: bad },
    { situation: 'downloaded', eidEnd: bad },
    { situation: 'installed', at: new Date(0), eidEnd: bad },
    { situation: 'deleted', at: new Date(0), eidEnd: bad },
  ]
  for (const situation of situations) {
    for (const device of devices) {
      const page = renderCustomerPage(
        {
          ...situation,
          brand: {
            name: bad,
            colour: `${bad};}</style>`,
            helpText: bad,
            helpUrl: `https://example.com/${bad.replaceAll(' ', '')}`,
            logo: { type: 'png', bytes: new TextEncoder().encode(bad) },
          },
          serviceProviderName: bad,
        },
        { language: 'en', device, nonce: bad, url: `https://example.com/${bad}` },
      )
      expect(page.match(/<script/g)).toHaveLength(1)
      expect(page.match(/<\/style>/g)).toHaveLength(1)
      expect(page).not.toMatch(/<img(?! class="logo")|<[^>]*\sonerror=(?=[^"]*>)/)
    }
  }
})

test.each(['javascript:alert(1)', 'data:text/html,x', ' https://example.com', '//example.com', 'https://a b', ''])(
  'help is never a link to %j',
  helpUrl => {
    for (const situation of Object.values(SAMPLES))
      expect(render(situation, iphone, { helpUrl })).not.toContain('rel="noreferrer noopener"')
  },
)

test.each(['https://example.com/help', 'mailto:help@example.com', 'tel:+49305550100'])('help may be a link to %s', helpUrl => {
  for (const situation of Object.values(SAMPLES)) expect(render(situation, iphone, { helpUrl })).toContain(`href="${helpUrl}"`)
})

test('a brand without a name is called by the service provider of the type', () => {
  expect(render({ situation: 'replaced' }, iphone, { name: ' ' })).toContain('<bdi>Nordlicht</bdi>')
})

test('where nothing says who the operator is, nobody is sent to them', () => {
  const page = renderCustomerPage(
    { situation: 'unknown', brand: { name: '', colour: '#1d4ed8', helpUrl: 'https://example.com' } },
    { language: 'en', device: iphone, nonce: 'x' },
  )
  expect(page).not.toMatch(/contact/i)
  expect(page).toContain('<span>Questions?</span>')
})

test('where nothing says who the operator is, no sentence has a gap in its place', () => {
  for (const situation of Object.values(SAMPLES)) {
    for (const language of LANGUAGES) {
      const model = { ...sampleModel(situation, { name: ' ' }), serviceProviderName: '' }
      const page = renderCustomerPage(model, { language, device: iphone, nonce: 'bm9uY2U=', url: 'https://esim.example.com/e/token' })
      const text = page.slice(page.indexOf('<main'))
      expect(text).not.toContain('{brand}')
      expect(text).not.toContain('<bdi>eSIM</bdi>')
      expect(text).not.toMatch(/<p>\s*<\/p>|<ul class="todo">\s*<\/ul>|<ol class="todo">\s*<\/ol>/)
    }
  }
})

test('the page asks nobody else for anything', () => {
  for (const situation of Object.values(SAMPLES)) {
    const page = render(situation, iphone, { logo: { type: 'jpg', bytes: new Uint8Array(10) } })
    for (const [, address] of page.matchAll(/\b(?:src|action|poster|srcset)="([^"]*)"/g)) expect(address).toMatch(/^data:/)
    expect(page).not.toMatch(/url\(|@import|<iframe|<object|<embed|<form/)
    expect([...page.matchAll(/<link [^>]*>/g)].map(([link]) => link)).toEqual(['<link rel="icon" href="data:,">'])
  }
})

test('a page that waits looks again by itself also without scripts; one that is read or typed from does not', () => {
  const again = (situation: Situation) => render(situation).includes('<noscript><meta http-equiv="refresh"')
  expect(['downloaded', 'not ready', 'paused'].map(name => again(SAMPLES[name] as Situation))).toEqual([true, true, true])
  expect(['ready', 'installed', 'expired'].map(name => again(SAMPLES[name] as Situation))).toEqual([false, false, false])
})

test('a preview for staff neither follows nor reports', () => {
  const page = renderCustomerPage(sampleModel(full), { language: 'en', device: iphone, nonce: 'x', preview: true })
  expect(page).not.toContain('<script')
})

test('the switch offers the languages of the operator', () => {
  const page = renderCustomerPage(sampleModel(full), { language: 'de', device: iphone, nonce: 'x', languages: ['en', 'de'] })
  expect([...page.matchAll(/href="\?lang=(\w+)"/g)].map(([, language]) => language)).toEqual(['en'])
})
