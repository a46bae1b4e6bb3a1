import { Agent } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import type { Card } from '@/lib/phone/card'
import { signedTlv } from '@/lib/phone/euicc-context'
import type { Lpa } from '@/lib/phone/lpa'
import { LpaError } from '@/lib/phone/lpa-error'
import { integerValue, oidValue, tlv } from '@/lib/rsp/tlv'
import { testSmdpOid } from '../pki/test-pki-files'
import type { PlainTransport } from './plain-transport'
import { type Report, sound } from './report'
import type { ServerProcess } from './server-process'
import { type Ordered, Site } from './site'

/** Phones, operators and instances that want the same thing at the same moment. */
export async function raceCases(report: Report, { short }: { short: boolean }): Promise<void> {
  const site = await Site.open()
  try {
    const second = await site.another()
    const many = short ? 40 : 200
    for (const type of ['patient', 'plain'] as const)
      await report.case(`${many} phones race for one code${type === 'plain' ? ' that allows 10 attempts' : ''}`, () =>
        oneCode(site, many, type),
      )
    await report.case('50 wrong confirmation codes at once, 3 are allowed', () => wrongCodes(site, 50))
    await report.case('50 wrong confirmation codes at once in one session', () => wrongCodesInOneSession(site, 50))
    await report.case('The same notifications 100 times at once', () => sameNotification(site, second, 100))
    await report.case('A device cancels while it downloads', () => cancelSessionRace(site, short ? 8 : 40))
    await report.case('An operator cancels while a device downloads', () => cancelOrderRace(site, short ? 8 : 40))
    await report.case('Two instances take turns on each request of a session', () => takingTurns(site, second, short ? 4 : 20))
    await report.case('One eUICC asks for its package many times at once', () => samePackage(site, second, 20))
    await report.case('Operators race for the last profile of a type', () => lastProfile(site, second, short ? 3 : 10))
    await report.case('Operators issue the same profiles in opposite order', () => oppositeOrder(site, second, short ? 3 : 10))
    await report.case('The same packages are imported twice at once', () => sameImport(site, second))
  } finally {
    await site.close()
  }
}

const codesOf = (error: unknown): string =>
  error instanceof LpaError && error.subjectCode
    ? `${error.subjectCode}/${error.reasonCode}`
    : `${error instanceof Error ? error.message : error}`

/** How often each refusal came, for people. */
function tally(outcomes: string[]): string {
  const counts = new Map<string, number>()
  for (const outcome of outcomes) counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
  return [...counts].map(([outcome, count]) => `${count} × ${outcome}`).join(', ')
}

async function oneCode(site: Site, many: number, type: 'patient' | 'plain'): Promise<string> {
  const ordered = await site.order({ type })
  const agent = new Agent({ keepAlive: true, maxSockets: 64 })
  const phones = await Promise.all(Array.from({ length: many }, () => site.phone({ agent, persistMs: 30_000 })))
  const outcomes = await Promise.all(
    phones.map(phone =>
      phone.download({ activationCode: ordered.activationCode, faults: { noCancelSession: true } }).then(({ outcome }) => outcome, codesOf),
    ),
  )
  agent.destroy()
  const holders = phones.filter(phone => phone.listProfiles().length > 0)
  // With few attempts, so many may be spent before anybody asks for the package that the order ends.
  const allowed = type === 'plain' ? holders.length <= 1 : holders.length === 1
  sound(!allowed && `${holders.length} phones hold the profile (${tally(outcomes)})`)
  if (holders[0]) await site.checkInstalled(holders[0], ordered)
  await site.check()
  return `${holders.length} got it (${tally(outcomes)})`
}

async function orderState(site: Site, { orderId, iccid }: Ordered) {
  const [order] = await site.sql<{ attempts: number; outcome: string | null }>(
    'SELECT confirmation_attempts AS attempts, outcome FROM download_order WHERE id = $1',
    [orderId],
  )
  return { ...order, state: (await site.profile(iccid))?.state }
}

async function wrongCodes(site: Site, many: number): Promise<string> {
  const ordered = await site.order({ type: 'patient', confirmationCode: '2468' })
  const phones = await Promise.all(Array.from({ length: many }, () => site.phone({ persistMs: 20_000 })))
  let waiting = 0
  let go: () => void = () => undefined
  const together = new Promise<void>(done => {
    go = done
  })
  const outcomes = await Promise.all(
    phones.map((phone, i) =>
      phone
        .download({
          activationCode: ordered.activationCode,
          confirmationCode: async () => {
            if (++waiting === many) go()
            await together
            return `wrong${i}`
          },
          faults: { noCancelSession: true },
        })
        .then(({ outcome }) => outcome, codesOf)
        // Whoever falls out before the start does not hold up the others.
        .finally(() => go()),
    ),
  )
  const late = await (await site.phone())
    .download({ activationCode: ordered.activationCode, confirmationCode: '2468' })
    .then(() => 'installed', codesOf)
  const { attempts, outcome, state } = await orderState(site, ordered)
  sound(
    attempts !== 3 && `${attempts} attempts were counted`,
    state !== 'Error' && `the profile is ${state}`,
    outcome !== 'confirmationCodeAttemptsExceeded' && `the order ended as ${outcome}`,
    outcomes.filter(code => code === '8.2.7/3.8').length > 2 && `more than two wrong codes were looked at: ${tally(outcomes)}`,
    late === 'installed' && 'the right code was taken after the limit',
  )
  await site.check()
  return `3 were counted, the order ended (${tally(outcomes)}; the right code after them: ${late})`
}

interface Recorded {
  phone: Lpa
  sent: { name: string; body: Record<string, unknown> }[]
}

/** A phone, and what it sends, so that it can be sent again. */
async function recorded(site: Site): Promise<Recorded> {
  const sent: Recorded['sent'] = []
  const onPost = (name: string, body: Record<string, unknown>) => sent.push({ name, body })
  return { phone: await site.phone({ persistMs: 20_000, onPost }), sent }
}

function sentTo({ sent }: Recorded, name: string): Record<string, unknown> {
  const found = sent.find(each => each.name === name)
  if (!found) throw new Error(`The phone did not call ${name}.`)
  return found.body
}

const bothInstances = (site: Site, second: ServerProcess): PlainTransport[] =>
  [site.port, second.port].map(port => site.transport({ port: () => port, persistMs: 20_000 }))

async function wrongCodesInOneSession(site: Site, many: number): Promise<string> {
  const ordered = await site.order({ type: 'patient', confirmationCode: '1357' })
  const recording = await recorded(site)
  await recording.phone
    .download({ activationCode: ordered.activationCode, confirmationCode: 'wrong', faults: { noCancelSession: true } })
    .catch(() => undefined)
  const wrong = sentTo(recording, 'getBoundProfilePackage')
  const transport = site.transport({ persistMs: 20_000 })
  await Promise.all(Array.from({ length: many - 1 }, () => transport.call('getBoundProfilePackage', wrong)))
  const { attempts, outcome, state } = await orderState(site, ordered)
  sound(attempts !== 3 && `${attempts} attempts were counted`, state !== 'Error' && `the profile is ${state}`)
  await site.check()
  return `3 were counted, the order ended (${outcome})`
}

async function sameNotification(site: Site, second: ServerProcess, many: number): Promise<string> {
  const ordered = await site.order({ type: 'patient' })
  const phone = await site.phone({ persistMs: 20_000 })
  await phone.download({ activationCode: ordered.activationCode, faults: { keepNotifications: true } })
  phone.enable(ordered.iccid)
  const bodies = phone.euicc.listNotifications().map(({ der }) => ({ pendingNotification: der }))
  const transports = bothInstances(site, second)
  const statuses: number[] = []
  // The result comes before what the eUICC tells of the profile later, as a phone sends it.
  for (const body of bodies) {
    const answers = await Promise.all(Array.from({ length: many }, (_, i) => transports[i % 2]?.call('handleNotification', body)))
    statuses.push(...answers.map(answer => answer?.status ?? 0))
  }
  await phone.sendNotifications()
  const rows = await site.sql<{ event: string; verdict: string; n: number }>(
    'SELECT event, verdict, count(*)::int AS n FROM notification WHERE iccid = $1 GROUP BY 1, 2 ORDER BY 1, 2',
    [ordered.iccid],
  )
  const events = await site.sql<{ kind: string; n: number }>(
    `SELECT kind, count(*)::int AS n FROM profile_event WHERE iccid = $1 AND kind IN ('installationResult', 'notification') GROUP BY 1`,
    [ordered.iccid],
  )
  sound(
    statuses.some(status => status !== 204) && `not all were answered 204: ${tally(statuses.map(String))}`,
    rows.reduce((sum, { n }) => sum + n, 0) !== bodies.length && `${JSON.stringify(rows)} are stored of ${bodies.length} notifications`,
    events.some(({ n }) => n !== 1) && `the timeline tells ${JSON.stringify(events)}`,
    (await site.profile(ordered.iccid))?.runtime_state !== 'Enabled' && 'the profile is not known to be enabled',
  )
  await site.checkInstalled(phone, ordered)
  await site.check()
  return `${bodies.length} notifications × ${many}, each kept once and told once`
}

/** A phone that holds the profile is known to do so, and nobody can be given it again. */
async function agree(site: Site, phone: Lpa, { iccid }: Ordered): Promise<string> {
  await phone.sendNotifications()
  const holds = phone.listProfiles().length > 0
  const profile = await site.profile(iccid)
  sound(
    holds && (profile?.eid !== phone.euicc.eid || profile.state === 'Available') && `a phone holds ${iccid}, which is ${profile?.state}`,
    !holds && profile?.state === 'Installed' && `${iccid} is Installed on no phone`,
  )
  return `${profile?.state}${holds ? ' and on the phone' : ''}`
}

async function cancelSessionRace(site: Site, rounds: number): Promise<string> {
  const outcomes: string[] = []
  for (let round = 0; round < rounds; round++) {
    const ordered = await site.order({ type: 'ends' })
    const transport = site.transport({ persistMs: 20_000 })
    const card = await site.card()
    const cancelBefore = round % 2 ? 'getBoundProfilePackage' : 'handleNotification'
    let cancelling: Promise<unknown> | undefined
    const onPost = (name: string, { transactionId }: Record<string, unknown>) => {
      lastTransaction = transactionId === undefined ? lastTransaction : String(transactionId)
      if (name === cancelBefore) cancelling ??= transport.call('cancelSession', signedCancel(card, lastTransaction))
    }
    let lastTransaction = ''
    const phone = await site.phone({ persistMs: 20_000, onPost }, card)
    await phone.download({ activationCode: ordered.activationCode }).catch(() => undefined)
    await cancelling
    outcomes.push(await agree(site, phone, ordered))
  }
  await site.check()
  return tally(outcomes)
}

const pprNotAllowed = 3

/** A second LPA of the same eUICC cancels its session for a reason that ends the order. */
function signedCancel({ credentials: [credential] }: Card, transactionId: string): Record<string, unknown> {
  if (!credential) throw new Error('The card has no certificate.')
  const octets = [Buffer.from(transactionId, 'hex'), oidValue(testSmdpOid), integerValue(pprNotAllowed)]
  const signed = tlv(0x30, ...octets.map((value, i) => tlv(0x80 + i, value)))
  const cancelSessionResponse = tlv(0xbf41, tlv(0xa0, signed, signedTlv(credential, signed))).toString('base64')
  return { transactionId, cancelSessionResponse }
}

async function cancelOrderRace(site: Site, rounds: number): Promise<string> {
  const outcomes: string[] = []
  for (let round = 0; round < rounds; round++) {
    const ordered = await site.order({ type: 'patient' })
    const phone = await site.phone({ persistMs: 20_000 })
    let cancelling: Promise<string> | undefined
    const cancel = (to: 'Available' | 'Unavailable') => {
      cancelling ??= delay(round % 8)
        .then(() => site.server.tell({ do: 'cancel', iccid: ordered.iccid, to }))
        .then(
          () => `cancelled to ${to}`,
          () => 'not cancelled',
        )
    }
    await phone
      .download({
        activationCode: ordered.activationCode,
        onProgress: ({ step }) => {
          if (step === (round % 3 === 0 ? 'authenticateClient' : 'getBoundProfilePackage')) cancel(round % 2 ? 'Available' : 'Unavailable')
        },
      })
      .catch(() => undefined)
    const cancelled = await cancelling
    const [state, held] = [(await site.profile(ordered.iccid))?.state, phone.listProfiles().length > 0]
    sound(held && cancelled === 'cancelled to Available' && `${ordered.iccid} went back to stock and is on a phone (${state})`)
    outcomes.push(`${cancelled}, ${state}${held ? ', on the phone' : ''}`)
  }
  await site.check()
  return tally(outcomes)
}

async function takingTurns(site: Site, second: ServerProcess, rounds: number): Promise<string> {
  let turn = 0
  const ports = [site.port, second.port]
  for (let round = 0; round < rounds; round++) {
    const confirmationCode = round % 2 ? '97531' : undefined
    const ordered = await site.order({ type: round % 3 ? 'random' : 'plain', ...(confirmationCode ? { confirmationCode } : {}) })
    const phone = await site.phone({ port: () => ports[turn++ % 2] ?? 0 })
    let asked = 0
    await phone.download({ activationCode: ordered.activationCode, confirmationCode: () => (asked++ === 0 ? 'wrong' : confirmationCode) })
    phone.enable(ordered.iccid)
    await phone.sendNotifications()
    await site.checkInstalled(phone, ordered)
  }
  await site.check()
  return `${rounds} downloads, each request at the other instance`
}

async function samePackage(site: Site, second: ServerProcess, many: number): Promise<string> {
  const ordered = await site.order({ type: 'patient' })
  const recording = await recorded(site)
  const { phone } = recording
  await phone.download({ activationCode: ordered.activationCode, faults: { keepNotifications: true } })
  const fetch = sentTo(recording, 'getBoundProfilePackage')
  const transports = bothInstances(site, second)
  const answers = await Promise.all(Array.from({ length: many }, (_, i) => transports[i % 2]?.call('getBoundProfilePackage', fetch)))
  const packages = new Set(answers.map(answer => (answer?.json as { boundProfilePackage?: string })?.boundProfilePackage?.slice(-2_000)))
  await phone.sendNotifications()
  sound(packages.size !== 1 && `${packages.size} different packages were given out for one one-time key`)
  await site.checkInstalled(phone, ordered)
  await site.check()
  return `${many} requests, the same protected package each time`
}

async function lastProfile(site: Site, second: ServerProcess, rounds: number): Promise<string> {
  for (let round = 0; round < rounds; round++) {
    const [only] = await site.stock(1, 'random')
    const outcomes = await Promise.all(
      Array.from({ length: 12 }, (_, i) =>
        (i % 2 ? site.server : second).tell({ do: 'issue', type: 'random', count: 1 }).then(
          () => 'issued',
          (error: Error) => error.message,
        ),
      ),
    )
    const issued = outcomes.filter(outcome => outcome === 'issued').length
    sound(
      issued !== 1 && `the last profile was issued ${issued} times`,
      outcomes.some(outcome => outcome !== 'issued' && !/RspError/.test(outcome)) && `operators were told ${tally(outcomes)}`,
      (await site.profile(only?.iccid ?? ''))?.state !== 'Released' && 'the last profile is not released',
    )
  }
  await site.check()
  return `${rounds} × 12 operators on two instances, one got it each time`
}

async function oppositeOrder(site: Site, second: ServerProcess, rounds: number): Promise<string> {
  const outcomes: string[] = []
  for (let round = 0; round < rounds; round++) {
    const iccids: string[] = (await site.stock(20)).map(({ iccid }) => iccid)
    const told = await Promise.all(
      [iccids, [...iccids].reverse()].map((list, i) =>
        (i ? site.server : second).tell({ do: 'issue', iccids: list }).then(
          () => 'issued',
          (error: Error) => error.message.replace(/:.*/, ''),
        ),
      ),
    )
    const released = await site.sql<{ n: number }>(`SELECT count(*)::int AS n FROM profile WHERE state = 'Released' AND iccid = ANY($1)`, [
      iccids,
    ])
    outcomes.push(...told)
    sound(
      told.filter(outcome => outcome === 'issued').length !== 1 && `the same 20 profiles: ${tally(told)}`,
      told.some(outcome => outcome !== 'issued' && outcome !== 'RspError') && `the other operator was told: ${tally(told)}`,
      released[0]?.n !== 20 && `${released[0]?.n} of 20 profiles are released`,
    )
  }
  await site.check()
  return `${rounds} × 20 profiles: ${tally(outcomes)}`
}

async function sameImport(site: Site, second: ServerProcess): Promise<string> {
  const packages = site.packages(8)
  site.countStock(packages.length)
  const base64 = packages.map(({ upp }) => upp.toString('base64'))
  const reports = await Promise.all(
    [site.server, second].map((server, i) =>
      server
        .tell({ do: 'import', packages: i ? base64 : [...base64].reverse(), type: 'plain' })
        .then(report => report as { added: unknown[]; refused: unknown[] }),
    ),
  )
  const sum = (key: 'added' | 'refused') => reports.reduce((total, report) => total + report[key].length, 0)
  sound(
    sum('added') !== packages.length && `${sum('added')} of ${packages.length} packages were added`,
    sum('refused') !== packages.length && `${sum('refused')} were refused`,
  )
  await site.server.tell({ do: 'issue', iccids: packages.map(({ iccid }) => iccid) })
  await site.check()
  return `${packages.length} packages, each added once and refused once`
}
