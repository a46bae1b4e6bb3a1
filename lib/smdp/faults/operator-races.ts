import { setTimeout as delay } from 'node:timers/promises'
import { tally } from './outcomes'
import { type Report, sound } from './report'
import type { ServerProcess } from './server-process'
import type { Site } from './site'

/** Operators who want the same thing as a device, or as each other. */
export async function operatorRaces(report: Report, site: Site, second: ServerProcess, short: boolean): Promise<void> {
  await report.case('An operator cancels while a device downloads', () => cancelOrderRace(site, short ? 8 : 40))
  await report.case('Operators race for the last profile of a type', () => lastProfile(site, second, short ? 3 : 10))
  await report.case('Operators issue the same profiles in opposite order', () => oppositeOrder(site, second, short ? 3 : 10))
  await report.case('The same packages are imported twice at once', () => sameImport(site, second))
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
