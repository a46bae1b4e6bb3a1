import { createInterface } from 'node:readline/promises'
import { z } from 'zod'
import { env } from '@/lib/env'
import { SpacedEid } from '@/lib/orders/order-fields'
import { scanActivationCode } from '@/lib/phone/activation-code'
import type { Lpa } from '@/lib/phone/lpa'
import { LpaError } from '@/lib/phone/lpa-error'
import { readMetadata } from '@/lib/phone/metadata'
import { openPhone } from '@/lib/phone/open-phone'
import { EuiccRefusal } from '@/lib/phone/refusal'
import { Iccid } from '@/lib/rsp/identifiers'
import { type Command, command, FilePath, flag, noArguments, oneArgument, option } from './command'
import { AlreadyTold, UsageError } from './failure'
import type { Output } from './output'
import { defaultCardPath, ensureCard } from './phone-card'

const HostPort = z.string().transform((text, context) => {
  const [, host, port] = /^(\[[0-9a-f:.]+\]|[^:\s]+):(\d{1,5})$/i.exec(text) ?? []
  if (host && Number(port) >= 1 && Number(port) <= 65_535) return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) }
  context.issues.push({ code: 'custom', message: 'A host and a port are expected, such as 127.0.0.1:8443.', input: text })
  return z.NEVER
})

const ActivationCode = z.string().refine(
  text => {
    try {
      return scanActivationCode(text) !== undefined
    } catch {
      return false
    }
  },
  { error: 'An activation code is expected, LPA:1$address$matching-ID; put it in single quotes, or the shell reads the $.' },
)

const cardOptions = {
  card: option('FILE', 'The phone’s card; without it phone/card.json in the data folder. Made on its first use', FilePath),
  eid: option('EID', 'The EID of a card that is made now', SpacedEid),
  connect: option('HOST:PORT', 'Connect there instead of to the SM-DP+ address', HostPort),
}

interface CardChoice {
  card: string | undefined
  eid: string | undefined
  connect: { host: string; port: number } | undefined
}

async function withPhone<T>({ card, eid, connect }: CardChoice, work: (phone: Lpa) => Promise<T>): Promise<T> {
  const { dataDir } = env()
  const path = card ?? defaultCardPath(dataDir)
  await ensureCard(path, { dataDir, eid })
  const phone = openPhone(path, connect ? { connectTo: connect } : {})
  try {
    return await work(phone)
  } finally {
    phone.close()
  }
}

/** What a refusal says of itself, for scripts; `failed` where nobody said no: a server that cannot be reached, an answer that cannot be. */
export function refusalFacts(error: unknown): Record<string, unknown> | undefined {
  if (error instanceof LpaError) {
    const { step, sentence, subjectCode, reasonCode, serverMessage, httpStatus } = error
    return { outcome: subjectCode ? 'refused' : 'failed', step, sentence, subjectCode, reasonCode, serverMessage, httpStatus }
  }
  if (error instanceof EuiccRefusal) return { outcome: 'refused', step: error.command, sentence: error.message, euiccCode: error.code }
  return undefined
}

/** A refusal is an answer too: told with its codes. */
function tellRefusal(error: unknown, out: Output): never {
  const facts = refusalFacts(error)
  if (!facts) throw error
  if (out.json) out.answer(facts, () => undefined)
  out.note(error instanceof EuiccRefusal ? `${error.message} (${error.code.name}, ${error.code.number})` : String(facts.sentence))
  throw new AlreadyTold()
}

/** Asks the person at the terminal, as a phone would; undefined where there is none. */
function askForCode(out: Output): ((attempt: number) => Promise<string | undefined>) | undefined {
  if (out.json || !process.stdin.isTTY) return undefined
  return async () => {
    const asking = createInterface({ input: process.stdin, output: process.stderr })
    const code = await asking.question('Confirmation code (empty to give up): ').finally(() => asking.close())
    return code || undefined
  }
}

const pendingOf = (phone: Lpa): number => phone.euicc.listNotifications().length

const remind = (phone: Lpa, out: Output): void => {
  const pending = pendingOf(phone)
  if (pending > 0) out.note(`${reports(pending)} could not be delivered and will be sent by: phone notify`)
}

const reports = (count: number): string => `${count} ${count === 1 ? 'notification' : 'notifications'}`

const download = command({
  name: 'phone download',
  verb: null,
  forms: ['LPA:1$… [--confirmation-code CODE] [--reject | --postpone]'],
  summary: 'Download and install the profile of an activation code on a virtual phone',
  notes: ['Put the code in single quotes, or the shell reads the $. A refusal is told with its codes, and the exit code is 1.'],
  options: {
    ...cardOptions,
    'confirmation-code': option('CODE', 'What the person types when asked', z.string().min(1, 'A confirmation code cannot be empty.')),
    reject: flag('The person says no to the offered profile'),
    postpone: flag('The person says not now'),
  },
  arguments: oneArgument('LPA:1$…', ActivationCode),
  run: ({ options: { reject, postpone, ...given }, arguments: activationCode, out }) => {
    if (reject && postpone) throw new UsageError('Either --reject or --postpone, not both.')
    const confirmationCode = given['confirmation-code'] ?? askForCode(out)
    return withPhone(given, async phone => {
      const done = await phone
        .download({
          activationCode,
          ...(confirmationCode === undefined ? {} : { confirmationCode }),
          accept: () => (reject ? 'reject' : postpone ? 'postpone' : 'accept'),
          onProgress: ({ sentence }) => out.line(sentence),
        })
        .catch(error => tellRefusal(error, out))
      const { iccid, profileName, serviceProviderName } = done.metadata
      const { outcome, transactionId } = done
      const { eid } = phone.euicc
      const facts = { outcome, iccid, eid, profileName, serviceProviderName, transactionId, pendingNotifications: pendingOf(phone) }
      out.answer(facts, () =>
        out.line(
          outcome === 'installed' ? `Installed ${iccid} on the eUICC ${eid}.` : `The person ${outcome} ${iccid}; nothing is installed.`,
        ),
      )
      remind(phone, out)
    })
  },
})

const list = command({
  name: 'phone list',
  verb: null,
  forms: [''],
  summary: 'List the profiles on a virtual phone',
  options: cardOptions,
  arguments: noArguments,
  run: ({ options: given, out }) =>
    withPhone(given, async phone => {
      const profiles = phone.listProfiles().map(({ iccid, state, metadata, smdpAddress }) => {
        const { profileName, serviceProviderName, profileClass } = readMetadata(Buffer.from(metadata, 'base64'))
        return { iccid, state, profileName, serviceProviderName, profileClass, smdpAddress }
      })
      const pending = pendingOf(phone)
      out.answer({ eid: phone.euicc.eid, profiles, pendingNotifications: pending }, () => {
        out.facts([['EID', phone.euicc.eid]])
        out.line()
        if (profiles.length === 0) out.line('No profile is installed.')
        else
          out.table(
            ['ICCID', 'State', 'Provider', 'Profile', 'SM-DP+'],
            profiles.map(profile => [profile.iccid, profile.state, profile.serviceProviderName, profile.profileName, profile.smdpAddress]),
          )
        if (pending > 0) out.line(`${reports(pending)} wait to be sent: phone notify`)
      })
    }),
})

/** A command on an installed profile; what it has to report is sent at once if the server can be reached. */
const change = (verb: 'enable' | 'disable' | 'delete', state: string, summary: string, act: (phone: Lpa, iccid: string) => void): Command =>
  command({
    name: `phone ${verb}`,
    verb: null,
    forms: ['ICCID'],
    summary,
    options: cardOptions,
    arguments: oneArgument('ICCID', Iccid),
    run: ({ options: given, arguments: iccid, out }) =>
      withPhone(given, async phone => {
        try {
          act(phone, iccid)
        } catch (error) {
          tellRefusal(error, out)
        }
        await phone.sendNotifications(({ sentence }) => out.line(sentence)).catch(error => requireDeliveryFault(error))
        out.answer({ iccid, state, pendingNotifications: pendingOf(phone) }, () => out.line(`${iccid} is ${state} on this phone.`))
        remind(phone, out)
      }),
  })

/** What cannot be delivered stays on the card; anything else is an error. */
function requireDeliveryFault(error: unknown): void {
  if (!(error instanceof LpaError)) throw error
}

const notify = command({
  name: 'phone notify',
  verb: null,
  forms: [''],
  summary: 'Send the notifications that a virtual phone still holds',
  options: cardOptions,
  arguments: noArguments,
  run: ({ options: given, out }) =>
    withPhone(given, async phone => {
      const waiting = pendingOf(phone)
      let failure: unknown
      await phone
        .sendNotifications(({ sentence }) => out.line(sentence))
        .catch(error => {
          failure = error
        })
      const pending = pendingOf(phone)
      out.answer({ sent: waiting - pending, pendingNotifications: pending }, () =>
        out.line(waiting === 0 ? 'There is nothing to send.' : `Sent ${waiting - pending} of ${reports(waiting)}.`),
      )
      if (failure) throw failure
    }),
})

export const phoneCommands: Command[] = [
  download,
  list,
  change('enable', 'Enabled', 'Enable a profile; the one that is enabled is disabled', (phone, iccid) => phone.enable(iccid)),
  change('disable', 'Disabled', 'Disable a profile', (phone, iccid) => phone.disable(iccid)),
  change('delete', 'Deleted', 'Delete a disabled profile', (phone, iccid) => phone.deleteProfile(iccid)),
  notify,
]
