import { readAll, tlv } from '@/lib/rsp/tlv'

/** Chance that a seed repeats (mulberry32). */
export function seeded(seed: number): (below: number) => number {
  let state = seed
  return below => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below)
  }
}

/** An element of DER as a tree; primitive elements and those whose content is no DER have no children. */
export interface Node {
  tag: number
  value: Buffer
  children: Node[] | undefined
}

const isConstructed = (tag: number): boolean => {
  const first = tag > 0xffff ? tag >>> 16 : tag > 0xff ? tag >>> 8 : tag
  return (first & 0x20) !== 0
}

export function nodesOf(value: Buffer): Node[] {
  return readAll(value).map(element => {
    const { tag } = element
    const children = isConstructed(tag) ? nodesOf(element.value) : undefined
    return { tag, value: element.value, children }
  })
}

const encoded = ({ tag, value, children }: Node): Buffer => tlv(tag, ...(children ? children.map(encoded) : [value]))

const flattened = (nodes: Node[]): Node[] => nodes.flatMap(node => [node, ...flattened(node.children ?? [])])

/** One change of one element, by its kind. */
const CHANGES: ((node: Node, siblings: Node[], pick: (below: number) => number) => void)[] = [
  (node, _, pick) => {
    const copy = Buffer.from(node.value)
    const at = pick(Math.max(1, copy.length))
    copy[at] = (copy[at] ?? 0) ^ (1 << pick(8))
    node.children = undefined
    node.value = copy
  },
  (node, _, pick) => {
    node.children = undefined
    node.value = node.value.subarray(0, pick(Math.max(1, node.value.length)))
  },
  (node, _, pick) => {
    node.children = undefined
    node.value = Buffer.concat([node.value, Buffer.alloc(1 + pick(40), pick(256))])
  },
  (node, _, pick) => {
    node.tag = [0x04, 0x30, 0x80, 0xa0, 0xa1, 0x81, 0x5f37, 0xbf22, 0x02, 0x0c][pick(10)] ?? 0x04
  },
  (node, siblings) => {
    siblings.splice(siblings.indexOf(node), 1)
  },
  (_, siblings) => {
    siblings.reverse()
  },
  (node, siblings, pick) => {
    const other = siblings[pick(siblings.length)]
    if (other) node.value = other.value
    if (other) node.children = other.children
  },
  (node, _, pick) => {
    node.children = undefined
    node.value = Buffer.alloc([0, 1, 16, 127, 128, 300][pick(6)] ?? 0, pick(256))
  },
]

/**
 * Changes one element somewhere below the first `depth` levels of a message; answers undefined when the change came out as it was.
 */
export function mutated(der: Buffer, depth: number, pick: (below: number) => number): Buffer | undefined {
  const roots = nodesOf(der)
  let lists = [roots]
  for (let level = 0; level < depth; level++) lists = lists.flatMap(list => list.flatMap(node => (node.children ? [node.children] : [])))
  const candidates = lists.flatMap(list => flattened(list))
  const chosen = candidates[pick(candidates.length)]
  const all = [roots, ...flattened(roots).flatMap(node => (node.children ? [node.children] : []))]
  const siblings = all.find(list => chosen && list.includes(chosen))
  if (!chosen || !siblings) return undefined
  CHANGES[pick(CHANGES.length)]?.(chosen, siblings, pick)
  const result = Buffer.concat(roots.map(encoded))
  return result.equals(der) ? undefined : result
}
