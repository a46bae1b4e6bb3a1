/** What a search text names: one kind of identifier, or digits that may be the beginning or end of several. */
export type ProfileSearch =
  | { by: 'none' }
  | { by: 'iccid'; iccid: string }
  | { by: 'eid'; eid: string }
  | { by: 'digits'; digits: string }
  | { by: 'matchingId'; matchingId: string }

/** Reads what a person typed or scanned: identifiers with spaces and dashes, a whole activation code. */
export function readSearch(text: string): ProfileSearch {
  const trimmed = text
    .replace(/\p{Cc}/gu, ' ')
    .trim()
    .slice(0, 200)
  if (!trimmed) return { by: 'none' }
  const code = /^(?:LPA:)?1\$[^$]*\$([^$]*)/i.exec(trimmed)
  if (code) return { by: 'matchingId', matchingId: (code[1] ?? '').toUpperCase() }
  const compact = trimmed.replace(/\s/g, '').toUpperCase()
  const digits = compact.replace(/-/g, '').replace(/F$/, '')
  if (/^[0-9]{32}$/.test(digits)) return { by: 'eid', eid: digits }
  if (/^[0-9]{19,20}$/.test(digits)) return { by: 'iccid', iccid: digits }
  if (/^[0-9]+$/.test(digits)) return { by: 'digits', digits }
  return { by: 'matchingId', matchingId: compact }
}

/** Collects the parameters of one statement: `add(value)` gives its placeholder. */
export class Parameters {
  readonly values: unknown[] = []
  add(value: unknown): string {
    this.values.push(value)
    return `$${this.values.length}`
  }
}

/** Profiles that an order names, closed ones included. */
const byOrders = (condition: string): string => `ARRAY(SELECT o.iccid FROM download_order o WHERE ${condition} LIMIT 1000)`

/** The search as a condition on `profile p`; undefined when nothing is searched. Every branch has its index. */
export function searchCondition(search: ProfileSearch, parameters: Parameters): string | undefined {
  switch (search.by) {
    case 'none':
      return undefined
    case 'iccid': {
      const iccid = parameters.add(search.iccid)
      const prefix = parameters.add(`${search.iccid}%`)
      return `(p.iccid = ${iccid} OR p.iccid LIKE ${prefix})`
    }
    case 'eid': {
      const eid = parameters.add(search.eid)
      return `(p.eid = ${eid} OR p.iccid = ANY (${byOrders(`o.eid = ${eid}`)}))`
    }
    case 'matchingId': {
      if (!search.matchingId) return 'false'
      const exact = parameters.add(search.matchingId)
      const prefix = parameters.add(`${search.matchingId.replace(/[\\%_]/g, '\\$&')}%`)
      const condition =
        search.matchingId.length < 4 ? `o.matching_id = ${exact}` : `(o.matching_id = ${exact} OR o.matching_id LIKE ${prefix})`
      return `p.iccid = ANY (${byOrders(condition)})`
    }
    case 'digits': {
      const prefix = parameters.add(`${search.digits}%`)
      const suffix = parameters.add(`${[...search.digits].reverse().join('')}%`)
      const exact = parameters.add(search.digits)
      return `(p.iccid LIKE ${prefix} OR reverse(p.iccid) LIKE ${suffix} OR p.imsi LIKE ${prefix} OR p.iccid = ANY (${byOrders(`o.matching_id = ${exact}`)}))`
    }
  }
}
