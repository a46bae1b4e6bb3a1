import type { ProfileState } from '@/lib/rsp/lifecycle'
import type { OrderOutcome } from './move-profile'

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
  type: DownloadType
  binding: StoredBinding | null
}

export interface DownloadType {
  name: string
  live: boolean
  profileClass: 'test' | 'provisioning' | 'operational'
  serviceProviderName: string | null
  profileName: string | null
  iconType: 'jpg' | 'png' | null
  icon: Buffer | null
  policyRules: ('pprUpdateControl' | 'ppr1' | 'ppr2')[]
  protection: 'session' | 'random'
  onRejection: 'keep' | 'end'
  strict: boolean
}

export interface StoredBinding {
  id: string
  eid: string
  otPkDp: Buffer
  otPkEuicc: Buffer
  metadata: Buffer
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

type Row = Record<string, unknown>

/** Members of DownloadOrder and the columns that hold them; those of the type and the binding carry a prefix. */
const ORDER_FIELDS = {
  orderId: 'o.id',
  iccid: 'o.iccid',
  orderEid: 'o.eid',
  matchingId: 'o.matching_id',
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
  claimedEid: 'p.eid',
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
  'type.protection': 't.protection',
  'type.onRejection': 't.on_rejection',
  'type.strict': 't.strict',
  'binding.id': 'b.id',
  'binding.eid': 'b.eid',
  'binding.otPkDp': 'b.ot_pk_dp',
  'binding.otPkEuicc': 'b.ot_pk_euicc',
  'binding.metadata': 'b.metadata',
  'binding.ciNumber': 'b.ci_number',
  'binding.credential': 'b.credential',
} as const

const SESSION_FIELDS = {
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
} as const

const columns = (fields: Record<string, string>, prefix: string): string =>
  Object.entries(fields)
    .map(([name, column]) => `${column} AS "${prefix}${name}"`)
    .join(', ')

export const ORDER_COLUMNS = columns(ORDER_FIELDS, 'order.')
export const SESSION_COLUMNS = columns(SESSION_FIELDS, 'session.')

export const ORDER_TABLES = `download_order o JOIN profile p ON p.iccid = o.iccid JOIN profile_type t ON t.id = p.type_id
  LEFT JOIN binding b ON b.id = p.binding_id AND b.order_id = o.id`

/** The members of a row whose column names begin with `prefix`. */
function pick(row: Row, prefix: string): Row {
  const members: Row = {}
  for (const name in row) if (name.startsWith(prefix)) members[name.slice(prefix.length)] = row[name]
  return members
}

/** The order in a row of ORDER_COLUMNS; undefined where a left join found none. */
export function orderOf(row: Row): DownloadOrder | undefined {
  const order = pick(row, 'order.')
  if (!order.orderId) return undefined
  const binding = pick(order, 'binding.')
  return { ...order, type: pick(order, 'type.'), binding: binding.id ? binding : null } as unknown as DownloadOrder
}

/** The session in a row of SESSION_COLUMNS. */
export const sessionOf = (row: Row): StoredSession => pick(row, 'session.') as unknown as StoredSession
