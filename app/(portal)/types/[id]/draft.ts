import type { TypeRow } from '@/lib/db/portal/types'

export type NotificationEvent = 'install' | 'enable' | 'disable' | 'delete'
export type PolicyRule = TypeRow['policyRules'][number]

/** A type's settings as a person edits them: numbers and lists as they are typed. */
export interface TypeDraft {
  name: string
  live: boolean
  profileClass: TypeRow['profileClass']
  serviceProviderName: string
  profileName: string
  /** base64 */
  icon: { iconType: 'jpg' | 'png'; base64: string } | null
  policyRules: PolicyRule[]
  ownerMccMnc: string
  ownerGid1: string
  ownerGid2: string
  /** Empty: all events to this server */
  notifications: { events: NotificationEvent[]; address: string }[]
  protection: TypeRow['protection']
  downloadLimit: string
  confirmationLimit: string
  onRejection: TypeRow['onRejection']
  strict: boolean
  confirmationCodeRequired: boolean
  orderValidDays: string
  reuseDevice: TypeRow['reuseDevice']
  reuseAfterDeletion: boolean
  /** Empty: without a limit */
  reuseLimit: string
  reuseWaitHours: string
  returnsToStock: TypeRow['returnsToStock']
  alertLevel: string
  alertRecipients: string
  reorderQuantity: string
}

/** What each is called where two people's changes meet. */
export const FIELD_NAMES: Record<keyof TypeDraft, string> = {
  name: 'name',
  live: 'test or live',
  profileClass: 'class',
  serviceProviderName: 'service provider name',
  profileName: 'profile name',
  icon: 'icon',
  policyRules: 'policy rules',
  ownerMccMnc: 'owner',
  ownerGid1: 'GID1',
  ownerGid2: 'GID2',
  notifications: 'notifications',
  protection: 'protection',
  downloadLimit: 'download attempts',
  confirmationLimit: 'confirmation code attempts',
  onRejection: 'what follows a rejection',
  strict: 'strict',
  confirmationCodeRequired: 'confirmation code',
  orderValidDays: 'days of validity',
  reuseDevice: 'who may download again',
  reuseAfterDeletion: 'deletion before a move',
  reuseLimit: 'number of moves',
  reuseWaitHours: 'wait between moves',
  returnsToStock: 'return to stock',
  alertLevel: 'alert level',
  alertRecipients: 'recipients of the alert',
  reorderQuantity: 'reorder quantity',
}
const fieldNames = Object.keys(FIELD_NAMES) as (keyof TypeDraft)[]

const typed = (number: number | null): string => (number === null ? '' : String(number))

export const draftOf = (type: TypeRow): TypeDraft => ({
  name: type.name,
  live: type.live,
  profileClass: type.profileClass,
  serviceProviderName: type.serviceProviderName ?? '',
  profileName: type.profileName ?? '',
  icon: type.icon && type.iconType ? { iconType: type.iconType, base64: type.icon } : null,
  policyRules: type.policyRules,
  ownerMccMnc: type.ownerMccMnc ?? '',
  ownerGid1: type.ownerGid1 ?? '',
  ownerGid2: type.ownerGid2 ?? '',
  notifications: type.notifications.map(({ events, address }) => ({ events, address: address ?? '' })),
  protection: type.protection,
  downloadLimit: String(type.downloadLimit),
  confirmationLimit: String(type.confirmationLimit),
  onRejection: type.onRejection,
  strict: type.strict,
  confirmationCodeRequired: type.confirmationCodeRequired,
  orderValidDays: typed(type.orderValidDays),
  reuseDevice: type.reuseDevice,
  reuseAfterDeletion: type.reuseAfterDeletion,
  reuseLimit: typed(type.reuseLimit),
  reuseWaitHours: String(type.reuseWaitHours),
  returnsToStock: type.returnsToStock,
  alertLevel: typed(type.alertLevel),
  alertRecipients: type.alertRecipients.join(', '),
  reorderQuantity: typed(type.reorderQuantity),
})

/** Fields in which two drafts differ. */
export const changedFields = (from: TypeDraft, to: TypeDraft): (keyof TypeDraft)[] =>
  fieldNames.filter(name => JSON.stringify(from[name]) !== JSON.stringify(to[name]))

/** What is kept now, with the changes of a person on it who began from `base`. */
export const withMyChanges = (kept: TypeDraft, base: TypeDraft, mine: TypeDraft): TypeDraft => ({
  ...kept,
  ...Object.fromEntries(changedFields(base, mine).map(name => [name, mine[name]])),
})

/** As the action takes it. */
export const draftInput = ({ icon, ...draft }: TypeDraft) => ({
  ...draft,
  ...(icon ? { icon: { iconType: icon.iconType, icon: Uint8Array.from(atob(icon.base64), letter => letter.charCodeAt(0)) } } : {}),
})
