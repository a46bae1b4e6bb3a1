import { get } from 'node:http'
import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { type Chance, chanceOf, mixed } from './chance'
import { finishDownload } from './downloads'
import { rowVersions } from './mutation/row-versions'
import { host, json, ODD, type Odd } from './odd-http'
import { type Report, sound } from './report'
import { Site } from './site'

/** The front door's plain port against clients that do not speak HTTP, or break off. */
export async function httpCases(report: Report, { short, seed }: { short: boolean; seed: number }): Promise<void> {
  const site = await Site.open()
  try {
    const odd = ODD.filter(({ slow }) => !short || !slow)
    await report.case(`${odd.length} kinds of broken HTTP`, () => still(site, () => tryAll(site, odd)))
    const many = short ? 300 : 5_000
    await report.case(`${many} mutated HTTP requests, seed ${seed}`, () => still(site, () => mutated(site, many, seed)))
    await report.case('Connections cut by the client in the middle of a request', () => cutByClient(site, short ? 3 : 12))
  } finally {
    await site.close()
  }
}

async function tryAll(site: Site, odd: Odd[]): Promise<string> {
  const answers = await Promise.all(odd.map(async each => ({ ...each, statuses: await speak(site.port, each) })))
  sound(
    ...answers.flatMap(({ name, statuses }) =>
      statuses.filter(status => status >= 500 && status !== 501 && status !== 505).map(status => `${name} was answered ${status}`),
    ),
    ...answers.filter(({ statuses }) => statuses.includes(0)).map(({ name }) => `${name}: the connection stays open without an answer`),
  )
  return `${answers.length} connections answered 4xx or closed`
}

/** Sends octets as they are; answers the statuses that came, 0 when the connection was still open after half a minute. */
function speak(port: number, { octets, pauseMs = 0 }: Odd): Promise<number[]> {
  return new Promise(done => {
    const socket = connect(port, '127.0.0.1')
    let heard = ''
    let open = true
    const finish = (statuses: number[]) => {
      if (!open) return
      open = false
      clearTimeout(bound)
      socket.destroy()
      done(statuses)
    }
    const statuses = () => [...heard.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status))
    const bound = setTimeout(() => finish([...statuses(), 0]), 35_000)
    socket.setEncoding('latin1')
    socket.on('data', (text: string) => {
      heard += text
    })
    socket.on('error', () => finish(statuses()))
    socket.on('close', () => finish(statuses()))
    socket.on('connect', async () => {
      for (const part of octets) {
        if (!open) return
        socket.write(part)
        if (pauseMs > 0) await delay(pauseMs)
      }
      socket.end()
    })
  })
}

async function mutated(site: Site, many: number, seed: number): Promise<string> {
  const counts = new Map<number, number>()
  const findings: string[] = []
  const together = 20
  for (let first = 0; first < many; first += together)
    await Promise.all(
      Array.from({ length: together }, async (_, i) => {
        const number = first + i
        const octets = mutatedRequest(chanceOf(mixed(seed, number)))
        for (const status of await speak(site.port, { name: '', octets: [octets] })) {
          counts.set(status, (counts.get(status) ?? 0) + 1)
          if (status === 0 || (status >= 500 && status !== 501 && status !== 505))
            findings.push(`${number} was answered ${status}: ${octets.toString('latin1')}`)
        }
      }),
    )
  sound(...findings)
  return `${[...counts].map(([status, count]) => `${count} × ${status}`).join(', ')}`
}

const body = JSON.stringify({ euiccChallenge: 'AAAAAAAAAAAAAAAAAAAAAA==', euiccInfo1: 'vyAA', smdpAddress: host })

function mutatedRequest(chance: Chance): Buffer {
  const functions = [
    'initiateAuthentication',
    'authenticateClient',
    'handleNotification',
    'cancelSession',
    'getBoundProfilePackage',
    'none',
  ]
  const request = `POST /gsma/rsp2/es9plus/${chance.pick(functions)} HTTP/1.1\r\nHost: ${host}\r\n${json}\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`
  const octets = [...Buffer.from(request)]
  for (let changes = 1 + chance.below(4); changes > 0; changes--) {
    const at = chance.below(octets.length)
    const inserted = [...chance.bytes(1 + chance.below(4))]
    if (chance.oneIn(3)) octets.splice(at, 1 + chance.below(6))
    else if (chance.oneIn(2)) octets.splice(at, 0, ...inserted)
    else octets[at] = (octets[at] ?? 0) ^ (1 << chance.below(8))
  }
  return Buffer.from(octets)
}

/** Nothing was written, the server serves as before, and nothing of it is left open. */
async function still(site: Site, work: () => Promise<string>): Promise<string> {
  const handles = (await site.server.stats()).handles
  const before = await rowVersions(site.db)
  const done = await work()
  const after = await rowVersions(site.db)
  await delay(200)
  const left = (await site.server.stats()).handles - handles
  const ordered = await site.order({ type: 'patient' })
  const phone = await site.phone()
  await finishDownload(phone, ordered)
  await site.checkInstalled(phone, ordered)
  sound(
    ...Object.keys(after).map(table => before[table] !== after[table] && `table ${table} has changed`),
    left > 12 && `${left} more handles are open than before`,
    (await healthOf(site.port)) !== 200 && 'the server is not healthy',
    ...site.server.takeIncidents(),
  )
  await site.check()
  return done
}

const healthOf = (port: number): Promise<number> =>
  new Promise(done => {
    get({ host: '127.0.0.1', port, path: '/healthz', agent: false }, answer => {
      answer.resume()
      done(answer.statusCode ?? 0)
    }).on('error', () => done(0))
  })

/** A phone that loses its connection at some place of each of its requests, and sends it again. */
async function cutByClient(site: Site, rounds: number): Promise<string> {
  let cuts = 0
  for (let round = 0; round < rounds; round++) {
    const ordered = await site.order({ type: round % 2 ? 'random' : 'plain' })
    const onPost = async (name: string, message: Record<string, unknown>) => {
      cuts++
      await breakOff(site.port, name, JSON.stringify(message), round)
    }
    const phone = await site.phone({ onPost, persistMs: 5_000 })
    await phone.download({ activationCode: ordered.activationCode })
    await phone.sendNotifications()
    await site.checkInstalled(phone, ordered)
  }
  await site.check()
  return `${cuts} requests broken off and sent again, every download came to its end`
}

/** Sends a part of a request, or all of it, and goes away without reading the answer. */
function breakOff(port: number, name: string, message: string, round: number): Promise<void> {
  const whole = Buffer.from(
    `POST /gsma/rsp2/es9plus/${name} HTTP/1.1\r\nHost: ${host}\r\n${json}\r\nContent-Length: ${Buffer.byteLength(message)}\r\n\r\n${message}`,
  )
  const portion = [whole.length, whole.length - 1, whole.length >> 1, 40][round % 4]
  return new Promise(done => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(whole.subarray(0, portion), async () => {
        await delay(round % 3)
        socket.resetAndDestroy()
      })
    })
    socket.on('error', () => undefined)
    socket.on('close', () => done())
  })
}
