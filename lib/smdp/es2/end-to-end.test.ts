import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { request } from 'node:https'
import type { AddressInfo } from 'node:net'
import { resolve } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { listenEs2 } from '@/lib/front-door/es2-listener'
import { createHosts } from '@/lib/front-door/host-routing'
import type { Listener } from '@/lib/front-door/listeners'
import { createTlsContexts } from '@/lib/front-door/tls-contexts'
import { startMessenger } from '@/lib/partners/messages/messenger'
import { addPartner } from '@/lib/partners/partner'
import { partnerOfCertificate } from '@/lib/partners/partner-of-certificate'
import { type MadeCertificate, makeCa } from '@/lib/partners/testing/certificates'
import { createCredentialStore } from '../credentials'
import { type ClientIdentity, clientIdentity, pemOf } from '../es12/client-identity'
import { actor, address, Laboratory } from '../testing/laboratory'
import { answerEs2 } from './answer'
import type { MessengerSettings } from './testing/messenger-process'
import { Office } from './testing/office'
import { Receiver, type ToldPoint } from './testing/receiver'

const operator = makeCa('Operator CA')
const bss = operator.client('bss.example.com')
const rival = makeCa('Rival CA').client('rival.example.com')
const stranger = makeCa('Stranger CA').client('bss.example.com')
const expiring = makeCa('Old CA').client('old.example.com', { notAfter: new Date(Date.now() + 86_400_000) })

let lab: Laboratory
let office: Office
let ci: string
let identity: ClientIdentity
let receiver: Receiver
let listener: Listener

// Waits between tries would be seconds.
const clock = { from: Date.now(), speed: 20 }
const fast = () => new Date(clock.from + (Date.now() - clock.from) * clock.speed)

beforeAll(async () => {
  lab = await Laboratory.open()
  office = new Office(lab)
  ci = pemOf(lab.pki.get('P-256')?.ci.certificate ?? Buffer.alloc(0))
  const credentials = createCredentialStore(lab.db, lab.vault)
  const known = clientIdentity(await credentials.current(), address, new Date())
  if (!known) throw new Error('no CERT.DPtls')
  identity = known
  receiver = await Receiver.open(operator.client('localhost'), ci)
  const ctx = { actor, now: new Date(), vault: lab.vault }
  const callback = { url: receiver.url, trustedCa: operator.pem }
  await addPartner(lab.db, ctx, { name: 'BSS', identifier: 'bss.example.com', allTypes: true, callback }, [{ file: bss.der }])
  await addPartner(lab.db, ctx, { name: 'Rival', identifier: 'rival.example.com', allTypes: true }, [{ file: rival.der }])
  await addPartner(lab.db, ctx, { name: 'Old', identifier: 'old.example.com', allTypes: true }, [{ file: expiring.der }])
  const contexts = createTlsContexts({
    hosts: createHosts({ smdpAddresses: [address], portalUrl: 'https://portal.example.com' }),
    mainName: address,
    portal: undefined,
    credentials: async () => (await credentials.current()).tls,
    now: () => new Date(),
  })
  const service = {
    answerEs2: (asked: Parameters<typeof answerEs2>[0]) => answerEs2(asked, office.context()),
    partnerOf: (shown: { raw: Buffer; chain: Buffer[] }) => partnerOfCertificate(lab.db, { ...shown, now: lab.now }),
  }
  const door = { service: () => service, health: async () => [] }
  listener = await listenEs2({ es2Port: 0, host: '127.0.0.1', es2Proxy: undefined }, door, contexts)
})
beforeEach(() => {
  lab.now = new Date()
  receiver.failures = []
})
afterAll(async () => {
  await listener?.close(0)
  await receiver?.close()
  await lab?.close()
})

type Json = Record<string, unknown>

/** A call of the BSS, as its HTTP client makes it. @returns HTTP status and body */
function call(name: string, members: Json, by: MadeCertificate | null = bss): Promise<{ status: number; json: Json }> {
  const header = { functionRequesterIdentifier: 'bss.example.com', functionCallIdentifier: randomUUID() }
  return new Promise((done, reject) => {
    const req = request(
      {
        host: '127.0.0.1',
        port: (listener.server.address() as AddressInfo).port,
        servername: address,
        path: `/gsma/rsp2/es2plus/${name}`,
        method: 'POST',
        ca: ci,
        agent: false,
        ...(by ? { cert: by.pem, key: by.keyPem } : {}),
        headers: { 'content-type': 'application/json', 'x-admin-protocol': 'gsma/rsp/v2.2.2' },
      },
      res => {
        let text = ''
        res.setEncoding('utf8').on('data', part => {
          text += part
        })
        res.on('end', () => done({ status: res.statusCode ?? 0, json: JSON.parse(text) as Json }))
      },
    )
    req.on('error', reject)
    req.end(JSON.stringify({ header, ...members }))
  })
}

async function succeeded(name: string, members: Json): Promise<Json> {
  const { status, json } = await call(name, members)
  expect([status, json]).toEqual([200, { ...json, header: { functionExecutionStatus: { status: 'Executed-Success' } } }])
  return json
}

/** Orders a profile, confirms and releases it. @returns its ICCID and activation code */
async function ordered(confirmationCode?: string): Promise<{ iccid: string; activationCode: string }> {
  const { iccid: inStock } = await lab.addProfile()
  const { iccid } = await succeeded('downloadOrder', { iccid: inStock })
  const code = confirmationCode ? { confirmationCode } : {}
  const { matchingId, smdpAddress } = await succeeded('confirmOrder', { iccid, releaseFlag: true, ...code })
  return { iccid: String(iccid), activationCode: `LPA:1$${smdpAddress}$${matchingId}${confirmationCode ? '$$1' : ''}` }
}

const patience = { timeout: 20_000, interval: 20 }

const toldOf = (iccid: string, points: number[]) => vi.waitFor(() => expect(receiver.pointsOf(iccid)).toEqual(points), patience)

describe('from the order to the last point', () => {
  let stop: () => Promise<void>
  beforeAll(() => {
    stop = startMessenger({
      db: lab.db,
      vault: lab.vault,
      identity: async () => ({ tls: identity, requester: identity.oid }),
      clock: fast,
      timing: { lookMs: 50 },
    })
  })
  afterAll(() => stop?.())

  test('a clean download tells 1, 3, 4, at a receiver that fails its first calls', async () => {
    receiver.failures = ['hangs up', 503, 500, 400, 'hangs up']
    const { iccid, activationCode } = await ordered()
    const { outcome } = await lab.phone().download({ activationCode })
    expect(outcome).toBe('installed')
    await toldOf(iccid, [1, 3, 4])
    expect([...receiver.shown]).toEqual([address])
    const told = receiver.taken.filter(each => each.iccid === iccid)
    expect(told.map(({ notificationPointStatus }) => notificationPointStatus.status)).toEqual(Array(3).fill('Executed-Success'))
    expect(told.map(({ header }) => header.functionRequesterIdentifier)).toEqual(Array(3).fill(identity.oid))
    expect(Buffer.from(told[2]?.resultData ?? '', 'base64').toString('hex')).toMatch(/^bf37/)
    // Tried again, a message is the same call.
    const identifiers = (all: ToldPoint[]) => new Set(all.map(({ header }) => header.functionCallIdentifier))
    expect(identifiers(receiver.came.filter(each => each.iccid === iccid)).size).toBe(3)
  })

  test('a wrong code first and the right one in the same session tells 1, 2, 3, 4', async () => {
    const { iccid, activationCode } = await ordered('2468')
    await lab.phone().download({ activationCode, confirmationCode: attempt => (attempt === 1 ? '1357' : '2468') })
    await toldOf(iccid, [1, 2, 3, 4])
    const [, refused] = receiver.taken.filter(each => each.iccid === iccid)
    expect(refused?.notificationPointStatus).toMatchObject({
      status: 'Failed',
      statusCodeData: { subjectCode: '8.2.7', reasonCode: '3.8' },
    })
  })

  test('a wrong code first and the right one in the next session tells 1, 2, 1, 3, 4', async () => {
    receiver.failures = [500, 'hangs up']
    const { iccid, activationCode } = await ordered('2468')
    const phone = lab.phone()
    await expect(phone.download({ activationCode, confirmationCode: '1357' })).rejects.toMatchObject({ subjectCode: '8.2.7' })
    await phone.download({ activationCode, confirmationCode: '2468' })
    await toldOf(iccid, [1, 2, 1, 3, 4])
  })

  test('of profiles that others have ordered, nothing is told', async () => {
    const { iccid, activationCode } = await lab.issued()
    await lab.phone().download({ activationCode })
    const last = await ordered()
    await lab.phone().download({ activationCode: last.activationCode })
    await toldOf(last.iccid, [1, 3, 4])
    expect(receiver.came.filter(told => told.iccid === iccid)).toEqual([])
  })
})

describe('the receiver is down for a while, and the server is killed in between', () => {
  const children: ChildProcess[] = []
  afterEach(async () => {
    for (const child of children.splice(0)) await killed(child)
  })

  function messenger(): ChildProcess {
    const settings: MessengerSettings = {
      databaseUrl: String(lab.db.pool.options.connectionString),
      tls: { cert: identity.cert, key: identity.key },
      requester: identity.oid,
      clock,
    }
    const script = resolve('lib/smdp/es2/testing/messenger-process.ts')
    const child = spawn(process.execPath, ['--import', 'tsx', script], {
      env: { ...process.env, MESSENGER: JSON.stringify(settings) },
      stdio: ['ignore', 'inherit', 'inherit'],
    })
    children.push(child)
    return child
  }

  async function killed(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }

  const first = (came: number) => vi.waitFor(() => expect(receiver.came.length).toBeGreaterThan(came), patience)

  test('nothing is lost, nothing out of order', { timeout: 60_000 }, async () => {
    const profiles: { iccid: string; points: number[] }[] = []
    const download = async (code?: string) => {
      const { iccid, activationCode } = await ordered(code)
      await lab.phone().download({ activationCode, confirmationCode: attempt => (attempt === 1 ? '1357' : code) })
      profiles.push({ iccid, points: code ? [1, 2, 3, 4] : [1, 3, 4] })
    }
    await download()
    await download('2468')

    // Killed while it waits for the answer to its first messages: whether they came, nobody can tell.
    receiver.failures = Array(8).fill('is silent')
    let came = receiver.came.length
    const one = messenger()
    await first(came)
    await killed(one)

    // Down for a while, and killed while it waits for the next try.
    receiver.failures = Array(6).fill('hangs up')
    came = receiver.came.length
    const two = messenger()
    await download()
    await first(came)
    await killed(two)
    await download('2468')

    receiver.failures = [503, 'hangs up', 500]
    messenger()
    await vi.waitFor(() => {
      for (const { iccid, points } of profiles) expect(receiver.pointsOf(iccid)).toEqual(points)
    }, patience)
  })
})

describe('whoever is not the partner is refused', () => {
  test.each([
    ['no certificate', null],
    ['a certificate that nobody knows', stranger],
  ])('%s', async (_, by) => {
    const { iccid } = await lab.addProfile()
    const { status } = await call('downloadOrder', { iccid }, by)
    expect([status, (await lab.profile(iccid))?.state]).toEqual([403, 'Available'])
  })

  test('an expired certificate', async () => {
    const { iccid } = await lab.addProfile()
    lab.now = new Date(Date.now() + 2 * 86_400_000)
    const { status } = await call('downloadOrder', { iccid }, expiring)
    expect([status, (await lab.profile(iccid))?.state]).toEqual([403, 'Available'])
  })

  test('the certificate of another partner, under this one’s name (1.1/1.2)', async () => {
    const { iccid } = await lab.addProfile()
    const { status, json } = await call('downloadOrder', { iccid }, rival)
    expect(status).toBe(200)
    expect(json.header).toMatchObject({
      functionExecutionStatus: { status: 'Failed', statusCodeData: { subjectCode: '1.1', reasonCode: '1.2' } },
    })
    expect((await lab.profile(iccid))?.state).toBe('Available')
  })
})
