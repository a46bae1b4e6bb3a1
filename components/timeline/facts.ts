import { byteWords } from '@/components/number-words'
import { ELIGIBILITY_RULES, type EligibilityRule, EUICC_CATEGORIES } from '@/lib/rsp/explain/eligibility-rules'
import type { TimelineEvent } from '@/lib/rsp/timeline/event'
import { BPP_COMMANDS } from '@/lib/rsp/timeline/reasons'

export interface Fact {
  label: string
  value: string
}

const LABELS: Record<string, string> = {
  svn: 'SGP.22 version of the eUICC',
  tac: 'TAC',
  imei: 'IMEI',
  freeMemory: 'Free memory on the eUICC',
  neededMemory: 'Memory that the profile needs',
  profileVersion: 'Profile package version of the eUICC',
  category: 'Category of the eUICC',
  against: 'What stood against it',
  matchingId: 'Matching ID',
  attempt: 'Download attempt',
  attemptLimit: 'Download attempts allowed',
  confirmationAttempt: 'Confirmation code attempt',
  confirmationLimit: 'Confirmation code attempts allowed',
  confirmationLimitBefore: 'Confirmation code attempts before',
  downloadLimit: 'Download attempts allowed',
  downloadLimitBefore: 'Download attempts before',
  expiresAt: 'Good until',
  expiresBefore: 'Good until, before',
  rebound: 'Same package as before',
  segments: 'Segments',
  bytes: 'Size of the package',
  protection: 'Protected with',
  reason: 'Cancel reason',
  effect: 'Effect on the order',
  success: 'Installed',
  errorReason: 'Error reason',
  bppCommandId: 'Failed during',
  peStatus: 'Answer of the eUICC',
  late: 'Of an earlier download',
  event: 'Notification',
  sequenceNumber: 'Sequence number',
  from: 'Before',
  deletedAt: 'Deleted there',
  failed: 'Installation failed there',
  rules: 'Rules passed over',
  requestedBy: 'Asked for by',
  oldIccid: 'Old ICCID',
  newIccid: 'New ICCID',
  to: 'Sent to',
  linkId: 'Link',
  ended: 'Links ended',
  revoked: 'Link was dead',
}

const VALUES: Record<string, (value: unknown) => string | undefined> = {
  freeMemory: value => (typeof value === 'number' ? byteWords(value) : undefined),
  neededMemory: value => (typeof value === 'number' ? byteWords(value) : undefined),
  category: value => (typeof value === 'number' ? EUICC_CATEGORIES[value] : undefined),
  against: value => (Array.isArray(value) ? value.map(rule => ELIGIBILITY_RULES[rule as EligibilityRule] ?? rule).join(', ') : undefined),
  bytes: value => (typeof value === 'number' ? byteWords(value) : undefined),
  bppCommandId: value => (typeof value === 'number' ? BPP_COMMANDS[value] : undefined),
  protection: value => (value === 'random' ? 'random keys (ReplaceSessionKeys)' : value === 'session' ? 'session keys' : undefined),
}

function write(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'string' || typeof value === 'number') return String(value)
  if (Array.isArray(value) && value.every(each => typeof each === 'string')) return value.join(', ')
  return JSON.stringify(value)
}

/** `freeMemory` → `Free memory`, for facts without a label of their own. */
const spaced = (key: string): string => {
  const words = key.replace(/([a-z0-9])([A-Z])/g, (_, before: string, letter: string) => `${before} ${letter.toLowerCase()}`)
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** Fields of a code, which nobody is shown by asking for a device. */
const codes = new Set(['matchingId', 'activationCode'])

/** Whether the EID or IMEI of a device is masked in it. */
export const hidesDevice = ({ eid, data }: Pick<TimelineEvent, 'eid' | 'data'>): boolean =>
  [['eid', eid], ...Object.entries(data ?? {})].some(
    ([name, value]) => typeof value === 'string' && value.includes('••••') && !codes.has(String(name)),
  )

/** What an event carries besides its sentence, as label and value. */
export function eventFacts(event: TimelineEvent): Fact[] {
  const facts: Fact[] = []
  if (event.eid) facts.push({ label: 'EID', value: event.eid })
  for (const [key, value] of Object.entries(event.data ?? {})) {
    if (value === null || value === undefined || value === '' || key === 'warnings' || value === event.eid) continue
    facts.push({ label: LABELS[key] ?? spaced(key), value: VALUES[key]?.(value) ?? write(value) })
  }
  if (event.transactionId) facts.push({ label: 'transactionId', value: event.transactionId })
  return facts
}
