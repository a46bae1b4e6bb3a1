/** A detail as labels and values, one pair for each of its ends; labels are names with dots between them. */
export function detailFacts(detail: unknown, label = ''): [string, string][] {
  if (detail === null || detail === undefined) return label ? [[label, '–']] : []
  if (typeof detail !== 'object') return [[label || 'detail', String(detail)]]
  if (Array.isArray(detail) && detail.every(each => each === null || typeof each !== 'object'))
    return [[label || 'detail', detail.length > 0 ? detail.map(String).join(', ') : '–']]
  const members = Object.entries(detail)
  if (members.length === 0) return label ? [[label, '–']] : []
  return members.flatMap(([name, value]) => detailFacts(value, label ? `${label}.${name}` : name))
}
