import type { Icon, NotificationConfiguration, NotificationEvent, ProfileClass, ProfilePolicyRule, TypeMetadata } from '@/lib/rsp/metadata'

/** Events that a type reports, by the short names it is stored with. */
export const notificationKinds = ['install', 'enable', 'disable', 'delete'] as const
export type NotificationKind = (typeof notificationKinds)[number]

/** Where notifications of some events go; without an address to this server. */
export interface TypeNotification {
  events: NotificationKind[]
  address?: string | undefined
}

/** What a profile type is stored with, as far as a device is shown it. */
export interface TypeSettings {
  /** Null: from the package, as is the profile name */
  serviceProviderName: string | null
  profileName: string | null
  iconType: 'jpg' | 'png' | null
  icon: Uint8Array | null
  profileClass: ProfileClass
  policyRules: readonly ProfilePolicyRule[]
  /** Null: from the package, where policy rules need an owner */
  ownerMccMnc: string | null
  ownerGid1: string | null
  ownerGid2: string | null
  /** Empty: all events to this server */
  notifications: readonly TypeNotification[]
}

const EVENTS: Record<NotificationKind, NotificationEvent> = {
  install: 'notificationInstall',
  enable: 'notificationEnable',
  disable: 'notificationDisable',
  delete: 'notificationDelete',
}

/** What a type adds to the metadata of its packages. @param smdpAddress gets the notifications that no other address gets */
export function typeMetadata(settings: TypeSettings, smdpAddress: string): TypeMetadata {
  const { icon, iconType, ownerMccMnc: mccMnc, ownerGid1, ownerGid2 } = settings
  return {
    serviceProviderName: settings.serviceProviderName ?? undefined,
    profileName: settings.profileName ?? undefined,
    icon: icon && iconType ? ({ iconType, icon: new Uint8Array(icon) } satisfies Icon) : undefined,
    profileClass: settings.profileClass,
    profilePolicyRules: settings.policyRules,
    profileOwner: mccMnc ? { mccMnc, ...(ownerGid1 ? { gid1: ownerGid1 } : {}), ...(ownerGid2 ? { gid2: ownerGid2 } : {}) } : undefined,
    notificationAddress: smdpAddress,
    notifications: settings.notifications.map(notification => configuration(notification, smdpAddress)),
  }
}

const configuration = ({ events, address }: TypeNotification, smdpAddress: string): NotificationConfiguration => ({
  profileManagementOperation: events.map(event => EVENTS[event]),
  notificationAddress: address ?? smdpAddress,
})
