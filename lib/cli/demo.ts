import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type ProfileDetail, profileDetail } from '@/lib/db/portal/profile-detail'
import { FormError } from '@/lib/form-error'
import { writeCard } from '@/lib/phone/card'
import type { Lpa } from '@/lib/phone/lpa'
import { openPhone } from '@/lib/phone/open-phone'
import { pkiOverview } from '@/lib/smdp/pki/overview'
import { type Command, command, noArguments } from './command'
import { type ServingPoint, servingPoint } from './demo-server'
import { issueOne, seedStock } from './demo-stock'
import type { Output } from './output'
import { refusalFacts } from './phone'
import { newCard } from './phone-card'
import { type Deployment, withRuntime } from './with-runtime'

/** Test data has no business beside certificates that real devices accept. @throws FormError */
async function requireTestDeployment({ db }: Deployment): Promise<void> {
  const live = (await pkiOverview(db)).cis.find(ci => ci.live)
  if (live)
    throw new FormError(
      `This deployment trusts the live CI “${live.name}”, so the demonstration, which is all test data, does not run here.`,
    )
}

/** A phone whose card is made anew; its file stays in the data folder, for `phone list --card`. */
async function demoPhone(dataDir: string, name: string, { host, port }: ServingPoint): Promise<Lpa> {
  const folder = join(dataDir, 'phone')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, `${name}.json`)
  writeCard(path, await newCard(dataDir))
  return openPhone(path, { connectTo: { host, port } })
}

const step = (out: Output) => (progress: { sentence: string }) => out.line(`    ${progress.sentence}`)

async function act(deployment: Deployment, phones: { first: Lpa; second: Lpa }, out: Output): Promise<string[]> {
  const { first, second } = phones
  const say = (sentence: string) => {
    out.line()
    out.line(sentence)
  }
  say('1. Eight TS.48 test profiles go into stock, four of demo-prepaid and four of demo-business (random keys).')
  const { prepaid, business } = await seedStock(deployment)
  const [plain, thrown, kept, coded] = [
    await issueOne(deployment, prepaid[0]),
    await issueOne(deployment, prepaid[1]),
    await issueOne(deployment, prepaid[2]),
    await issueOne(deployment, business[0], '4711'),
  ]
  for (const { iccid, activationCode } of [plain, thrown, kept, coded]) out.line(`    ${iccid}  ${activationCode}`)

  say(`2. The first phone, EID ${first.euicc.eid}, scans the first code.`)
  await first.download({ activationCode: plain.activationCode, onProgress: step(out) })
  first.enable(plain.iccid)
  await first.sendNotifications(step(out))

  say('3. Its owner mistypes the confirmation code of the fourth code, then gets it right.')
  const typed = (attempt: number) => {
    const code = attempt === 1 ? '1174' : '4711'
    out.line(`    The person types ${code}.`)
    return code
  }
  await first.download({ activationCode: coded.activationCode, confirmationCode: typed, onProgress: step(out) })

  say(`4. A second phone, EID ${second.euicc.eid}, tries the first code, which is used up.`)
  const refused = await second.download({ activationCode: plain.activationCode, onProgress: step(out) }).then(
    () => undefined,
    error => refusalFacts(error) ?? Promise.reject(error),
  )
  if (!refused) throw new Error('The used code was accepted a second time.')
  out.line(`    ${refused.sentence}`)

  say('5. The second phone takes the second code; later its owner deletes the profile.')
  await second.download({ activationCode: thrown.activationCode, onProgress: step(out) })
  second.deleteProfile(thrown.iccid)
  await second.sendNotifications(step(out))
  return [plain, thrown, kept, coded].map(({ iccid }) => iccid).concat(prepaid[3] ?? [], business.slice(1))
}

function tellEnd(profiles: ProfileDetail[], { env }: Deployment, { running }: ServingPoint, out: Output): void {
  out.line()
  out.line('What the portal shows now:')
  out.line()
  out.table(
    ['ICCID', 'Type', 'State', 'On the device', 'EID'],
    profiles.map(({ iccid, type, state, runtimeState, eid }) => [iccid, type, state, runtimeState ?? '', eid ?? '']),
  )
  out.line()
  out.line(running ? `Look at it: ${env.portalUrl}/profiles` : `Look at it: npm start, then ${env.portalUrl}/profiles`)
  out.line(`The phones’ cards: ${join(env.dataDir, 'phone')}; phone list --card FILE shows what is on them.`)
}

const demo = command({
  name: 'demo',
  verb: null,
  forms: [''],
  summary: 'Show an operator’s day with test data: stock, codes, virtual phones, refusals',
  notes: [
    'Everything that it makes is test data: two profile types, eight profiles under fresh ICCIDs, two virtual phones. It may be run',
    'again and again, beside a running server or without one, and never where a live CI is trusted.',
  ],
  jsonHelp: 'One JSON document at the end: what became of each profile',
  options: {},
  arguments: noArguments,
  run: ({ out }) =>
    withRuntime(async deployment => {
      await requireTestDeployment(deployment)
      const { db, env } = deployment
      const server = await servingPoint(env, db)
      const phones = {
        first: await demoPhone(env.dataDir, 'demo-first', server),
        second: await demoPhone(env.dataDir, 'demo-second', server),
      }
      try {
        out.line('A demonstration: everything in it is test data, made by test keys that only virtual phones accept.')
        out.line(
          server.running
            ? 'The server that runs takes part; open its portal and watch.'
            : 'No server runs, so one takes part in this process.',
        )
        const iccids = await act(deployment, phones, out)
        const found = await Promise.all(iccids.map(iccid => profileDetail(db, iccid)))
        const profiles = found.filter(profile => profile !== undefined)
        const told = profiles.map(({ iccid, type, state, runtimeState, eid }) => ({ iccid, type, state, runtimeState, eid }))
        out.answer(told, () => tellEnd(profiles, deployment, server, out))
      } finally {
        for (const phone of [phones.first, phones.second]) phone.close()
        await server.close()
      }
    }),
})

export const demoCommands: Command[] = [demo]
