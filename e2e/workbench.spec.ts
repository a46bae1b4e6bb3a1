import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from '@playwright/test'
import { testIccid } from '../lib/rsp/testdata/personalised'
import { type Slipway, startSlipway } from './slipway'
import { axeProblems, deliveryOf, issue, SCREENS, signInFirstAdministrator, stockType } from './steps'

const template = 'lib/rsp/testdata/profiles/TS48v4_SAIP2.1A_NoBERTLV.der'
const first = 5_100
const iccid = testIccid(first)

interface Received {
  signature: string
  body: string
}

/** Takes in what it is told. */
class Receiver {
  readonly received: Received[] = []
  private constructor(private readonly server: Server) {
    server.on('request', async (request, response) => {
      const body = Buffer.concat(await request.toArray()).toString()
      this.received.push({ signature: String(request.headers['slipway-signature']), body })
      response.writeHead(204).end()
    })
  }
  static async start(): Promise<Receiver> {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new Receiver(server)
  }
  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/hook`
  }
  get events(): string[] {
    return this.received.map(({ body }) => String(JSON.parse(body).event))
  }
  close = () => this.server.close()
}

let slipway: Slipway
let receiver: Receiver

test.beforeAll(async () => {
  ;[slipway, receiver] = await Promise.all([startSlipway(), Receiver.start()])
})
test.afterAll(async () => {
  receiver?.close()
  await slipway?.stop()
})

test('An administrator sets up a webhook, tries it, and later sees in the workbench what it was told', async ({ page }) => {
  await signInFirstAdministrator(page, slipway)
  await stockType(page, slipway, { name: 'Prepaid', template, delivery: deliveryOf(first, 1) })

  await page.goto(`${slipway.portalUrl}/settings/webhooks`)
  await page.getByRole('button', { name: 'Add a webhook' }).click()
  await page.getByLabel('Address').fill(receiver.url)
  await page.getByLabel('Name').fill('Shop')
  await page.getByLabel('Without TLS is meant').check()
  await page.getByRole('button', { name: 'Add the webhook' }).click()
  const notice = page.getByRole('alert').filter({ hasText: 'Keep the secret of Shop now' })
  const secret = (await notice.locator('.identifier').last().textContent()) ?? ''
  await page.getByRole('button', { name: 'Send a test to Shop' }).click()
  await expect.poll(() => receiver.events).toEqual(['test'])
  const { signature = '', body = '' } = receiver.received[0] ?? {}
  const [, time, mac] = /^t=([0-9]+),v1=([0-9a-f]{64})$/.exec(signature) ?? []
  expect(mac).toBe(createHmac('sha256', secret).update(`${time}.${body}`).digest('hex'))
  await page.reload()
  await expect(page.getByRole('list', { name: 'Webhooks' })).toContainText('Shop')
  expect(await page.content()).not.toContain(secret)

  const activationCode = await issue(page, slipway, iccid)
  await slipway.phone('workbench').download({ activationCode })
  await expect.poll(() => receiver.events).toContain('profile.installed')
  await page.getByRole('link', { name: 'Partners', exact: true }).click()
  const installed = page.getByRole('listitem').filter({ hasText: 'profile.installed' })
  await expect(installed).toContainText('Taken')
  await installed.getByText('profile.installed').first().click()
  await expect(installed.getByText(`"iccid": "${iccid}"`)).toBeVisible()
  for (const size of [SCREENS.phone, SCREENS.desktop]) {
    await page.setViewportSize(size)
    expect(await axeProblems(page)).toEqual([])
  }

  await installed.getByRole('button', { name: 'Send it again' }).click()
  await expect.poll(() => receiver.events.filter(event => event === 'profile.installed').length).toBe(2)
  const told = receiver.received.filter(each => each.body.includes('profile.installed')).map(each => JSON.parse(each.body).id)
  expect(new Set(told).size).toBe(1)

  await page.getByLabel('What', { exact: true }).selectOption('profile.downloaded')
  await page.getByRole('button', { name: 'Show', exact: true }).click()
  const list = page.getByRole('list', { name: 'Calls and messages, newest first' })
  await expect(list.getByRole('listitem')).toHaveCount(1)

  await page.goto(`${slipway.portalUrl}/profiles/${iccid}`)
  await page.getByRole('link', { name: 'What the partner was told' }).click()
  await expect(list).toContainText('order.created')
})
