import type { AlgorithmName } from '@/lib/rsp/saip/fields'
import { opcFromOp } from '@/lib/rsp/saip/milenage'
import type { TreeNode } from '@/lib/rsp/saip/package-tree'
import { PersonalisationError, type Write } from '@/lib/rsp/saip/prepare-template'
import type { SubscriberValues } from '@/lib/rsp/saip/subscriber-values'
import type { AkaPlace, ValuePlaces } from '@/lib/rsp/saip/value-places'
import { tlv } from '@/lib/rsp/tlv'

type Algorithm = NonNullable<SubscriberValues['algorithm']>

const ALGORITHM_ID: Record<Algorithm, number> = { milenage: 1, tuak: 2, 'usim-test-algorithm': 3 }
const ALGORITHM_TITLE: Record<Algorithm, string> = { milenage: 'Milenage', tuak: 'TUAK', 'usim-test-algorithm': 'the USIM test algorithm' }

/**
 * K with OPc or TOPc, and the algorithm that takes them, for every application with a key of its own;
 * where the algorithm changes, the header demands the new one instead of the old.
 * @throws PersonalisationError
 */
export function akaWrites({ akas, sharedKeys, headerServices }: ValuePlaces, values: SubscriberValues): Write[] {
  if (values.k === undefined) return []
  const own = akas.filter(aka => aka.own)
  const [first] = own
  if (!first)
    throw new PersonalisationError(
      'k',
      sharedKeys > 0
        ? 'The template has only applications that share the key of another one.'
        : 'The template has no algorithm parameters for K.',
    )
  const algorithm = algorithmFor(values, first.algorithm)
  const key = Buffer.from(values.k, 'hex')
  const operatorCode = operatorCodeFor(algorithm, values, key)
  const writes: Write[] = []
  for (const aka of own) {
    writes.push({ value: 'k', place: aka.key, octets: key })
    if (operatorCode) writes.push({ ...operatorCode, place: aka.operatorCode })
    if (aka.algorithm !== algorithm) writes.push({ value: 'algorithm', place: aka.id, octets: Buffer.of(ALGORITHM_ID[algorithm]) })
  }
  const services = demandedServices(headerServices, akas, serviceOf(algorithm, key.length))
  return services ? [...writes, { value: 'algorithm', place: headerServices, octets: services }] : writes
}

function algorithmFor({ algorithm, opc, op, topc }: SubscriberValues, present: AkaPlace['algorithm']): Algorithm {
  if (algorithm) return algorithm
  const given = topc ? 'tuak' : opc || op ? 'milenage' : undefined
  if (present !== 'milenage' && present !== 'tuak') {
    if (given) return given
    if (present === 'usim-test-algorithm') return present
    throw new PersonalisationError('algorithm', 'The template names an algorithm that SAIP does not: say which one K belongs to.')
  }
  if (given && given !== present) {
    const name = topc ? 'topc' : op ? 'op' : 'opc'
    throw new PersonalisationError(
      name,
      `The template authenticates with ${ALGORITHM_TITLE[present]}; ${topc ? 'TOPc belongs to TUAK' : 'OP and OPc belong to Milenage'}.`,
    )
  }
  return present
}

function operatorCodeFor(
  algorithm: Algorithm,
  { opc, op, topc }: SubscriberValues,
  key: Buffer,
): Pick<Write, 'value' | 'octets'> | undefined {
  if (algorithm !== 'tuak' && key.length !== 16)
    throw new PersonalisationError('k', `K has 16 octets with ${ALGORITHM_TITLE[algorithm]}, this one has ${key.length}.`)
  if (algorithm === 'tuak') {
    if (!topc) throw new PersonalisationError('topc', 'TUAK needs TOPc with K.')
    return { value: 'topc', octets: Buffer.from(topc, 'hex') }
  }
  if (topc) throw new PersonalisationError('topc', `TOPc belongs to TUAK, not to ${ALGORITHM_TITLE[algorithm]}.`)
  if (op) return { value: 'op', octets: opcFromOp(key, Buffer.from(op, 'hex')) }
  if (opc) return { value: 'opc', octets: Buffer.from(opc, 'hex') }
  if (algorithm === 'milenage') throw new PersonalisationError('opc', 'Milenage needs OPc or OP with K.')
  return undefined
}

// Tags in ServicesList: milenage [4], tuak128 [5], tuak256 [16], usim-test-algorithm [17].
function serviceOf(algorithm: AlgorithmName | 'unknown', keyBytes: number): number | undefined {
  if (algorithm === 'milenage') return 0x84
  if (algorithm === 'tuak') return keyBytes === 32 ? 0x90 : 0x85
  return algorithm === 'usim-test-algorithm' ? 0x91 : undefined
}

/** Content of eUICC-Mandatory-services when the subscriber's applications need `service`; undefined when it stays. */
function demandedServices(header: TreeNode, akas: readonly AkaPlace[], service: number | undefined): Buffer | undefined {
  if (service === undefined) return undefined
  const tags = new Set(header.children.map(({ tag }) => tag))
  const servicesOf = (own: boolean) =>
    new Set(akas.filter(aka => aka.own === own).map(aka => serviceOf(aka.algorithm, aka.key.value.length)))
  const foreign = servicesOf(false)
  const outdated = [...servicesOf(true)].filter(tag => tag !== undefined && tag !== service && tags.has(tag))
  if (outdated.length === 0) return undefined
  for (const tag of outdated) if (tag !== undefined && !foreign.has(tag)) tags.delete(tag)
  tags.add(service)
  return Buffer.concat([...tags].sort((a, b) => a - b).map(tag => tlv(tag)))
}
