import type { Chance } from '../chance'

type Body = Record<string, unknown>

const VALUES: unknown[] = [
  null,
  true,
  0,
  -1,
  1e308,
  '',
  ' ',
  'AAAA',
  '====',
  '\u0000',
  '\ud800',
  'é',
  [],
  {},
  [[]],
  { $gt: '' },
  { toString: 1 },
  'A'.repeat(60_000),
  '00'.repeat(16),
  'FF'.repeat(17),
  '__proto__',
]
const NAMES = ['__proto__', 'constructor', 'header', 'toString', '', 'transactionId', 'smdpAddress', '\u0000']

const BODIES = [
  '',
  ' ',
  'null',
  '[]',
  '{}',
  '"text"',
  '1',
  'nul',
  '{',
  '{"a":}',
  '{"transactionId":',
  '\ufeff{}',
  '{"__proto__":{"transactionId":"00"}}',
  `${'['.repeat(30_000)}${']'.repeat(30_000)}`,
  `${'{"a":'.repeat(12_000)}1${'}'.repeat(12_000)}`,
  '\u0000\u0001\u0002',
  'transactionId=00&x=y',
  '<?xml version="1.0"?><a/>',
]

type Change = (chance: Chance, body: Body, name: string) => void

const changes: Change[] = [
  (_, body, name) => void delete body[name],
  (chance, body, name) => {
    body[name] = chance.pick(VALUES)
  },
  (chance, body) => {
    body[chance.pick(NAMES)] = chance.pick(VALUES)
  },
  (_, body, name) => {
    body[name] = [body[name]]
  },
  (_, body, name) => {
    body[name] = { value: body[name] }
  },
  (_, body, name) => {
    body[name.toUpperCase()] = body[name]
    delete body[name]
  },
  (chance, body, name) => {
    const others = Object.keys(body)
    body[name] = body[chance.pick(others)]
  },
  (chance, body, name) => {
    body[name] = changedText(chance, typeof body[name] === 'string' ? body[name] : '')
  },
]

/** Base64 and hexadecimal that are almost right. */
function changedText(chance: Chance, text: string): string {
  const at = chance.below(text.length + 1)
  switch (chance.below(9)) {
    case 0:
      return text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
    case 1:
      return `${text}=`
    case 2:
      return text.replace(/=*$/, '')
    case 3:
      return `${text.slice(0, at)}\n${text.slice(at)}`
    case 4:
      return text.slice(0, at)
    case 5:
      return text + text
    case 6:
      return text.toLowerCase()
    case 7:
      return `${text.slice(0, at)}${chance.pick(['*', ' ', '\u0000', 'ä', '%2B'])}${text.slice(at)}`
    default:
      return ` ${text} `
  }
}

/** Changes the JSON around the message, or the octets of the JSON. */
export function changeJson(chance: Chance, body: Body): Buffer {
  if (chance.oneIn(12)) return Buffer.from(chance.pick(BODIES), 'utf8')
  const changed = { ...body }
  for (let n = chance.pick([1, 1, 2]); n > 0; n--) {
    const names = Object.keys(changed)
    if (names.length > 0) chance.pick(changes)(chance, changed, chance.pick(names))
  }
  const octets = Buffer.from(JSON.stringify(changed), 'utf8')
  if (!chance.oneIn(4)) return octets
  const at = chance.below(octets.length)
  if (chance.oneIn(2)) return octets.subarray(0, at)
  octets[at] = chance.below(256)
  return octets
}
