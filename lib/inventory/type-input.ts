import { z } from 'zod'
import { EmailInput } from '@/lib/accounts/account'
import type { ProfileTypeSettings } from '@/lib/db/type-rows'
import { iconProblem, readPicture } from '@/lib/rsp/icon'
import { Icon, ProfileClass, ProfileName, ProfileOwner, ProfilePolicyRule, ServiceProviderName } from '@/lib/rsp/metadata'
import { notificationKinds } from '@/lib/rsp/type-metadata'

/** An icon that devices can show: its own octets say what it is. */
const TypeIcon = Icon.superRefine(({ iconType, icon }, context) => {
  const problem = iconProblem(icon)
  const wrongType = !problem && readPicture(icon)?.iconType !== iconType ? 'The icon is a picture of another kind than it says.' : undefined
  const message = problem ?? wrongType
  if (message) context.addIssue({ code: 'custom', message })
})

const Gid = ProfileOwner.shape.gid1
  .unwrap()
  .max(40, 'A GID has at most 20 octets.')
  .transform(gid => gid.toUpperCase())
  .transform(gid => gid || undefined)

const TypeOwner = z.object({ mccMnc: ProfileOwner.shape.mccMnc, gid1: Gid.optional(), gid2: Gid.optional() })

const NotificationAddress = z
  .string()
  .trim()
  .toLowerCase()
  .max(255, 'A host name has at most 255 characters.')
  .regex(
    /^(?=.{1,255}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*(:[0-9]{1,5})?$/,
    'An address is a host name, as in smdp.example.com.',
  )

const TypeNotification = z.object({
  events: z
    .array(z.enum(notificationKinds))
    .min(1, 'Choose at least one event.')
    .transform(events => notificationKinds.filter(kind => events.includes(kind))),
  /** Left out: this server */
  address: NotificationAddress.optional(),
})

const TypeNotifications = z
  .array(TypeNotification)
  .max(8, 'At most 8 addresses.')
  .superRefine((notifications, context) => {
    const addresses = notifications.map(({ address }) => address ?? '')
    const twice = addresses.findIndex((address, i) => addresses.indexOf(address) < i)
    if (twice >= 0) context.addIssue({ code: 'custom', path: [twice, 'address'], message: 'This address is in the list already.' })
  })

const profilesAtMost = 10_000_000
const Profiles = z
  .int()
  .min(1, 'At least one.')
  .max(profilesAtMost, `At most ${profilesAtMost.toLocaleString('en')}.`)

/** A profile type as a person or a script describes it. */
export const TypeInput = z
  .object({
    name: z
      .string()
      .trim()
      .min(1, 'A type needs a name.')
      .max(64, 'A name has at most 64 characters.')
      .regex(/^\P{Cc}*$/u, 'A name has no control characters.'),
    live: z.boolean().default(false),
    profileClass: ProfileClass.default('operational'),
    serviceProviderName: ServiceProviderName.optional(),
    profileName: ProfileName.optional(),
    icon: TypeIcon.optional(),
    policyRules: z.array(ProfilePolicyRule).default([]),
    /** Left out: from the package, where policy rules need one */
    owner: TypeOwner.optional(),
    /** Empty: all events to this server */
    notifications: TypeNotifications.default([]),
    protection: z.enum(['session', 'random']).default('session'),
    downloadLimit: z.int().min(1, 'At least one attempt.').max(1_000, 'At most 1,000 attempts.').default(10),
    confirmationLimit: z.int().min(1, 'At least one attempt.').max(100, 'At most 100 attempts.').default(3),
    onRejection: z.enum(['keep', 'end']).default('keep'),
    strict: z.boolean().default(false),
    confirmationCodeRequired: z.boolean().default(false),
    /** Left out: without end */
    orderValidDays: z.int().min(1, 'At least one day.').max(3_650, 'At most 3,650 days.').optional(),
    /** Which eUICC may download an installed profile again */
    reuseDevice: z.enum(['none', 'same', 'any']).default('any'),
    /** Only when the eUICC has reported that it deleted the profile */
    reuseAfterDeletion: z.boolean().default(true),
    /** How often; null: without limit */
    reuseLimit: z.int().min(0, 'At least 0.').max(1_000, 'At most 1,000 times.').nullable().default(5),
    /** After the order before */
    reuseWaitHours: z.int().min(0, 'At least 0 hours.').max(8_760, 'At most 8,760 hours, a year.').default(0),
    /** Whether a profile that its eUICC has deleted may become stock again */
    returnsToStock: z.enum(['never', 'afterDeletion']).default('never'),
    alertLevel: Profiles.optional(),
    alertRecipients: z.array(EmailInput).max(20, 'At most 20 addresses.').default([]),
    reorderQuantity: Profiles.optional(),
  })
  .superRefine(({ alertLevel, alertRecipients }, context) => {
    if (alertRecipients.length > 0 && alertLevel === undefined)
      context.addIssue({ code: 'custom', path: ['alertLevel'], message: 'Say at which level mail goes out, or take the addresses away.' })
  })
export type TypeInput = z.infer<typeof TypeInput>

/** As the database keeps it. */
export function settingsOf({ icon, owner, ...input }: TypeInput): ProfileTypeSettings {
  return {
    ...input,
    serviceProviderName: input.serviceProviderName ?? null,
    profileName: input.profileName ?? null,
    iconType: icon?.iconType ?? null,
    icon: icon ? Buffer.from(icon.icon) : null,
    policyRules: [...new Set(input.policyRules)],
    ownerMccMnc: owner?.mccMnc ?? null,
    ownerGid1: owner?.gid1 ?? null,
    ownerGid2: owner?.gid2 ?? null,
    orderValidDays: input.orderValidDays ?? null,
    alertLevel: input.alertLevel ?? null,
    alertRecipients: [...new Set(input.alertRecipients)],
    reorderQuantity: input.reorderQuantity ?? null,
  }
}

/** The reverse of `settingsOf`. */
export function inputOf(settings: ProfileTypeSettings): TypeInput {
  const { icon, iconType, ownerMccMnc: mccMnc } = settings
  return {
    name: settings.name,
    live: settings.live,
    profileClass: settings.profileClass,
    serviceProviderName: settings.serviceProviderName ?? undefined,
    profileName: settings.profileName ?? undefined,
    icon: icon && iconType ? { iconType, icon: new Uint8Array(icon) } : undefined,
    policyRules: settings.policyRules,
    owner: mccMnc ? { mccMnc, gid1: settings.ownerGid1 ?? undefined, gid2: settings.ownerGid2 ?? undefined } : undefined,
    notifications: settings.notifications,
    protection: settings.protection,
    downloadLimit: settings.downloadLimit,
    confirmationLimit: settings.confirmationLimit,
    onRejection: settings.onRejection,
    strict: settings.strict,
    confirmationCodeRequired: settings.confirmationCodeRequired,
    orderValidDays: settings.orderValidDays ?? undefined,
    reuseDevice: settings.reuseDevice,
    reuseAfterDeletion: settings.reuseAfterDeletion,
    reuseLimit: settings.reuseLimit,
    reuseWaitHours: settings.reuseWaitHours,
    returnsToStock: settings.returnsToStock,
    alertLevel: settings.alertLevel ?? undefined,
    alertRecipients: settings.alertRecipients,
    reorderQuantity: settings.reorderQuantity ?? undefined,
  }
}
