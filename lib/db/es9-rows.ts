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

/** A list of columns and what puts their values, read as an array, into shape: a named row of forty members costs twice as much. */
export interface Columns<T> {
  list: string
  count: number
  read(row: unknown[], from: number): T
}

/** Says which value belongs to a column; called once for each, in their order. */
type Next = <V>(column: string) => V

/**
 * Columns out of the shape that they are read into, which names them in the order of its members. Written out as literals, because V8 makes
 * an object member by member at ten times the cost.
 */
function columnsOf<T>(shape: (next: Next) => T): Columns<T> {
  const names: string[] = []
  shape(column => {
    names.push(column)
    return undefined as never
  })
  return {
    list: names.join(', '),
    count: names.length,
    read: (row, from) => {
      let at = from
      return shape(<V>() => row[at++] as V)
    },
  }
}

/** The order in a row; undefined where a left join found none, and no binding where there is none. */
function orderColumns<T extends { orderId: string; binding: { id: string } | null }>(shape: (next: Next) => T): Columns<T | undefined> {
  const columns = columnsOf(shape)
  return {
    ...columns,
    read: (row, from) => {
      const order = columns.read(row, from)
      if (!order.orderId) return undefined
      return order.binding?.id ? order : { ...order, binding: null }
    },
  }
}

/** What every step of a download asks of its order. */
const termsOf = (next: Next): Omit<SessionOrder, 'type' | 'binding'> => ({
  orderId: next('o.id'),
  iccid: next('o.iccid'),
  orderEid: next('o.eid'),
  confirmationCodeHash: next('o.confirmation_code_hash'),
  confirmationAttempts: next('o.confirmation_attempts'),
  confirmationLimit: next('o.confirmation_limit'),
  downloadAttempts: next('o.download_attempts'),
  downloadLimit: next('o.download_limit'),
  expiresAt: next('o.expires_at'),
  closedAt: next('o.closed_at'),
  outcome: next('o.outcome'),
  state: next('p.state'),
  openOrderId: next('p.order_id'),
  claimedEid: next(CLAIMED_EID),
  packageBytes: next('p.package_bytes'),
})

const bindingOf = (next: Next): SessionBinding => ({
  id: next('b.id'),
  eid: next('b.eid'),
  otPkDp: next('b.ot_pk_dp'),
  otPkEuicc: next('b.ot_pk_euicc'),
  metadata: next('b.metadata'),
  sealed: next('b.sealed'),
})

export const ORDER = orderColumns<DownloadOrder>(next => ({
  ...termsOf(next),
  matchingId: next('o.matching_id'),
  installBytes: next('p.install_bytes'),
  packageName: next('p.package_name'),
  saipVersion: next('p.saip_version'),
  mandatoryServices: next('p.mandatory_services'),
  mccMnc: next('p.mcc_mnc'),
  gid1: next('p.gid1'),
  gid2: next('p.gid2'),
  spn: next('p.spn'),
  type: {
    name: next('t.name'),
    live: next('t.live'),
    profileClass: next('t.profile_class'),
    serviceProviderName: next('t.service_provider_name'),
    profileName: next('t.profile_name'),
    iconType: next('t.icon_type'),
    icon: next('t.icon'),
    policyRules: next('t.policy_rules'),
    ownerMccMnc: next('t.owner_mcc_mnc'),
    ownerGid1: next('t.owner_gid1'),
    ownerGid2: next('t.owner_gid2'),
    notifications: next('t.notifications'),
    protection: next('t.protection'),
    onRejection: next('t.on_rejection'),
    strict: next('t.strict'),
  },
  binding: {
    ...bindingOf(next),
    ciNumber: next('b.ci_number'),
    credential: next('b.credential'),
  },
}))

export const SESSION_ORDER = orderColumns<SessionOrder>(next => ({
  ...termsOf(next),
  type: { protection: next('t.protection'), onRejection: next('t.on_rejection') },
  binding: bindingOf(next),
}))

export const SESSION = columnsOf<StoredSession>(next => ({
  transactionId: next('s.transaction_id'),
  createdAt: next('s.created_at'),
  expiresAt: next('s.expires_at'),
  eid: next('s.eid'),
  iccid: next('s.iccid'),
  orderId: next('s.order_id'),
  ciNumber: next('s.ci_number'),
  authCredential: next('s.auth_credential'),
  pbCredential: next('s.pb_credential'),
  euiccPublicKey: next('s.euicc_public_key'),
  euiccCurve: next('s.euicc_curve'),
  requestHash: next('s.request_hash'),
  smdpSigned2: next('s.smdp_signed2'),
  smdpSignature2: next('s.smdp_signature2'),
  metadata: next('s.metadata'),
  step: next('s.step'),
  bindingId: next('s.binding_id'),
}))

export const ORDER_TABLES = `download_order o JOIN profile p ON p.iccid = o.iccid JOIN profile_type t ON t.id = p.type_id
  LEFT JOIN binding b ON b.id = p.binding_id AND b.order_id = o.id`
