import { placeOf } from '@/lib/rsp/saip/elements'
import type { FilePlace } from '@/lib/rsp/saip/file-place'
import { childOf, type TreeNode } from '@/lib/rsp/saip/package-tree'
import type { PreparedTemplate } from '@/lib/rsp/saip/prepare-template'
import type { SubscriberValues } from '@/lib/rsp/saip/subscriber-values'
import { msisdnTailBytes, smspTailBytes } from '@/lib/rsp/saip/value-encoding'
import type { AkaPlace, CodeName, ValuePlaces } from '@/lib/rsp/saip/value-places'

type FileName = keyof ValuePlaces['files'] | 'suci'

/** Files that these values are written into. */
function filesOf(values: SubscriberValues, { files }: ValuePlaces): FileName[] {
  const derived = values.deriveIms === true
  const given: [FileName, boolean][] = [
    ['iccid', true],
    ['imsi', values.imsi !== undefined],
    ['acc', values.acc !== undefined || (values.imsi !== undefined && 'writer' in files.acc)],
    ['ad', values.mncLength !== undefined],
    ['msisdn', values.msisdn !== undefined],
    ['smsp', values.smsc !== undefined || values.smsp !== undefined],
    ['spn', values.spn !== undefined],
    ['impi', values.impi !== undefined || derived],
    ['impu', values.impu !== undefined || derived],
    ['imsDomain', values.imsDomain !== undefined || derived],
    ['suci', values.suciKeys !== undefined],
    ['routingIndicator', values.routingIndicator !== undefined],
  ]
  return given.flatMap(([name, isGiven]) => (isGiven ? [name] : []))
}

function fileIn(places: ValuePlaces, name: FileName): FilePlace | undefined {
  const place = name === 'suci' ? places.suci : places.files[name]
  return 'writer' in place ? place : undefined
}

const codeNames: readonly CodeName[] = ['pin1', 'pin2', 'puk1', 'puk2', 'adm1']

const algorithmOf = ({ places }: PreparedTemplate) => places.akas.find(({ own }) => own)?.algorithm

/** Elements of one of the two, template and package, that hold these values. */
function holders(one: PreparedTemplate, values: SubscriberValues, other: PreparedTemplate): Set<TreeNode> {
  const { places } = one
  const nodes = new Set<TreeNode>([places.headerIccid])
  const add = (...found: (TreeNode | undefined)[]) => {
    for (const node of found) if (node) nodes.add(node)
  }
  for (const name of filesOf(values, places)) {
    const place = fileIn(places, name)
    if (!place) continue
    add(...place.writer.steps, childOf(place.fcp, 0x80))
    // A file without a descriptor was given one.
    if (!fileIn(other.places, name)?.fcp) add(place.fcp)
  }
  const hasOperatorCode = values.opc !== undefined || values.op !== undefined || values.topc !== undefined
  if (values.k !== undefined) for (const aka of places.akas) if (aka.own) add(aka.key, ...(hasOperatorCode ? [aka.operatorCode] : []))
  if (algorithmOf(one) !== algorithmOf(other)) add(places.headerServices, ...places.akas.flatMap(aka => (aka.own ? [aka.id] : [])))
  for (const name of codeNames) if (values[name] !== undefined) add(...places.codes[name])
  for (const { keyVersion, keyId, securityDomain = places.otaKeys[0]?.securityDomain } of values.otaKeys ?? [])
    add(places.otaKeys.find(key => key.keyVersion === keyVersion && key.keyId === keyId && key.securityDomain === securityDomain)?.data)
  return nodes
}

/** Where a package differs from its template though none of these values stands there; sentences that quote nothing. */
export function templateDifferences(template: PreparedTemplate, made: PreparedTemplate, values: SubscriberValues): string[] {
  const there = holders(template, values, made)
  const here = holders(made, values, template)
  const isSame = (one: TreeNode, other: TreeNode): boolean => {
    if (one.raw.equals(other.raw)) return true
    const [left, right] = [one.children.filter(child => !there.has(child)), other.children.filter(child => !here.has(child))]
    const isLeaf = one.children.length === 0 && other.children.length === 0
    return !isLeaf && one.tag === other.tag && areSame(left, right)
  }
  const areSame = (left: readonly TreeNode[], right: readonly TreeNode[]): boolean =>
    left.length === right.length && left.every((node, at) => isSame(node, right[at] ?? node))

  const [before, after] = [template.layouts.roots, made.layouts.roots]
  if (before.length !== after.length) return ['The package has another number of elements than the template.']
  const elements = made.elements.filter((_, at) => {
    const [one, other] = [before[at], after[at]]
    return one && other && !isSame(one, other)
  })
  return [
    ...serviceDifference(template, made),
    ...elements.map(element => `${placeOf(element)} differs from the template in more than the subscriber's values.`),
    ...filesOf(values, template.places).flatMap(
      name => fileDifference(fileIn(template.places, name), fileIn(made.places, name), { name, values }) ?? [],
    ),
  ]
}

// Tags in ServicesList: milenage [4], tuak128 [5], tuak256 [16], usim-test-algorithm [17].
const SERVICES: Record<AkaPlace['algorithm'], readonly number[]> = {
  milenage: [0x84],
  tuak: [0x85, 0x90],
  'usim-test-algorithm': [0x91],
  cave: [],
  unknown: [],
}
const algorithmServices = new Set(Object.values(SERVICES).flat())

/** With another algorithm the header demands that one instead; all other services stay. */
function serviceDifference(template: PreparedTemplate, made: PreparedTemplate): string[] {
  if (algorithmOf(template) === algorithmOf(made)) return []
  const services = ({ places }: PreparedTemplate, ofAlgorithms: boolean) =>
    places.headerServices.children
      .filter(({ tag, value }) => algorithmServices.has(tag) === ofAlgorithms || value.length > 0)
      .map(({ tag }) => tag)
  const isSame = `${services(template, false)}` === `${services(made, false)}`
  const wanted = SERVICES[algorithmOf(made) ?? 'unknown']
  const [before, after] = [services(template, true), services(made, true)]
  const isDemanded = before.length === 0 || (before.length === after.length && after.some(tag => wanted.includes(tag)))
  return isSame && isDemanded ? [] : ['The header demands other services than the template and the algorithm of the keys.']
}

/** What stands in the file around the value has to be as it was. */
function fileDifference(
  before: FilePlace | undefined,
  after: FilePlace | undefined,
  { name, values }: { name: FileName; values: SubscriberValues },
): string | undefined {
  if (!before?.current || !after?.current) return undefined
  const [old, now] = [before.current, after.current]
  const differs = `${after.name} differs from the template around the subscriber's value.`
  if (name === 'ad') return equal(masked(old), masked(now)) ? undefined : differs
  if (!before.inRecords) return undefined
  const record = before.sizeBytes ?? 0
  const [first, present] = [old.subarray(0, record), now.subarray(0, record)]
  const isSame =
    equal(old.subarray(record), now.subarray(record)) &&
    (name !== 'msisdn' ||
      (hasLength(present, 0, msisdnTailBytes, values.msisdn) &&
        equal(withoutNumber(first, 0, msisdnTailBytes), withoutNumber(present, 0, msisdnTailBytes)))) &&
    (name !== 'smsp' ||
      values.smsp !== undefined ||
      (hasLength(present, 13, smspTailBytes, values.smsc) &&
        equal(withoutNumber(first, 13, smspTailBytes), withoutNumber(present, 13, smspTailBytes))))
  return isSame ? undefined : differs
}

const equal = (one: Buffer, other: Buffer) => one.equals(other)

/** The length in front of a number counts its type and two digits an octet. */
const hasLength = (record: Buffer, offset: number, tailBytes: number, number = ''): boolean =>
  record[record.length - tailBytes + offset] === 1 + Math.ceil(number.replace('+', '').length / 2)

/** A record without the number at `offset` of its last octets, and without the bit that says whether one is there. */
function withoutNumber(record: Buffer, offset: number, tailBytes: number): Buffer {
  const tail = record.length - tailBytes
  const copy = Buffer.from(record)
  const length = copy[tail + offset] ?? 0
  copy.fill(0xff, tail + offset, tail + offset + Math.min(12, length === 0xff ? 1 : 1 + length))
  if (tailBytes === smspTailBytes) copy[tail] = (copy[tail] ?? 0) | 0x02
  return copy
}

/** EF.AD without the digits of the MNC. */
const masked = (content: Buffer): Buffer => {
  const copy = Buffer.alloc(Math.max(4, content.length))
  content.copy(copy)
  copy[3] = (copy[3] ?? 0) & 0xf0
  return copy
}
