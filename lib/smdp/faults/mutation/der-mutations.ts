import { readAll, readSingle, TlvError, tlv, tlvHeader } from '@/lib/rsp/tlv'
import type { Chance } from '../chance'

/** An element with its members; a value that is no row of elements has none. */
interface Node {
  tag: number
  value: Buffer
  members: Node[] | undefined
}

const isConstructed = (tag: number): boolean => {
  let first = tag
  while (first > 0xff) first = Math.floor(first / 256)
  return (first & 0x20) !== 0
}

function parse(der: Buffer): Node {
  const { tag, value } = readSingle(der)
  return { tag, value, members: isConstructed(tag) ? membersOf(value) : undefined }
}

function membersOf(value: Buffer): Node[] | undefined {
  try {
    return readAll(value).map(({ raw }) => parse(raw))
  } catch (error) {
    if (error instanceof TlvError) return undefined
    throw error
  }
}

const encode = ({ tag, value, members }: Node): Buffer => (members ? tlv(tag, ...members.map(encode)) : tlv(tag, value))

const all = (node: Node): Node[] => [node, ...(node.members ?? []).flatMap(all)]

const INTERESTING = [
  '',
  '00',
  'ff',
  '80',
  '7fffffffffffffff',
  '0080',
  'ffffffffffffffff',
  '8000000000000000000000',
  '30',
  '3080',
  'c0af',
  'eda080',
]
const TAGS = [0x00, 0x01, 0x02, 0x04, 0x05, 0x06, 0x0c, 0x30, 0x31, 0x5a, 0x5f37, 0x5f49, 0x80, 0x81, 0x82, 0x83, 0x84, 0xa0, 0xa1, 0xa2]
const MORE_TAGS = [0xbf20, 0xbf21, 0xbf22, 0xbf27, 0xbf2f, 0xbf37, 0xbf38, 0xbf41, 0x1f1f, 0xbfff7f]
const STRINGS = [
  '\u0000',
  '\\u0000',
  '𐀀',
  '\ud800',
  "'; DROP TABLE profile; --",
  '%',
  '..',
  'é'.normalize('NFD'),
  'A'.repeat(300),
  '😀'.repeat(40),
]

type Change = (chance: Chance, node: Node) => void

const leafChanges: Change[] = [
  (chance, node) => {
    const value = Buffer.from(node.value)
    const at = chance.below(value.length || 1)
    if (value.length > 0) value[at] = (value[at] ?? 0) ^ (1 << chance.below(8))
    node.value = value
  },
  (chance, node) => {
    node.value = Buffer.from(chance.pick(INTERESTING), 'hex')
  },
  (chance, node) => {
    node.value = Buffer.from(chance.pick(STRINGS), 'utf8')
  },
  (chance, node) => {
    node.value = node.value.subarray(0, chance.below(node.value.length + 1))
  },
  (chance, node) => {
    node.value = Buffer.concat([node.value, chance.bytes(1 + chance.below(40))])
  },
  (chance, node) => {
    node.value = chance.bytes(node.value.length)
  },
  (chance, node) => {
    node.value = Buffer.alloc(chance.pick([127, 128, 255, 256, 1_000, 10_000, 40_000]), chance.below(256))
  },
]

const branchChanges: Change[] = [
  (chance, { members = [] }) => void members.splice(chance.below(members.length + 1), 1),
  (chance, { members = [] }) => {
    const copied = members[chance.below(members.length || 1)]
    if (copied) for (let n = chance.pick([1, 1, 2, 50]); n > 0; n--) members.splice(chance.below(members.length + 1), 0, copied)
  },
  (chance, { members = [] }) => {
    const [moved] = members.splice(chance.below(members.length || 1), 1)
    if (moved) members.splice(chance.below(members.length + 1), 0, moved)
  },
  (_, { members = [] }) => void members.reverse(),
  (chance, { members = [] }) => {
    const added = { tag: chance.pick([...TAGS, ...MORE_TAGS]), value: chance.bytes(chance.below(20)), members: undefined }
    members.splice(chance.below(members.length + 1), 0, added)
  },
  (chance, { members = [] }) => {
    const donors = members.flatMap(all)
    if (donors.length > 0) members.splice(chance.below(members.length + 1), 0, chance.pick(donors))
  },
]

const anyChanges: Change[] = [
  (chance, node) => {
    node.tag = chance.pick([...TAGS, ...MORE_TAGS])
  },
  (chance, node) => {
    node.tag ^= 1 << chance.below(8)
    if (node.tag < 0) node.tag = 0x30
  },
  // One layer more, or very many.
  (chance, node) => {
    let inner = encode(node)
    for (let depth = chance.pick([1, 1, 2, 200, 4_000]); depth > 0; depth--) inner = tlv(chance.pick([0x30, 0xa0]), inner)
    const { tag, value } = readSingle(inner)
    Object.assign(node, { tag, value, members: undefined })
  },
  (_, node) => {
    const [first] = node.members ?? []
    if (first) Object.assign(node, { ...first })
  },
]

/** Changes the structure; lengths are right again afterwards, so that the change is seen and not only a broken length. */
export function changeStructure(chance: Chance, der: Buffer): Buffer {
  const root = parse(der)
  for (let changes = chance.pick([1, 1, 1, 2, 4]); changes > 0; changes--) {
    const node = chance.pick(all(root))
    const special = node.members && !chance.oneIn(4) ? branchChanges : leafChanges
    const change = chance.oneIn(4) ? chance.pick(anyChanges) : chance.pick(special)
    if (special === leafChanges) {
      node.value = node.members ? Buffer.concat(node.members.map(encode)) : node.value
      node.members = undefined
    }
    change(chance, node)
  }
  return encode(root)
}

/** Changes octets without regard to what they mean: bits, lengths that lie, cuts, additions. */
export function changeOctets(chance: Chance, der: Buffer): Buffer {
  const octets = Buffer.from(der)
  const at = chance.below(octets.length)
  switch (chance.below(6)) {
    case 0:
      octets[at] = (octets[at] ?? 0) ^ (1 << chance.below(8))
      return octets
    case 1:
      return octets.subarray(0, at)
    case 2:
      return Buffer.concat([octets, chance.bytes(1 + chance.below(64))])
    case 3:
      return Buffer.concat([octets.subarray(0, at), chance.bytes(1 + chance.below(8)), octets.subarray(at)])
    case 4:
      return Buffer.concat([octets.subarray(0, at), octets.subarray(at + 1 + chance.below(16))])
    default:
      return lyingLength(chance, octets)
  }
}

/** An element whose length says something else, or says it in a way that DER forbids. */
function lyingLength(chance: Chance, der: Buffer): Buffer {
  const { tag, value } = readSingle(der)
  const head = tlvHeader(tag, 0).subarray(0, -1)
  const lengths = ['80', '81', '8100', '82000a', '84ffffffff', '8480000000', '88ffffffffffffffff', 'ff', '7f', '00', '83000100', '8200']
  return Buffer.concat([head, Buffer.from(chance.pick(lengths), 'hex'), value])
}
