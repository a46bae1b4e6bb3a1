import { luhnHolds } from '@/lib/rsp/identifiers'
import { type ElementName, inElement, type ProfileElement, placeOf } from '@/lib/rsp/saip/elements'
import { type ConfiguredAlgorithm, configuredAlgorithms } from '@/lib/rsp/saip/fields'
import type { ProfileHeader } from '@/lib/rsp/saip/header'
import { readAll, readInteger } from '@/lib/rsp/tlv'

/** Something about a package that reads well: with an `error` an eUICC will most likely refuse it, with a `warning` it may work. */
export interface Finding {
  severity: 'error' | 'warning'
  /** For people: what, where, why. */
  sentence: string
}

/** Elements of which a package has one at most, with the service that lifts the limit. */
const SINGLE: Partial<Record<ElementName, string>> = {
  mf: 'never',
  cd: 'never',
  telecom: 'never',
  iot: 'never',
  'opt-iot': 'never',
  usim: 'multiple-usim',
  'opt-usim': 'multiple-usim',
  phonebook: 'multiple-usim',
  'gsm-access': 'multiple-usim',
  'df-5gs': 'multiple-usim',
  'df-saip': 'multiple-usim',
  'df-snpn': 'multiple-usim',
  'df-5gprose': 'multiple-usim',
  isim: 'multiple-isim',
  'opt-isim': 'multiple-isim',
  csim: 'multiple-csim',
  'opt-csim': 'multiple-csim',
}

/** Elements that extend an application: one of these must come before. */
const AFTER: Partial<Record<ElementName, readonly ElementName[]>> = {
  'opt-usim': ['usim'],
  phonebook: ['usim'],
  'gsm-access': ['usim'],
  'df-5gs': ['usim'],
  'df-saip': ['usim'],
  'df-snpn': ['usim'],
  'df-5gprose': ['usim'],
  'opt-isim': ['isim'],
  'opt-csim': ['csim'],
  'opt-iot': ['iot'],
  eap: ['usim', 'isim'],
}

type Contents = { has: (...names: ElementName[]) => boolean; count: (name: ElementName) => number; algorithms: ConfiguredAlgorithm[] }

/** What must be in a package whose header demands a service; services that leave no trace in the elements are not here. */
const SERVICE_NEEDS: Record<string, { what: string; holds: (contents: Contents) => boolean }> = {
  usim: { what: 'a USIM', holds: ({ has }) => has('usim', 'iot') },
  isim: { what: 'an ISIM', holds: ({ has }) => has('isim') },
  csim: { what: 'a CSIM', holds: ({ has }) => has('csim') },
  milenage: { what: 'Milenage parameters', holds: ({ algorithms }) => algorithms.some(({ name }) => name === 'milenage') },
  tuak128: { what: 'TUAK parameters with a 128-bit key', holds: ({ algorithms }) => algorithms.some(tuakOf(16)) },
  tuak256: { what: 'TUAK parameters with a 256-bit key', holds: ({ algorithms }) => algorithms.some(tuakOf(32)) },
  'usim-test-algorithm': {
    what: 'parameters of the USIM test algorithm',
    holds: ({ algorithms }) => algorithms.some(({ name }) => name === 'usim-test-algorithm'),
  },
  cave: { what: 'CDMA parameters', holds: ({ has }) => has('cdmaParameter') },
  'gba-usim': { what: 'a USIM', holds: ({ has }) => has('usim', 'iot') },
  'gba-isim': { what: 'an ISIM', holds: ({ has }) => has('isim') },
  mbms: { what: 'a USIM', holds: ({ has }) => has('usim', 'iot') },
  eap: { what: 'an EAP client', holds: ({ has }) => has('eap') },
  'multiple-usim': { what: 'a second USIM', holds: ({ count }) => count('usim') > 1 },
  'multiple-isim': { what: 'a second ISIM', holds: ({ count }) => count('isim') > 1 },
  'multiple-csim': { what: 'a second CSIM', holds: ({ count }) => count('csim') > 1 },
  'get-identity': { what: 'a USIM or ISIM', holds: ({ has }) => has('usim', 'isim', 'iot') },
  'profile-a-x25519': { what: 'a USIM or ISIM', holds: ({ has }) => has('usim', 'isim', 'iot') },
  'profile-b-p256': { what: 'a USIM or ISIM', holds: ({ has }) => has('usim', 'isim', 'iot') },
}

const tuakOf =
  (keyBytes: number) =>
  (algorithm: ConfiguredAlgorithm): boolean =>
    algorithm.name === 'tuak' && algorithm.keyBytes === keyBytes

/**
 * Checks a readable package against the rules of SAIP on order and dependencies. An empty list is a clean package.
 * @throws PackageError where an element's inside is malformed
 */
export function checkPackage(elements: readonly ProfileElement[], header: ProfileHeader): Finding[] {
  const error = (sentence: string): Finding => ({ severity: 'error', sentence })
  const warning = (sentence: string): Finding => ({ severity: 'warning', sentence })
  return [
    ...order(elements).map(error),
    ...single(elements, header).map(error),
    ...identifications(elements).map(error),
    ...services(elements, header).map(error),
    ...pukReferences(elements).map(error),
    ...[...versions(header), ...unusual(elements, header)].map(warning),
  ]
}

function order(elements: readonly ProfileElement[]): string[] {
  const sentences: string[] = []
  const seen = new Set<ElementName>()
  const first = elements.find(({ name }) => name !== 'header' && name !== 'nonStandard')
  if (first && !['mf', 'iot', 'genericFileManagement'].includes(first.name))
    sentences.push(`${placeOf(first)} comes before the master file (mf), which must be the first element after the header.`)
  for (const element of elements) {
    const needed = AFTER[element.name]
    if (needed && !needed.some(name => seen.has(name)))
      sentences.push(`${placeOf(element)} has no ${needed.join(' or ')} element before it.`)
    seen.add(element.name)
  }
  return sentences
}

function single(elements: readonly ProfileElement[], header: ProfileHeader): string[] {
  const sentences: string[] = []
  const seen = new Set<ElementName>()
  const services: readonly string[] = header.mandatoryServices
  for (const element of elements) {
    const liftedBy = SINGLE[element.name]
    if (liftedBy !== undefined && seen.has(element.name) && !services.includes(liftedBy))
      sentences.push(
        `${placeOf(element)} is a second ${element.name} element; ${liftedBy === 'never' ? 'one is the limit' : `that needs the service ${liftedBy}`}.`,
      )
    seen.add(element.name)
  }
  return sentences
}

function identifications(elements: readonly ProfileElement[]): string[] {
  const owners = new Map<number, ProfileElement>()
  return elements.flatMap(element => {
    if (element.identification === undefined) return []
    const owner = owners.get(element.identification)
    owners.set(element.identification, owner ?? element)
    return owner ? [`${placeOf(element)} has the identification ${element.identification}, as ${placeOf(owner)} has.`] : []
  })
}

function services(elements: readonly ProfileElement[], header: ProfileHeader): string[] {
  const count = (wanted: ElementName) => elements.filter(({ name }) => name === wanted).length
  const contents: Contents = { count, has: (...names) => names.some(count), algorithms: configuredAlgorithms(elements) }
  return header.mandatoryServices.flatMap(service => {
    const need = SERVICE_NEEDS[service]
    return need && !need.holds(contents) ? [`The header demands the service ${service}, but the package has not ${need.what}.`] : []
  })
}

/*
 * PE-PUKCodes ::= SEQUENCE { puk-Header PEHeader, pukCodes [1] SEQUENCE OF SEQUENCE { keyReference [0] INTEGER, … } }
 * PE-PINCodes ::= SEQUENCE { pin-Header PEHeader, pinCodes [1] CHOICE {
 *   pinconfig [0] SEQUENCE OF SEQUENCE { keyReference [0] INTEGER, pinValue [1] OCTET STRING, unblockingPINReference [2] INTEGER OPTIONAL, … }, … } }
 */
function pukReferences(elements: readonly ProfileElement[]): string[] {
  const known = new Set<number>()
  return elements.flatMap(element =>
    inElement(element, () => {
      const body = readAll(element.value)[1]
      if (body?.tag !== 0xa1) return []
      if (element.name === 'pukCodes') for (const puk of references(body.value, 0x80)) known.add(puk)
      if (element.name !== 'pinCodes') return []
      const list = readAll(body.value)[0]
      const missing = list?.tag === 0xa0 ? references(list.value, 0x82).filter(puk => !known.has(puk)) : []
      return [...new Set(missing)].map(puk => `${placeOf(element)} refers to PUK ${puk}, which no pukCodes element before it defines.`)
    }),
  )
}

const references = (list: Buffer, tag: number): number[] =>
  readAll(list).flatMap(({ value }) =>
    readAll(value)
      .filter(member => member.tag === tag)
      .map(member => readInteger(member.value)),
  )

function versions({ majorVersion, minorVersion }: ProfileHeader): string[] {
  if (majorVersion === 2 || majorVersion === 3) return []
  return [`The package says it follows version ${majorVersion}.${minorVersion}; eUICCs know versions 2 and 3.`]
}

function unusual(elements: readonly ProfileElement[], header: ProfileHeader): string[] {
  const sentences: string[] = []
  const domain = elements.findIndex(({ name }) => name === 'securityDomain')
  const early = elements.find(({ name }, index) => (name === 'rfm' || name === 'application') && index < domain)
  if (!luhnHolds(header.iccid)) sentences.push(`The ICCID ${header.iccid} does not end in a Luhn check digit.`)
  if (early) sentences.push(`${placeOf(early)} comes before the first security domain, which it may need.`)
  for (const element of elements)
    if (element.name === 'unknown') sentences.push(`${placeOf(element)} is none that SAIP 3.3 names; an eUICC may refuse it.`)
  for (const service of header.mandatoryServices)
    if (service.startsWith('service-')) sentences.push(`The header demands ${service}, which SAIP 3.3 does not name.`)
  return sentences
}
