import type { ProfileState } from '@/lib/rsp/lifecycle'
import type { OrderOutcome } from './move-profile'
import { CLAIMED_EID } from './stock'
import type { ProfileTypeSettings } from './type-rows'

/** An order as ES9+ sees it: with its profile, its type and the binding that was made last. */
export interface DownloadOrder {
  orderId: string
  iccid: string
  /** The eUICC that the order was made for */
  orderEid: string | null
  matchingId: string | null
  /** Sealed by the vault, identity `confirmation_code:<orderId>` */
  confirmationCodeHash: Buffer | null
  confirmationAttempts: number
  confirmationLimit: number
  downloadAttempts: number
  downloadLimit: number
  expiresAt: Date | null
  closedAt: Date | null
  outcome: OrderOutcome | null
  state: ProfileState
  /** The order that holds the profile now */
  openOrderId: string | null
  /** The eUICC for which the package was bound */
  claimedEid: string | null
  installBytes: number
  packageName: string
  saipVersion: string
  mandatoryServices: string[]
  mccMnc: string | null
  gid1: string | null
  gid2: string | null
  spn: string | null
  /** Octets of the package before it is bound */
  packageBytes: number
  type: DownloadType
  binding: StoredBinding | null
}

/** What a download needs of its type. */
export type DownloadType = Pick<
  ProfileTypeSettings,
  | 'name'
  | 'live'
  | 'profileClass'
  | 'serviceProviderName'
  | 'profileName'
  | 'iconType'
  | 'icon'
  | 'policyRules'
  | 'ownerMccMnc'
  | 'ownerGid1'
  | 'ownerGid2'
  | 'notifications'
  | 'protection'
  | 'onRejection'
  | 'strict'
>

export interface StoredBinding {
  id: string
  eid: string
  otPkDp: Buffer
  otPkEuicc: Buffer
  metadata: Buffer
  /** The keys that make its segments, by the vault, identity `binding:<id>`; null where they have gone: then it is not given out again. */
  sealed: Buffer | null
  ciNumber: number
  credential: number
}

/** Steps of an RSP session after the eUICC has proved itself. */
export type SessionStep = 'refused' | 'authenticated' | 'confirmationRefused' | 'bound' | 'temporaryFailure' | 'finished' | 'cancelled'

export interface NewSession {
  transactionId: string
  createdAt: Date
  expiresAt: Date
  eid: string
  iccid: string | null
  orderId: string | null
  ciNumber: number
  authCredential: number
  pbCredential: number | null
  /** Uncompressed point, 65 octets */
  euiccPublicKey: Buffer
  euiccCurve: string
  requestHash: Buffer
  smdpSigned2: Buffer | null
  smdpSignature2: Buffer | null
  metadata: Buffer | null
  step: SessionStep
}

export interface StoredSession extends NewSession {
  bindingId: string | null
}

/** What an RSP session that is under way needs of its order. */
export type SessionOrder = Omit<
  DownloadOrder,
  | 'matchingId'
  | 'installBytes'
  | 'packageName'
  | 'saipVersion'
  | 'mandatoryServices'
  | 'mccMnc'
  | 'gid1'
  | 'gid2'
  | 'spn'
  | 'type'
  | 'binding'
> & {
  type: Pick<DownloadType, 'protection' | 'onRejection'>
  binding: SessionBinding | null
}

export type SessionBinding = Omit<StoredBinding, 'ciNumber' | 'credential'>

/** Members and the columns that hold them; those of a part carry its name before a dot. */
type Fields = Record<string, string>

const SESSION_ORDER_FIELDS: Fields = {
  orderId: 'o.id',
  iccid: 'o.iccid',
  orderEid: 'o.eid',
  confirmationCodeHash: 'o.confirmation_code_hash',
  confirmationAttempts: 'o.confirmation_attempts',
  confirmationLimit: 'o.confirmation_limit',
  downloadAttempts: 'o.download_attempts',
  downloadLimit: 'o.download_limit',
  expiresAt: 'o.expires_at',
  closedAt: 'o.closed_at',
  outcome: 'o.outcome',
  state: 'p.state',
  openOrderId: 'p.order_id',
  claimedEid: CLAIMED_EID,
  packageBytes: 'p.package_bytes',
  'type.protection': 't.protection',
  'type.onRejection': 't.on_rejection',
  'binding.id': 'b.id',
  'binding.eid': 'b.eid',
  'binding.otPkDp': 'b.ot_pk_dp',
  'binding.otPkEuicc': 'b.ot_pk_euicc',
  'binding.metadata': 'b.metadata',
  'binding.sealed': 'b.sealed',
}

const ORDER_FIELDS: Fields = {
  ...SESSION_ORDER_FIELDS,
  matchingId: 'o.matching_id',
  installBytes: 'p.install_bytes',
  packageName: 'p.package_name',
  saipVersion: 'p.saip_version',
  mandatoryServices: 'p.mandatory_services',
  mccMnc: 'p.mcc_mnc',
  gid1: 'p.gid1',
  gid2: 'p.gid2',
  spn: 'p.spn',
  'type.name': 't.name',
  'type.live': 't.live',
  'type.profileClass': 't.profile_class',
  'type.serviceProviderName': 't.service_provider_name',
  'type.profileName': 't.profile_name',
  'type.iconType': 't.icon_type',
  'type.icon': 't.icon',
  'type.policyRules': 't.policy_rules',
  'type.ownerMccMnc': 't.owner_mcc_mnc',
  'type.ownerGid1': 't.owner_gid1',
  'type.ownerGid2': 't.owner_gid2',
  'type.notifications': 't.notifications',
  'type.strict': 't.strict',
  'binding.ciNumber': 'b.ci_number',
  'binding.credential': 'b.credential',
}

const SESSION_FIELDS: Fields = {
  transactionId: 's.transaction_id',
  createdAt: 's.created_at',
  expiresAt: 's.expires_at',
  eid: 's.eid',
  iccid: 's.iccid',
  orderId: 's.order_id',
  ciNumber: 's.ci_number',
  authCredential: 's.auth_credential',
  pbCredential: 's.pb_credential',
  euiccPublicKey: 's.euicc_public_key',
  euiccCurve: 's.euicc_curve',
  requestHash: 's.request_hash',
  smdpSigned2: 's.smdp_signed2',
  smdpSignature2: 's.smdp_signature2',
  metadata: 's.metadata',
  step: 's.step',
  bindingId: 's.binding_id',
}

/** A list of columns and what puts their values, read as an array, into shape: a named row of forty members costs twice as much. */
export interface Columns<T> {
  list: string
  count: number
  read(row: unknown[], from: number): T
}

function columnsOf<T>(fields: Fields): Columns<T> {
  const places = Object.keys(fields).map(name => name.split('.'))
  return {
    list: Object.values(fields).join(', '),
    count: places.length,
    read: (row, from) => {
      const whole: Record<string, unknown> = {}
      const parts: Record<string, Record<string, unknown>> = {}
      places.forEach(([first = '', second], i) => {
        if (second === undefined) {
          whole[first] = row[from + i]
          return
        }
        parts[first] ??= {}
        parts[first][second] = row[from + i]
      })
      return Object.assign(whole, parts) as T
    },
  }
}

/** The order in a row; undefined where a left join found none, and no binding where there is none. */
function orderColumns<T extends { orderId: string; binding: { id: string } | null }>(fields: Fields): Columns<T | undefined> {
  const columns = columnsOf<T>(fields)
  return {
    ...columns,
    read: (row, from) => {
      const order = columns.read(row, from)
      if (!order.orderId) return undefined
      return order.binding?.id ? order : { ...order, binding: null }
    },
  }
}

export const ORDER = orderColumns<DownloadOrder>(ORDER_FIELDS)
export const SESSION_ORDER = orderColumns<SessionOrder>(SESSION_ORDER_FIELDS)
export const SESSION = columnsOf<StoredSession>(SESSION_FIELDS)

export const ORDER_TABLES = `download_order o JOIN profile p ON p.iccid = o.iccid JOIN profile_type t ON t.id = p.type_id
  LEFT JOIN binding b ON b.id = p.binding_id AND b.order_id = o.id`
