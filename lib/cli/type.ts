import { COUNT_CAP } from '@/lib/db/portal/profile-list'
import { typesWithStock } from '@/lib/db/portal/types'
import { type ProfileTypeRow, readProfileType } from '@/lib/db/type-rows'
import { FormError } from '@/lib/form-error'
import { type TemplateReport, templateReport } from '@/lib/inventory/templates'
import { createType, inputOf, TypeInput, updateType } from '@/lib/inventory/types'
import { type Command, command, flag, noArguments, oneArgument, oneOf, option } from './command'
import type { Output } from './output'
import { givenSettings, readTemplateFile, settingOptions, typeInput } from './type-options'
import { type Deployment, withRuntime } from './with-runtime'

const { shape } = TypeInput

const helps = {
  live: 'Its packages go to eUICCs under a live CI; without it to test ones only',
  strict: 'Missing memory, versions and services are refusals, not warnings',
  'confirmation-code': 'Orders that say nothing of a confirmation code get one',
}

/** A type without its icon's bytes. */
const toldOf = ({ icon, ...type }: TypeInput) => ({ ...type, icon: icon?.iconType ?? null })

const add = command({
  name: 'type add',
  verb: 'type:write',
  forms: ['NAME [options]'],
  summary: 'Add a profile type',
  options: {
    live: flag(helps.live),
    strict: flag(helps.strict),
    'confirmation-code': flag(helps['confirmation-code']),
    ...settingOptions,
  },
  arguments: oneArgument('NAME', shape.name),
  run: async ({ options: given, arguments: name, out }) => {
    const { live, strict, 'confirmation-code': confirmationCodeRequired } = given
    const type = typeInput({ name, live, strict, confirmationCodeRequired, ...(await givenSettings(given)) })
    const file = given.template ? await readTemplateFile(given.template) : undefined
    const id = await withRuntime(({ db, actor, now, vault }) =>
      createType(db, actor, type, file ? { file, ctx: { actor, now, vault } } : undefined),
    )
    out.answer({ id, ...toldOf(type), template: file?.name ?? null }, () =>
      out.line(`Added the ${type.live ? 'live' : 'test'} type ${name}${file ? ` with the template ${file.name}` : ''}.`),
    )
  },
})

const yesNo = oneOf(['yes', 'no'])
const isYes = (word: 'yes' | 'no' | undefined): boolean | undefined => (word === undefined ? undefined : word === 'yes')

const edit = command({
  name: 'type edit',
  verb: 'type:write',
  forms: ['NAME [options]'],
  summary: 'Change a profile type; what is not named stays as it is',
  notes: [
    '"" takes a value away: --spn "" leaves the name to the package, --template "" leaves the type without a template.',
    'A new template is used for batches that are checked from then on. A type with profiles stays live or for tests.',
  ],
  options: {
    name: option('NAME', 'Another name', shape.name),
    live: option('yes|no', helps.live, yesNo),
    strict: option('yes|no', helps.strict, yesNo),
    'confirmation-code': option('yes|no', helps['confirmation-code'], yesNo),
    ...settingOptions,
  },
  arguments: oneArgument('NAME', shape.name),
  run: async ({ options: given, arguments: name, out }) =>
    withRuntime(async ({ db, actor, now, vault }) => {
      const row = await named(db, name)
      const present = inputOf(row)
      const type = typeInput({
        ...present,
        name: given.name ?? present.name,
        live: isYes(given.live) ?? present.live,
        strict: isYes(given.strict) ?? present.strict,
        confirmationCodeRequired: isYes(given['confirmation-code']) ?? present.confirmationCodeRequired,
        ...(await givenSettings(given, present)),
      })
      const file = given.template ? await readTemplateFile(given.template) : undefined
      const template = given.template === undefined ? undefined : { ctx: { actor, now, vault }, replaces: row.templateId, file }
      const { version } = await updateType(db, actor, { id: row.id, version: row.version, ...type }, template)
      const changed = version !== row.version || template !== undefined
      out.answer({ id: row.id, version, ...toldOf(type) }, () =>
        out.line(changed ? `Changed the type ${type.name}.` : `Nothing is new: the type ${type.name} is as it was.`),
      )
    }),
})

/** @throws FormError when there is none */
async function named(db: Deployment['db'], name: string): Promise<ProfileTypeRow> {
  const type = await readProfileType(db, name)
  if (!type) throw new FormError(`There is no profile type named ${name}.`)
  return type
}

const show = command({
  name: 'type show',
  verb: 'type:read',
  forms: ['NAME'],
  summary: 'Show a profile type: its settings, and what its template has in it',
  options: {},
  arguments: oneArgument('NAME', shape.name),
  run: ({ arguments: name, out }) =>
    withRuntime(async ({ db, vault }) => {
      const row = await named(db, name)
      const template = row.templateId ? await templateReport(db, vault, row.templateId) : null
      const { id, version, createdAt, createdBy } = row
      out.answer({ id, version, createdAt, createdBy, ...toldOf(inputOf(row)), template }, () => {
        tellSettings(inputOf(row), out)
        if (template) tellTemplate(template, out)
      })
    }),
})

function tellSettings(type: TypeInput, out: Output): void {
  out.facts([
    ['Name', type.name],
    ['For', type.live ? 'live devices' : 'test devices'],
    ['Class', type.profileClass],
    ['Service provider', type.serviceProviderName ?? 'of the package'],
    ['Profile name', type.profileName ?? 'of the package'],
    ['Icon', type.icon && `${type.icon.iconType}, ${type.icon.icon.length} octets`],
    ['Policy rules', type.policyRules.join(', ')],
    ['Owner', type.owner && [type.owner.mccMnc, type.owner.gid1, type.owner.gid2].filter(Boolean).join(' ')],
    [
      'Notifications',
      type.notifications.map(({ events, address }) => `${events.join(',')}${address ? `@${address}` : ''}`).join(' ') ||
        'all to this server',
    ],
    ['Protected with', `${type.protection} keys`],
    ['Attempts', `${type.downloadLimit} downloads, ${type.confirmationLimit} confirmation codes`],
    ['Confirmation code', type.confirmationCodeRequired ? 'every order' : 'when an order asks for one'],
    ['Orders are valid', type.orderValidDays ? `${type.orderValidDays} days` : 'without end'],
    ['A new phone', newPhoneWords(type)],
    ['Back to stock', type.returnsToStock === 'never' ? 'never' : 'when its phone has deleted it'],
    ['A person’s no', type.onRejection === 'keep' ? 'keeps the order' : 'ends the order'],
    ['Strict', type.strict ? 'yes' : undefined],
    [
      'Alert',
      type.alertLevel && `below ${type.alertLevel}${type.alertRecipients.length > 0 ? ` to ${type.alertRecipients.join(', ')}` : ''}`,
    ],
    ['Reorder', type.reorderQuantity],
  ])
}

const DEVICES = { any: 'any device', same: 'the same device', none: 'no device' }

function newPhoneWords({ reuseDevice, reuseAfterDeletion, reuseLimit, reuseWaitHours }: TypeInput): string {
  if (reuseDevice === 'none') return DEVICES.none
  return [
    DEVICES[reuseDevice],
    reuseAfterDeletion ? 'once deletion was reported' : 'deleted or not',
    reuseLimit === null ? 'any number of times' : `at most ${reuseLimit} times`,
    ...(reuseWaitHours > 0 ? [`${reuseWaitHours} hours after the order before`] : []),
  ].join(', ')
}

function tellTemplate({ tree, values, warnings }: TemplateReport, out: Output): void {
  out.line()
  out.line(
    `Template ${tree.profileName} of ${tree.sizeBytes} octets, SAIP ${tree.saipVersion}, demands ${tree.mandatoryServices.join(', ')}`,
  )
  for (const warning of warnings) out.line(warning)
  out.table(
    ['No.', 'Element', 'Octets', 'Files', 'Applications'],
    tree.elements.map(({ number, title, sizeBytes, files, applications }) => [
      String(number),
      title,
      String(sizeBytes),
      String(filesIn(files) || ''),
      applications.map(({ aid }) => aid).join(' '),
    ]),
  )
  out.line()
  out.table(
    ['Value', 'Goes to', ''],
    values.map(({ title, places, reason, present }) => [title, [...new Set(places)].join(', ') || 'nowhere', reason ?? present ?? '']),
  )
}

const filesIn = (files: TemplateReport['tree']['elements'][number]['files']): number =>
  files.reduce((sum, file) => sum + 1 + filesIn(file.files), 0)

const counted = (count: number): string => (count > COUNT_CAP ? `over ${COUNT_CAP}` : String(count))

const list = command({
  name: 'type list',
  verb: 'type:read',
  forms: [''],
  summary: 'List the profile types and their stock',
  options: {},
  arguments: noArguments,
  run: ({ out }) =>
    withRuntime(async ({ db }) => {
      const types = await typesWithStock(db, COUNT_CAP)
      const told = types.map(({ icon, ...type }) => type)
      out.answer(told, () => {
        if (types.length === 0) return out.line('There is no profile type yet.')
        out.table(
          ['Name', 'Kind', 'Class', 'Provider', 'Keys', 'Profiles', 'Available'],
          types.map(type => [
            type.name,
            type.live ? 'live' : 'test',
            type.profileClass,
            type.serviceProviderName ?? 'of the package',
            type.protection,
            counted(type.profiles),
            counted(type.available),
          ]),
        )
      })
    }),
})

export const typeCommands: Command[] = [add, edit, show, list]
