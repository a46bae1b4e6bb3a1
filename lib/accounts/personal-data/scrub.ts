/** Members whose value is a device's or a subscriber's, whatever it is. */
const personalMember = /^(eid|imei|email|customerEmail|recipient)$|(Eid|Imei|Email)$/

/** Members that are, or help to guess, a code. */
const codeMember = /^(matchingId|activationCode|confirmationCode|token|link)$/

/** What is read where something was erased and nothing has to join it. */
export const erasedWord = 'erased'

/** What stands for a member that is gone: nothing, or null where a schema wants it. */
export type Gone = undefined | null

type Rewrite = (name: string, value: string) => string | Gone

/** JSON with its texts rewritten; a member whose text becomes undefined is left out. */
function rewritten(value: unknown, rewrite: Rewrite, name = ''): unknown {
  if (typeof value === 'string') return rewrite(name, value)
  if (Array.isArray(value)) return value.map(each => rewritten(each, rewrite, name))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, each]) => {
      const left = rewritten(each, rewrite, key)
      return left === undefined ? [] : [[key, left]]
    }),
  )
}

const replaceAll = (text: string, tokens: ReadonlyMap<string, string>): string => {
  let left = text
  for (const [value, token] of tokens) left = left.replaceAll(value, token)
  return left
}

/**
 * JSON, or a text, without what is personal: known values become their tokens wherever they stand, and members that are personal by their name
 * "erased" where their value is not known.
 */
export const withoutPersonal = (value: unknown, tokens: ReadonlyMap<string, string>): unknown =>
  rewritten(value, (name, text) => {
    if (text.startsWith(`${erasedWord}:`)) return text
    const left = replaceAll(text, tokens)
    const personal = personalMember.test(name) || (name === 'to' && text.includes('@'))
    return personal && left === text && text !== '' ? erasedWord : left
  })

/** Members whose value is a device's. */
const deviceMember = /^(eid|imei)$|(Eid|Imei)$/

/** The member of what partners are told that the eUICC signed (SGP.22 §5.3.5). */
const signedMember = 'resultData'

const eidText = /(^|[^0-9])[0-9]{28}([0-9]{4})(?![0-9])/g

/**
 * JSON that others are given, without what is personal: such members are left out, as each of them may be (SGP.22 §5.3.2, §5.3.5), or null; a token is
 * nothing that a peer could read there.
 */
export const untold = (value: unknown, tokens: ReadonlyMap<string, string>, instead?: Gone): unknown =>
  rewritten(value, (name, text) => (personalMember.test(name) || name === signedMember ? instead : replaceAll(text, tokens)))

/** JSON without devices: their members are left out, and of an EID in a text its end stays. */
export const withoutDevices = (value: unknown, instead?: Gone): unknown =>
  rewritten(value, (name, text) => (deviceMember.test(name) ? instead : text.replace(eidText, '$1••••$2')))

/** JSON without what eUICCs signed. */
export const withoutSigned = (value: unknown, instead?: Gone): unknown =>
  rewritten(value, (name, text) => (name === signedMember ? instead : text))

/** JSON without codes, for those whom it is about. */
export const withoutCodes = (value: unknown): unknown => rewritten(value, (name, text) => (codeMember.test(name) ? undefined : text))
