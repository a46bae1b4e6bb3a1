/** A secret that is planted to see whether it comes out anywhere. */
export interface Canary {
  name: string
  octets: Buffer
  /** Of codes that people type: as they are typed */
  digits?: string
}

const bytes = (name: string, hex: string): Canary => ({ name, octets: Buffer.from(hex, 'hex') })
const digits = (name: string, code: string): Canary => ({ name, octets: Buffer.from(code, 'ascii'), digits: code })

/** A subscriber's secrets as a vendor's file has them: long and unlikely enough to be nothing else wherever they are found. */
export const CANARY_SUBSCRIBER = {
  k: 'C4A11E57B1D5F00DCA6EB12D5EC2E701',
  opc: '0BADC0DE5ECAFE11D00D1E5AFA57EED5',
  pin1: '73190428',
  pin2: '60827351',
  puk1: '91735264',
  puk2: '58316047',
  adm1: '84620917',
  otaKey: 'DECAFBAD0FF1CE5EA5E1DE55B0A7CA9E',
} as const

/** The key under which the vendor encrypts values. */
export const CANARY_TRANSPORT_KEY = '5EA15ACADEC0DEDBADC0FFEE7A57E5B1'

/** What a subscriber must type to download. */
export const CANARY_CONFIRMATION_CODE = 'CANARY-94713068'

export const CANARIES: readonly Canary[] = [
  bytes('K', CANARY_SUBSCRIBER.k),
  bytes('OPc', CANARY_SUBSCRIBER.opc),
  digits('PIN1', CANARY_SUBSCRIBER.pin1),
  digits('PIN2', CANARY_SUBSCRIBER.pin2),
  digits('PUK1', CANARY_SUBSCRIBER.puk1),
  digits('PUK2', CANARY_SUBSCRIBER.puk2),
  digits('ADM1', CANARY_SUBSCRIBER.adm1),
  bytes('OTA key', CANARY_SUBSCRIBER.otaKey),
  bytes('transport key', CANARY_TRANSPORT_KEY),
  digits('confirmation code', CANARY_CONFIRMATION_CODE),
]

const windowBytes = 8

/** The whole, and with it each part that would be bad enough: the first octets, the last. */
const partsOf = (octets: Buffer): Buffer[] =>
  octets.length <= windowBytes ? [octets] : [octets.subarray(0, windowBytes), octets.subarray(-windowBytes)]

/** What base64 makes of octets wherever they stand among others: the digits that their neighbours have no part in. */
function base64Forms(octets: Buffer): string[] {
  return [0, 1, 2].map(before => {
    const text = Buffer.concat([Buffer.alloc(before), octets])
      .toString('base64')
      .replace(/=+$/, '')
    const skipped = [0, 2, 3][before] ?? 0
    const whole = Math.floor(((before + octets.length) * 8) / 6)
    return text.slice(skipped, whole)
  })
}

const swapped = (hex: string): string => hex.replace(/(.)(.)/g, '$2$1')

interface Haystack {
  raw: Buffer
  text: string
  /** Lower case, without what people put between digits */
  digits: string
  /** Without line breaks, base64url as base64 */
  base64: string
  /** Without spaces: lists of numbers */
  dense: string
}

const forms: Record<string, (canary: Canary, hay: Haystack) => boolean> = {
  plain: ({ octets, digits: code }, { raw, text }) =>
    code ? text.includes(code) : partsOf(octets).some(part => raw.includes(part) || text.includes(part.toString('latin1'))),
  hex: ({ octets }, { digits: found }) => partsOf(octets).some(part => found.includes(part.toString('hex'))),
  'hex with its digits swapped': ({ octets, digits: code }, { digits: found }) =>
    (code && /^(\d\d)+$/.test(code) ? [swapped(code)] : partsOf(octets).map(part => swapped(part.toString('hex')))).some(form =>
      found.includes(form),
    ),
  base64: ({ octets }, { base64 }) => partsOf(octets).some(part => base64Forms(part).some(form => base64.includes(form))),
  'base64 of its hex': ({ octets }, { base64 }) =>
    partsOf(octets).some(part =>
      ['hex', 'HEX'].some(letters => {
        const hex = part.toString('hex')
        return base64Forms(Buffer.from(letters === 'hex' ? hex : hex.toUpperCase())).some(form => base64.includes(form))
      }),
    ),
  decimal: ({ octets, digits: code }, { digits: found }) => !code && found.includes(BigInt(`0x${octets.toString('hex')}`).toString()),
  'list of decimals': ({ octets }, { dense }) => partsOf(octets).some(part => dense.includes([...part].join(','))),
}

/**
 * Looks for planted secrets in a page, an export, a log, a dump: as they are, in hexadecimal (in groups too, with swapped digits too), base64,
 * decimal, or as a list of numbers, whole or by their first or last eight octets.
 * @returns what was found, "K in base64", without quoting it
 */
export function findCanaries(where: string | Uint8Array, canaries: readonly Canary[] = CANARIES): string[] {
  const raw = typeof where === 'string' ? Buffer.from(where, 'utf8') : Buffer.from(where.buffer, where.byteOffset, where.byteLength)
  const text = typeof where === 'string' ? where : raw.toString('latin1')
  const hay: Haystack = {
    raw,
    text,
    digits: text.toLowerCase().replace(/[\s:.-]|0x|\\x/g, ''),
    base64: text
      .replace(/\s|\\n/g, '')
      .replaceAll('-', '+')
      .replaceAll('_', '/'),
    dense: text.replace(/\s/g, ''),
  }
  return canaries.flatMap(canary =>
    Object.entries(forms)
      .filter(([, found]) => found(canary, hay))
      .map(([form]) => (form === 'plain' ? canary.name : `${canary.name} in ${form}`)),
  )
}
