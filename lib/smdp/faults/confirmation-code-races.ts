import { codesOf, tally } from './outcomes'
import { recorded, sentTo } from './recorded-phone'
import { type Report, sound } from './report'
import type { Ordered, Site } from './site'

const many = 50

/** Many wrong codes at once are many attempts. */
export async function confirmationCodeRaces(report: Report, site: Site): Promise<void> {
  await report.case(`${many} wrong confirmation codes at once, 3 are allowed`, () => wrongCodes(site))
  await report.case(`${many} wrong confirmation codes at once in one session`, () => wrongCodesInOneSession(site))
}

async function orderState(site: Site, { orderId, iccid }: Ordered) {
  const [order] = await site.sql<{ attempts: number; outcome: string | null }>(
    'SELECT confirmation_attempts AS attempts, outcome FROM download_order WHERE id = $1',
    [orderId],
  )
  return { ...order, state: (await site.profile(iccid))?.state }
}

async function wrongCodes(site: Site): Promise<string> {
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

async function wrongCodesInOneSession(site: Site): Promise<string> {
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
