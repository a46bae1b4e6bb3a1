import { readFile } from 'node:fs/promises'
import { COUNT_CAP } from '@/lib/db/portal/profile-list'
import { typesWithStock } from '@/lib/db/portal/types'
import { createType, TypeInput } from '@/lib/inventory/types'
import { Icon, ProfileClass, ProfilePolicyRule } from '@/lib/rsp/metadata'
import { type Command, command, FilePath, flag, noArguments, number, oneArgument, oneOf, option, options } from './command'
import { UsageError } from './failure'
import { withRuntime } from './with-runtime'

const { shape } = TypeInput

async function readIcon(file: string): Promise<Icon> {
  const icon = await readFile(file)
  const iconType = icon.subarray(0, 4).toString('hex') === '89504e47' ? 'png' : icon.subarray(0, 2).toString('hex') === 'ffd8' ? 'jpg' : ''
  if (!iconType) throw new UsageError(`${file} is neither a PNG nor a JPEG.`)
  const parsed = Icon.safeParse({ iconType, icon })
  if (!parsed.success) throw new UsageError(`${file}: ${parsed.error.issues[0]?.message}`)
  return parsed.data
}

const add = command({
  name: 'type add',
  forms: ['NAME [options]'],
  summary: 'Add a profile type',
  options: {
    live: flag('Its packages go to eUICCs under a live CI; without it to test ones only'),
    class: option('CLASS', 'operational (default), test or provisioning', oneOf(ProfileClass.options)),
    spn: option('NAME', 'Service provider name on the device; without it the package’s', shape.serviceProviderName.unwrap()),
    'profile-name': option('NAME', 'Profile name on the device; without it the package’s', shape.profileName.unwrap()),
    icon: option('FILE', 'PNG or JPEG of 64 × 64 pixels, at most 1024 octets', FilePath),
    protection: option('KEYS', 'session keys (default) or random ones: session, random', oneOf(['session', 'random'])),
    'policy-rule': options(
      'RULE',
      'ppr1 (no disabling), ppr2 (no deletion), pprUpdateControl; repeatable',
      oneOf(ProfilePolicyRule.options),
    ),
    'download-limit': option('N', 'Download attempts of an order (default 10)', number(shape.downloadLimit.unwrap())),
    'confirmation-limit': option('N', 'Wrong confirmation codes of an order (default 3)', number(shape.confirmationLimit.unwrap())),
    'on-rejection': option('KEEP', 'What a person’s “no” does to the order: keep (default), end', oneOf(['keep', 'end'])),
    strict: flag('Missing memory, versions and services are refusals, not warnings'),
  },
  arguments: oneArgument('NAME', shape.name),
  run: async ({ options: given, arguments: name, out }) => {
    const icon = given.icon === undefined ? undefined : await readIcon(given.icon)
    const type = TypeInput.parse({
      name,
      live: given.live,
      profileClass: given.class,
      serviceProviderName: given.spn,
      profileName: given['profile-name'],
      icon,
      policyRules: [...new Set(given['policy-rule'])],
      protection: given.protection,
      downloadLimit: given['download-limit'],
      confirmationLimit: given['confirmation-limit'],
      onRejection: given['on-rejection'],
      strict: given.strict,
    })
    await withRuntime(({ db, actor }) => createType(db, actor, type))
    const { icon: _, ...told } = type
    out.answer({ ...told, icon: icon?.iconType ?? null }, () => out.line(`Added the ${type.live ? 'live' : 'test'} type ${name}.`))
  },
})

const counted = (count: number): string => (count > COUNT_CAP ? `over ${COUNT_CAP}` : String(count))

const list = command({
  name: 'type list',
  forms: [''],
  summary: 'List the profile types and their stock',
  options: {},
  arguments: noArguments,
  run: ({ out }) =>
    withRuntime(async ({ db }) => {
      const types = await typesWithStock(db, COUNT_CAP)
      const told = types.map(({ id, icon, ...type }) => type)
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

export const typeCommands: Command[] = [add, list]
