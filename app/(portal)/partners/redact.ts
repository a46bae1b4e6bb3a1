import { hide, type Sight } from '@/lib/accounts/sight'

const notShown = '(not shown)'
const secrets = /^(confirmationCode|hashCc|secret)$/i

function without(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(without)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, secrets.test(name) && typeof each === 'string' ? notShown : without(each)]),
  )
}

/** The header stands first, as it was sent; the database keeps members in an order of its own. */
function headerFirst(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('header' in value)) return value
  const { header, ...others } = value
  return { header, ...others }
}

/**
 * A body as JSON for people: of EIDs, IMEIs and matching IDs what they may see, of confirmation codes and secrets nothing, whoever asks
 * and whether they were kept or not.
 */
export const redacted = (body: unknown, sight: Sight): string => JSON.stringify(headerFirst(without(hide(body, sight))), null, 2)
