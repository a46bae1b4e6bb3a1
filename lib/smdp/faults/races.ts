import { Agent } from 'node:http'
import type { Card } from '@/lib/phone/card'
import { signedTlv } from '@/lib/phone/euicc-context'
import type { Lpa } from '@/lib/phone/lpa'
import { integerValue, oidValue, tlv } from '@/lib/rsp/tlv'
import { testSmdpOid } from '../pki/test-pki-files'
import { confirmationCodeRaces } from './confirmation-code-races'
import { operatorRaces } from './operator-races'
import { codesOf, tally } from './outcomes'
import type { PlainTransport } from './plain-transport'
import { recorded, sentTo } from './recorded-phone'
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
    await confirmationCodeRaces(report, site)
    await report.case('The same notifications 100 times at once', () => sameNotification(site, second, 100))
    await report.case('A device cancels while it downloads', () => cancelSessionRace(site, short ? 8 : 40))
    await report.case('Two instances take turns on each request of a session', () => takingTurns(site, second, short ? 4 : 20))
    await report.case('One eUICC asks for its package many times at once', () => samePackage(site, second, 20))
    await operatorRaces(report, site, second, short)
  } finally {
    await site.close()
  }
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

const bothInstances = (site: Site, second: ServerProcess): PlainTransport[] =>
  [site.port, second.port].map(port => site.transport({ port: () => port, persistMs: 20_000 }))

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
