import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { z } from 'zod'
import type { TemplateFile } from '@/lib/inventory/templates'
import { TypeInput } from '@/lib/inventory/types'
import { iconProblem, readPicture } from '@/lib/rsp/icon'
import { type Icon, ProfileClass, ProfilePolicyRule } from '@/lib/rsp/metadata'
import { type NotificationKind, notificationKinds, type TypeNotification } from '@/lib/rsp/type-metadata'
import { FilePath, number, oneOf, option, options } from './command'
import { UsageError } from './failure'

const { shape } = TypeInput

/** What a schema takes, or "" for nothing: null. */
const orNothing = <Schema extends z.ZodType<unknown, string>>(schema: Schema) =>
  z
    .string()
    .transform(text => text || null)
    .pipe(schema.nullable())

const kinds = notificationKinds.join(', ')

/** EVENT,…[@HOST] */
const Notification = z.string().transform((text, context): TypeNotification => {
  const [events = '', address] = text.split('@')
  const named = events.split(',').map(event => notificationKinds.find(kind => kind === event.trim()))
  const known = named.filter((kind): kind is NotificationKind => kind !== undefined)
  if (known.length < named.length)
    context.addIssue({ code: 'custom', message: `Events are ${kinds}, as in install,delete@smdp.example.com.` })
  return { events: known, ...(address === undefined ? {} : { address }) }
})

/** What can be said of a type in a word or number; "" takes it away again. */
export const settingOptions = {
  class: option('CLASS', 'operational (default), test or provisioning', oneOf(ProfileClass.options)),
  spn: option('NAME', 'Service provider name on the device; without it the package’s', orNothing(shape.serviceProviderName.unwrap())),
  'profile-name': option('NAME', 'Profile name on the device; without it the package’s', orNothing(shape.profileName.unwrap())),
  icon: option('FILE', 'PNG or JPEG of 64 × 64 pixels, at most 1024 octets', orNothing(FilePath)),
  template: option('FILE', 'Profile package (DER) whose subscriber values the server fills in', orNothing(FilePath)),
  'policy-rule': options(
    'RULE',
    'ppr1 (no disabling), ppr2 (no deletion), pprUpdateControl; repeatable',
    oneOf(['', ...ProfilePolicyRule.options]),
  ),
  owner: option('MCCMNC', 'Profile owner, as in 26202; without it the package’s', orNothing(shape.owner.unwrap().shape.mccMnc)),
  gid1: option('HEX', 'GID1 of the owner', z.string()),
  gid2: option('HEX', 'GID2 of the owner', z.string()),
  notify: options('EVENTS[@HOST]', `Notifications: ${kinds}; without a host to this server; repeatable (default: all)`, z.string()),
  protection: option('KEYS', 'session keys (default) or random ones: session, random', oneOf(['session', 'random'])),
  'download-limit': option('N', 'Download attempts of an order (default 10)', number(shape.downloadLimit.unwrap())),
  'confirmation-limit': option('N', 'Wrong confirmation codes of an order (default 3)', number(shape.confirmationLimit.unwrap())),
  'valid-days': option('N', 'Days for which orders are valid (default: without end)', orNothing(number(shape.orderValidDays.unwrap()))),
  'on-rejection': option('KEEP', 'What a person’s “no” does to the order: keep (default), end', oneOf(['keep', 'end'])),
  reuse: option('DEVICE', 'Which device may download a profile again: any (default), same, none', oneOf(['any', 'same', 'none'])),
  'reuse-after-deletion': option(
    'yes|no',
    'Only when its phone has reported that it deleted the profile (default yes)',
    oneOf(['yes', 'no']),
  ),
  'reuse-limit': option('N', 'How often (default 5; "" for any number of times)', orNothing(number(shape.reuseLimit.unwrap().unwrap()))),
  'reuse-wait': option('HOURS', 'After the order before (default 0)', number(shape.reuseWaitHours.unwrap())),
  'returns-to-stock': option(
    'WHEN',
    'Whether a profile that somebody had may become stock again: never (default), after-deletion',
    oneOf(['never', 'after-deletion']),
  ),
  'alert-level': option('N', 'Mail goes out when fewer are in stock', orNothing(number(shape.alertLevel.unwrap()))),
  'alert-to': options('E-MAIL', 'Who gets that mail; repeatable', z.string()),
  reorder: option('N', 'How many are ordered from the vendor at once', orNothing(number(shape.reorderQuantity.unwrap()))),
}

type Given = { [Name in keyof typeof settingOptions]: ReturnType<(typeof settingOptions)[Name]['read']> }

/** The settings that were given, as TypeInput takes them; files are read. @throws UsageError */
export async function givenSettings(given: Given, present: Partial<TypeInput> = {}): Promise<Record<string, unknown>> {
  const settings: Record<string, unknown> = {
    profileClass: given.class,
    serviceProviderName: given.spn,
    profileName: given['profile-name'],
    icon: given.icon && (await readIcon(given.icon)),
    policyRules: listOf(given['policy-rule']),
    owner: ownerOf(given, present.owner),
    notifications: listOf(given.notify)?.map(text => read(Notification, text, '--notify')),
    protection: given.protection,
    downloadLimit: given['download-limit'],
    confirmationLimit: given['confirmation-limit'],
    orderValidDays: given['valid-days'],
    onRejection: given['on-rejection'],
    reuseDevice: given.reuse,
    reuseAfterDeletion: given['reuse-after-deletion'] && given['reuse-after-deletion'] === 'yes',
    reuseWaitHours: given['reuse-wait'],
    returnsToStock: given['returns-to-stock'] && (given['returns-to-stock'] === 'never' ? 'never' : 'afterDeletion'),
    alertLevel: given['alert-level'],
    alertRecipients: listOf(given['alert-to']),
    reorderQuantity: given.reorder,
  }
  const said = Object.entries(settings).filter(([, value]) => value !== undefined)
  const settled = Object.fromEntries(said.map(([name, value]) => [name, value ?? undefined]))
  // Here nothing is a value of its own: without limit.
  const limit = given['reuse-limit']
  return limit === undefined ? settled : { ...settled, reuseLimit: limit }
}

/** Undefined when none was given; "" alone is an empty list. */
const listOf = (words: readonly string[]): string[] | undefined =>
  words.length === 0 ? undefined : [...new Set(words)].filter(word => word !== '')

function ownerOf({ owner: mccMnc, gid1, gid2 }: Given, present: TypeInput['owner']): object | null | undefined {
  if (mccMnc === undefined && gid1 === undefined && gid2 === undefined) return undefined
  if (mccMnc === null) return null
  const owner = { mccMnc: mccMnc ?? present?.mccMnc, gid1: gid1 ?? present?.gid1, gid2: gid2 ?? present?.gid2 }
  if (!owner.mccMnc) throw new UsageError('GIDs need --owner with them.')
  return owner
}

async function readIcon(file: string): Promise<Icon> {
  const icon = new Uint8Array(await readFile(file))
  const problem = iconProblem(icon)
  const picture = readPicture(icon)
  if (problem || !picture) throw new UsageError(`${basename(file)}: ${problem}`)
  return { iconType: picture.iconType, icon }
}

export const readTemplateFile = async (file: string): Promise<TemplateFile> => ({ name: basename(file), bytes: await readFile(file) })

/** All settings together. @throws UsageError with the first thing that is wrong */
export const typeInput = (settings: Record<string, unknown>): TypeInput => read(TypeInput, settings, 'The type')

function read<Schema extends z.ZodType>(schema: Schema, value: unknown, what: string): z.output<Schema> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new UsageError(`${what}: ${parsed.error.issues[0]?.message}`)
}
