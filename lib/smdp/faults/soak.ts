import { Agent } from 'node:http'
import type { Lpa } from '@/lib/phone/lpa'
import { awake } from './database-faults'
import { brokenInvariants, forgotten } from './invariants'
import { Ledger } from './plain-transport'
import { type Report, sound } from './report'
import { Site } from './site'

interface Sample {
  rssMb: number
  heapMb: number
  handles: number
  connections: number
  /** Rows in tables that are swept */
  sessions: number
  bindings: number
}

const phonesAtOnce = 4
/** The server's clock runs through so many days, between downloads: sessions and bindings grow old while it lasts. */
const days = 12
const dayMs = 86_400_000
const mostSamples = 60

/** Downloads, refusals, cancels and notifications for minutes on end; what the process and the tables hold levels off. */
export async function soakCase(report: Report, { soakMinutes }: { soakMinutes: number }): Promise<void> {
  if (soakMinutes === 0) return
  const run = async () => {
    const site = await Site.open()
    try {
      return await soak(site, soakMinutes * 60_000)
    } finally {
      await site.close()
    }
  }
  await report.case(`Soak of ${soakMinutes} minutes`, run, (soakMinutes + 15) * 60_000)
}

async function soak(site: Site, lengthMs: number): Promise<string> {
  const startedAt = Date.now()
  const until = startedAt + lengthMs
  const agent = new Agent({ keepAlive: true, maxSockets: phonesAtOnce })
  let downloads = 0
  const samples: Sample[] = []
  const everyMs = Math.max(1_000, lengthMs / mostSamples)
  for (let round = 1; Date.now() < until; round++) {
    const roundEnd = Math.min(until, startedAt + round * everyMs)
    const worker = async (number: number) => {
      for (; Date.now() < roundEnd; downloads++) await life(site, agent, (downloads + number) % 5)
    }
    await Promise.all(Array.from({ length: phonesAtOnce }, (_, i) => worker(i)))
    // A sweep takes what nobody needs any more, so what was promised is looked for before it.
    sound(...(await forgotten(site.db, site.ledger)), ...site.ledger.takeFaults())
    site.ledger = new Ledger()
    await site.server.tell({ do: 'clock', offsetMs: ((Date.now() - startedAt) / lengthMs) * days * dayMs })
    await site.server.tell({ do: 'sweep' })
    samples.push(await sample(site))
  }
  agent.destroy()
  await awake(site)
  sound(...(await brokenInvariants(site.db)), ...site.server.takeIncidents())
  return level(samples, downloads)
}

async function sample(site: Site): Promise<Sample> {
  const { rssBytes, heapBytes, handles } = await site.server.stats()
  const [row] = await site.sql<{ sessions: number; bindings: number; connections: number }>(
    `SELECT (SELECT count(*)::int FROM rsp_session) AS sessions, (SELECT count(*)::int FROM binding) AS bindings,
      (SELECT count(*)::int FROM pg_stat_activity WHERE datname = current_database()) AS connections`,
  )
  const { sessions = 0, bindings = 0, connections = 0 } = row ?? {}
  return { rssMb: rssBytes / 1_048_576, heapMb: heapBytes / 1_048_576, handles, connections, sessions, bindings }
}

/** One of the ways in which an order ends. */
async function life(site: Site, agent: Agent, kind: number): Promise<void> {
  const ordered = await site.order({ type: kind === 2 ? 'ends' : 'plain', ...(kind === 3 ? { confirmationCode: '1234' } : {}) })
  const phone: Lpa = await site.phone({ agent, persistMs: 5_000 })
  const { activationCode, iccid } = ordered
  // A refusal of each kind is as much a part of the day as a download.
  await phone.download({ activationCode: `${activationCode.slice(0, -1)}!` }).catch(() => undefined)
  await phone
    .download({
      activationCode,
      confirmationCode: attempt => (attempt === 1 ? 'wrong' : '1234'),
      accept: () => (kind === 2 ? 'reject' : 'accept'),
      ...(kind === 4 ? { faults: { interruptAfterSegments: 3 } } : {}),
    })
    .catch(() => undefined)
  if (kind === 4) await phone.download({ activationCode }).catch(() => undefined)
  if (phone.listProfiles().length === 0) return
  phone.enable(iccid)
  phone.disable(iccid)
  phone.deleteProfile(iccid)
  await phone.sendNotifications()
}

/** Compares the last third with the middle one: what still grows then, grows for ever. */
function level(samples: Sample[], downloads: number): string {
  const third = Math.floor(samples.length / 3)
  if (third < 2) return `${downloads} orders; too short to say whether anything levels off`
  const highest = (part: Sample[], key: keyof Sample) => Math.max(...part.map(each => each[key]))
  const middle = samples.slice(third, 2 * third)
  const last = samples.slice(-third)
  const grew = (key: keyof Sample, factor: number, slack: number) => {
    const [then, now] = [highest(middle, key), highest(last, key)]
    return now > then * factor + slack && `${key} still grows: ${then.toFixed(1)}, later ${now.toFixed(1)}`
  }
  sound(
    grew('rssMb', 1.1, 16),
    grew('heapMb', 1.15, 6),
    grew('handles', 1, 8),
    grew('connections', 1, 4),
    grew('sessions', 1.25, 50),
    grew('bindings', 1.25, 50),
  )
  const told = (key: keyof Sample) => `${key} ${highest(middle, key).toFixed(0)} → ${highest(last, key).toFixed(0)}`
  const keys = ['rssMb', 'heapMb', 'handles', 'connections', 'sessions', 'bindings'] as const
  return `${downloads} orders; highest in the middle and in the last third: ${keys.map(told).join(', ')}`
}
