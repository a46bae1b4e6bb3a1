import { headerElement, PackageError, type ProfileElement, readElements } from '@/lib/rsp/saip/elements'
import { changeFile, type FilePlace } from '@/lib/rsp/saip/file-place'
import { readProfileHeader } from '@/lib/rsp/saip/header'
import { type Changes, layOut, readTree, type TreeNode } from '@/lib/rsp/saip/package-tree'
import type { SubscriberValueName } from '@/lib/rsp/saip/subscriber-values'
import { findValuePlaces, type ValuePlaces } from '@/lib/rsp/saip/value-places'
import { TlvError } from '@/lib/rsp/tlv'

/** A value that this template or this combination of values cannot take. The message is a sentence for people and never quotes a secret. */
export class PersonalisationError extends Error {
  override name = 'PersonalisationError'
  constructor(
    readonly value: SubscriberValueName,
    sentence: string,
  ) {
    super(sentence)
  }
}

/** Octets that go to one place of the template. */
export interface Write {
  value: SubscriberValueName
  /** The value of an element, or the first octets of a file. */
  place: TreeNode | FilePlace
  octets: Buffer
}

/** The template as it is for rows that fill the same places with as many octets: copying the contents in is all that is left. */
interface Plan {
  bytes: Buffer
  /** Where each write goes, in the order of the writes. */
  offsets: number[]
}

/** A template that was read once. It keeps the layouts that rows need, and nothing of the rows. */
export interface PreparedTemplate {
  readonly sizeBytes: number
  readonly elements: readonly ProfileElement[]
  readonly places: ValuePlaces
  readonly layouts: { roots: readonly TreeNode[]; plans: Map<string, Plan>; numbers: Map<Write['place'], number> }
}

// Rows differ in the length of an IMS identity or an OTA key at most; the bound is for those that differ in everything.
const maxPlans = 128

/**
 * Reads a template once, to make many packages of it with `personalise`.
 * Whether a device could install it is not asked here but by `checkTemplate`.
 * @param upp unprotected profile package
 * @throws PackageError and nothing else
 */
export function prepareTemplate(upp: Uint8Array): PreparedTemplate {
  const bytes = Buffer.from(upp)
  const elements = readElements(bytes)
  readProfileHeader(headerElement(elements))
  try {
    const roots = readTree(bytes)
    return {
      sizeBytes: bytes.length,
      elements,
      places: findValuePlaces(elements, roots),
      layouts: { roots, plans: new Map(), numbers: new Map() },
    }
  } catch (error) {
    if (error instanceof TlvError) throw new PackageError(`The template is malformed: ${error.message}.`)
    throw error
  }
}

/** The template with the octets in their places and all lengths right. @throws PersonalisationError when a file is too small */
export function filledTemplate({ layouts }: PreparedTemplate, writes: readonly Write[]): Buffer {
  const { plans, numbers } = layouts
  let key = ''
  for (const { place, octets } of writes) {
    let number = numbers.get(place)
    if (number === undefined) {
      number = numbers.size
      numbers.set(place, number)
    }
    key += `${number}:${octets.length} `
  }
  let plan = plans.get(key)
  if (!plan) {
    plan = planOf(layouts.roots, writes)
    if (plans.size >= maxPlans) plans.clear()
    plans.set(key, plan)
  }
  const upp = Buffer.from(plan.bytes)
  for (let i = 0; i < writes.length; i++) upp.set(writes[i]?.octets ?? [], plan.offsets[i])
  return upp
}

function planOf(roots: readonly TreeNode[], writes: readonly Write[]): Plan {
  const changes: Changes = new Map()
  writes.forEach(({ value, place, octets }, number) => {
    const slot = { slot: number, length: octets.length }
    if (!('writer' in place)) changes.set(place, [{ tag: place.tag, parts: [slot] }])
    else if (!changeFile(changes, place, slot))
      throw new PersonalisationError(
        value,
        `The value needs ${octets.length} octets; ${place.inRecords ? 'a record of ' : ''}${place.name} has ${place.sizeBytes ?? 'fewer'} in the template.`,
      )
  })
  const { bytes, offsets } = layOut(roots, changes)
  return { bytes, offsets: writes.map((_, number) => offsets.get(number) ?? 0) }
}
