import type { Queryable } from '../pool'
import { internationalNumbers, readCountryCode } from './phone-numbers'

/** What a search text names: one kind of identifier, or digits that may be the beginning or end of several. */
export type ProfileSearch =
  | { by: 'none' }
  | { by: 'iccid'; iccid: string }
  | { by: 'eid'; eid: string }
  /** `numbers`: phone numbers, in digits from the country code on, that may be meant as well */
  | { by: 'digits'; digits: string; matchingId?: string; numbers?: string[] }
  | { by: 'matchingId'; matchingId: string }

/** The text without what no identifier has. */
const written = (text: string): string =>
  text
    .replace(/\p{Cc}/gu, ' ')
    .trim()
    .slice(0, 200)

const activationCode = /^(?:LPA:)?1\$[^$]*\$([^$]*)/i

/** A phone number with the signs that people put into it; the zero in brackets is for those who dial at home. */
const phoneNumber = /^\+?[0-9 ()/.-]*[()/.][0-9 ()/.-]*$/
const plainNumber = (text: string): string => (phoneNumber.test(text) ? text.replace(/^(\+.*)\(0\)/, '$1').replace(/[()/.]/g, '') : text)

/**
 * Reads what a person typed or scanned: identifiers with spaces and dashes, phone numbers with their signs, a whole activation code.
 * @param countryCode of phone numbers that are written without one
 */
export function readSearch(text: string, countryCode?: string): ProfileSearch {
  const trimmed = written(text)
  if (!trimmed) return { by: 'none' }
  const code = activationCode.exec(trimmed)
  if (code) return { by: 'matchingId', matchingId: (code[1] ?? '').toUpperCase() }
  const compact = plainNumber(trimmed).replace(/\s/g, '').toUpperCase()
  const digits = compact.replace(/^\+/, '').replace(/-/g, '').replace(/F$/, '')
  if (/^[0-9]{32}$/.test(digits)) return { by: 'eid', eid: digits }
  if (/^[0-9]{19,20}$/.test(digits)) return { by: 'iccid', iccid: digits }
  if (!/^[0-9]+$/.test(digits)) return { by: 'matchingId', matchingId: compact }
  const numbers = compact.startsWith('+') ? [] : internationalNumbers(digits, countryCode)
  return {
    by: 'digits',
    digits,
    ...(/^[0-9]+-/.test(compact) ? { matchingId: compact } : {}),
    ...(numbers.length > 0 ? { numbers } : {}),
  }
}

/** The same, with the country that the settings name. */
export async function readSearchHere(db: Queryable, text: string): Promise<ProfileSearch> {
  const search = readSearch(text)
  return search.by === 'digits' ? readSearch(text, await readCountryCode(db)) : search
}

/** Collects the parameters of one statement: `add(value)` gives its placeholder, the same one for the same value. */
export class Parameters {
  readonly values: unknown[] = []
  private readonly placeholders = new Map<unknown, string>()

  add(value: unknown): string {
    const known = this.placeholders.get(value)
    if (known) return known
    this.values.push(value)
    const placeholder = `$${this.values.length}`
    this.placeholders.set(value, placeholder)
    return placeholder
  }
}

/** Longer than any ICCID: only an EID has so many digits. */
const longestIccid = 20

/** Shorter beginnings of an EID are those of its manufacturer, which thousands share. */
const shortestEid = 6

const shortestMatchingId = 4

/** A shorter beginning of a reference or an e-mail address fits too many. */
const shortestWords = 3

/** Fewer last digits of an ICCID are those of every hundredth. */
const shortestIccidEnd = 3

/** Profiles of so many orders are looked at. */
const mostOrders = 1_000

/** Digits have the same order in every collation, so a beginning is a range in any index. */
function beginsWith(column: string, digits: string, parameters: Parameters): string {
  const after = (BigInt(`1${digits}`) + 1n).toString()
  const from = `${column} >= ${parameters.add(digits)}`
  return after.startsWith('2') ? from : `(${from} AND ${column} < ${parameters.add(after.slice(1))})`
}

const isOrBegins = (column: string, value: string, parameters: Parameters): string =>
  `(${column} = ${parameters.add(value)} OR ${column} LIKE ${parameters.add(`${value.replace(/[\\%_]/g, '\\$&')}%`)})`

const matchingIdCondition = (matchingId: string, parameters: Parameters): string =>
  matchingId.length < shortestMatchingId
    ? `o.matching_id = ${parameters.add(matchingId)}`
    : isOrBegins('o.matching_id', matchingId, parameters)

/** By what of an order a search fits. */
export type OrderMatch = 'matchingId' | 'eid' | 'reference' | 'email'

/** A way in which an order, closed or not, can fit a search, as a condition on `download_order o` with an index of its own. */
export interface OrderBranch {
  by: OrderMatch
  condition: string
}

/** What the operator calls an order, and to whom it went. */
function customerBranches(text: string, parameters: Parameters): OrderBranch[] {
  if (activationCode.test(text)) return []
  if (text.length < shortestWords) return [{ by: 'reference', condition: `o.reference = ${parameters.add(text)}` }]
  return [
    { by: 'reference', condition: isOrBegins('o.reference', text, parameters) },
    { by: 'email', condition: isOrBegins('o.customer_email', text.toLowerCase(), parameters) },
  ]
}

/** What orders, closed ones included, say about an identifier. */
function identifierBranches(search: ProfileSearch, parameters: Parameters): OrderBranch[] {
  switch (search.by) {
    case 'none':
      return []
    case 'eid':
      return [{ by: 'eid', condition: `o.eid = ${parameters.add(search.eid)}` }]
    case 'iccid':
      return [{ by: 'eid', condition: beginsWith('o.eid', search.iccid, parameters) }]
    case 'matchingId':
      return search.matchingId ? [{ by: 'matchingId', condition: matchingIdCondition(search.matchingId, parameters) }] : []
    case 'digits': {
      const { digits, matchingId = digits } = search
      return [
        ...(digits.length <= longestIccid ? [{ by: 'matchingId' as const, condition: matchingIdCondition(matchingId, parameters) }] : []),
        ...(digits.length >= shortestEid ? [{ by: 'eid' as const, condition: beginsWith('o.eid', digits, parameters) }] : []),
      ]
    }
  }
}

/** The ways in which an order can fit a search text; `search` is what the text was read as. */
export const orderBranches = (search: ProfileSearch, text: string, parameters: Parameters): OrderBranch[] =>
  search.by === 'none' ? [] : [...identifierBranches(search, parameters), ...customerBranches(written(text), parameters)]

/** A search, and the profiles that orders name for it. */
export interface FoundSearch {
  search: ProfileSearch
  iccids: string[]
}

/** Reads a search text and looks at the orders. */
export async function findSearch(db: Queryable, text: string): Promise<FoundSearch> {
  const search = await readSearchHere(db, text)
  const parameters = new Parameters()
  if (search.by === 'none') return { search, iccids: [] }
  const orders = orderBranches(search, text, parameters).map(
    ({ condition }) => `(SELECT o.iccid FROM download_order o WHERE ${condition} LIMIT ${mostOrders})`,
  )
  const { rows } = await db.query<{ iccid: string }>({ text: orders.join(' UNION '), values: parameters.values })
  return { search, iccids: rows.map(({ iccid }) => iccid) }
}

/** A way in which a profile can fit a search, as a condition on `profile p` with an index of its own. */
export interface SearchBranch {
  by: 'iccid' | 'iccidEnd' | 'imsi' | 'msisdn' | 'eid' | 'order'
  condition: string
  /** All that fit begin with these digits of the ICCID. */
  iccidPrefix?: string
}

const byIccid = (digits: string, parameters: Parameters): SearchBranch => ({
  by: 'iccid',
  condition: `p.iccid LIKE ${parameters.add(`${digits}%`)}`,
  iccidPrefix: digits,
})

/** The ways in which a profile can fit; none when nothing can. */
export function searchBranches({ search, iccids }: FoundSearch, parameters: Parameters): SearchBranch[] {
  const named = iccids.length ? [{ by: 'order' as const, condition: `p.iccid = ANY (${parameters.add(iccids)}::text[])` }] : []
  switch (search.by) {
    case 'none':
      return []
    case 'iccid':
      return [byIccid(search.iccid, parameters), { by: 'eid', condition: beginsWith('p.eid', search.iccid, parameters) }, ...named]
    case 'eid':
      return [{ by: 'eid', condition: `p.eid = ${parameters.add(search.eid)}` }, ...named]
    case 'matchingId':
      return named
    case 'digits': {
      const { digits, numbers = [] } = search
      const eids = digits.length < shortestEid ? [] : [{ by: 'eid' as const, condition: beginsWith('p.eid', digits, parameters) }]
      if (digits.length > longestIccid) return [...eids, ...named]
      const prefix = parameters.add(`${digits}%`)
      return [
        byIccid(digits, parameters),
        ...(digits.length < shortestIccidEnd
          ? []
          : [{ by: 'iccidEnd' as const, condition: `reverse(p.iccid) LIKE ${parameters.add(`${[...digits].reverse().join('')}%`)}` }]),
        { by: 'imsi', condition: `p.imsi LIKE ${prefix}` },
        {
          by: 'msisdn',
          condition: `(${[digits, ...numbers]
            .flatMap(number => [`${number}%`, `+${number}%`])
            .map(beginning => `p.msisdn LIKE ${parameters.add(beginning)}`)
            .join(' OR ')})`,
        },
        ...eids,
        ...named,
      ]
    }
  }
}

/** The search as one condition on `profile p`; undefined when nothing is searched. */
export function searchCondition(found: FoundSearch, parameters: Parameters): string | undefined {
  if (found.search.by === 'none') return undefined
  return (
    searchBranches(found, parameters)
      .map(branch => branch.condition)
      .join(' OR ') || 'false'
  )
}
