import { createHash, randomBytes } from 'node:crypto'
import type { PersonalValue } from '@/lib/db/audit-rows'
import { storableJson } from '@/lib/db/profile-events'

const saltBytes = 16

/** Names, at any depth of a detail, whose values are somebody's: of a device, of a subscriber, or what was typed to find one. */
const personalName = /^(eid|imei|imsi|msisdn|email|phoneNumber|address|recipient|search)$|(Eid|Imei|Imsi|Msisdn|Email)$/

const isPersonal = (name: string, value: string): boolean =>
  value !== '' && (personalName.test(name) || (name === 'to' && value.includes('@')))

/** SHA-256 over the salt and the value (UTF-8), base64url. */
export const personalDigest = (salt: Buffer, value: string): string =>
  createHash('sha256').update(salt).update(value, 'utf8').digest('base64url')

type Leaf = (name: string, path: string, value: unknown) => unknown

/** Rebuilds a detail, its members taken from `leaf` unless that answers undefined; `path` names a member with dots between its steps. */
function rebuilt(value: unknown, leaf: Leaf, name = '', path = ''): unknown {
  const instead = leaf(name, path, value)
  if (instead !== undefined) return instead
  if (value === null || typeof value !== 'object') return value
  const below = (key: string | number) => (path ? `${path}.${key}` : String(key))
  if (Array.isArray(value)) return value.map((each, place) => rebuilt(each, leaf, name, below(place)))
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, rebuilt(each, leaf, key, below(key))]))
}

/** Puts personal values of a detail aside, each with a salt of its own, and leaves `{digest}` in their places. */
export function setAside(detail: Record<string, unknown>): { detail: string; personal: PersonalValue[] } {
  const personal: PersonalValue[] = []
  const json = storableJson(detail)
  const left = rebuilt(JSON.parse(json), (name, path, value) => {
    if (typeof value !== 'string' || !isPersonal(name, value)) return undefined
    const salt = randomBytes(saltBytes)
    personal.push({ field: path, value, salt })
    return { digest: personalDigest(salt, value) }
  })
  return { detail: personal.length > 0 ? JSON.stringify(left) : json, personal }
}

const digestOf = (value: unknown): string | undefined => {
  if (value === null || typeof value !== 'object' || Object.keys(value).length !== 1) return undefined
  const { digest } = value as { digest?: unknown }
  return typeof digest === 'string' && /^[\w-]{43}$/.test(digest) ? digest : undefined
}

/** What is read where a value was erased. */
export const erasedWords = 'erased'

const eidText = /\b(\d{28})(\d{4})\b/g

/** An EID as those see it who have not asked for it: ••••4317. */
export const maskEids = (text: string): string => text.replace(eidText, '••••$2')

/**
 * A detail as people read it: values that stood aside in their places again, "erased" where they are no more.
 * @param masked EIDs are cut to their last four digits
 */
export function joinedDetail(detail: unknown, personal: readonly PersonalValue[], { masked }: { masked: boolean }): unknown {
  const values = new Map(personal.map(({ field, value }) => [field, value]))
  return rebuilt(detail, (_, path, value) => {
    const whole = digestOf(value) ? (values.get(path) ?? erasedWords) : value
    if (typeof whole !== 'string') return undefined
    return masked ? maskEids(whole) : whole
  })
}

/** Whether each value that stands aside is the one whose digest the row has; others of the row are nobody's business. */
export function personalHolds(detail: unknown, personal: readonly PersonalValue[]): boolean {
  const values = new Map(personal.map(each => [each.field, each]))
  let holds = true
  rebuilt(detail, (_, path, value) => {
    const aside = values.get(path)
    const digest = aside && digestOf(value)
    if (digest && personalDigest(aside.salt, aside.value) !== digest) holds = false
    return undefined
  })
  return holds
}
