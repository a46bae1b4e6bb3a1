import { readAll, type Tlv, tlvHeader } from '@/lib/rsp/tlv'

/** One element of a package with those inside it; `raw` and `value` are views into the package. */
export interface TreeNode extends Tlv {
  /** Empty for a primitive element. */
  children: TreeNode[]
}

/** Room for octets that come later: the place is known, the content differs from package to package. */
export interface Slot {
  slot: number
  length: number
}

/** What stands in a changed package: octets as they are, room for a value, or an element around such parts. */
export type Part = Buffer | Slot | { tag: number; parts: Part[] }

/** The parts that stand in the place of a node; none takes it out. A change inside a changed node is not looked for. */
export type Changes = Map<TreeNode, Part[]>

/** A package with all lengths right and its slots empty. */
export interface Layout {
  bytes: Buffer
  /** Where a slot begins, by its number. */
  offsets: Map<number, number>
}

/** The whole tree of DER octets. @throws TlvError */
export const readTree = (bytes: Uint8Array): TreeNode[] =>
  readAll(bytes).map(({ tag, raw, value }) => ({ tag, raw, value, children: (raw[0] ?? 0) & 0x20 ? readTree(value) : [] }))

/** The first member with this tag. */
export const childOf = (node: TreeNode | undefined, tag: number): TreeNode | undefined => node?.children.find(child => child.tag === tag)

/** Writes a tree again with its changes: what has none is copied, around what has some the lengths are made anew. */
export function layOut(roots: readonly TreeNode[], changes: Changes): Layout {
  const { chunks, length } = measured(roots.flatMap(root => changedParts(root, changes)))
  const bytes = Buffer.alloc(length)
  const offsets = new Map<number, number>()
  let at = 0
  for (const chunk of chunks) {
    if (Buffer.isBuffer(chunk)) chunk.copy(bytes, at)
    else offsets.set(chunk.slot, at)
    at += chunk.length
  }
  return { bytes, offsets }
}

function changedParts(node: TreeNode, changes: Changes): Part[] {
  const change = changes.get(node)
  if (change) return change
  const inner = node.children.map(child => changedParts(child, changes))
  const untouched = inner.every((parts, index) => parts.length === 1 && parts[0] === node.children[index]?.raw)
  return [untouched ? node.raw : { tag: node.tag, parts: inner.flat() }]
}

function measured(parts: readonly Part[]): { chunks: (Buffer | Slot)[]; length: number } {
  const chunks = parts.flatMap(part => {
    if (!('parts' in part)) return [part]
    const inner = measured(part.parts)
    return [tlvHeader(part.tag, inner.length), ...inner.chunks]
  })
  return { chunks, length: chunks.reduce((sum, chunk) => sum + chunk.length, 0) }
}
