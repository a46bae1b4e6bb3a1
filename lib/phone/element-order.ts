import { hexTag, readAll, readInteger, type Tlv, TlvError } from '@/lib/rsp/tlv'

/** What an eUICC finds missing while it goes through a package from front to end. */
export interface Missing {
  sentence: string
  /** Of the element that cannot be processed; none where the package as a whole lacks something */
  element?: Tlv
}

const NON_STANDARD = 0xa9
const CREATES_MASTER_FILE = new Set([0xa1, 0xb0, 0xbf20])

const USIM = 0xb3
const ISIM = 0xb5
const CSIM = 0xb9
const IOT = 0xbf20

/** Elements that work on an application which an earlier element has to create. */
const NEEDS: readonly { elements: readonly number[]; what: string; one: readonly number[] }[] = [
  { elements: [0xb4, 0xb7, 0xb8, 0xbc, 0xbd, 0xbe, 0xbf1f], what: 'a USIM', one: [USIM] },
  { elements: [0xb6], what: 'an ISIM', one: [ISIM] },
  { elements: [0xba], what: 'a CSIM', one: [CSIM] },
  { elements: [0xbb], what: 'a USIM or ISIM', one: [USIM, ISIM] },
  { elements: [0xbf21], what: 'the files of an IoT application', one: [IOT] },
]

/** TCA Interoperable Profile: the master file first, then each application before what belongs to it. */
export function findMisplaced(elements: readonly Tlv[]): Missing | undefined {
  const [first] = elements.slice(1).filter(({ tag }) => tag !== NON_STANDARD)
  if (first && !CREATES_MASTER_FILE.has(first.tag))
    return { sentence: `The element ${hexTag(first.tag)} comes before the master file.`, element: first }
  const seen = new Set<number>()
  for (const element of elements) {
    const needs = NEEDS.find(row => row.elements.includes(element.tag))
    if (needs && !needs.one.some(tag => seen.has(tag)))
      return { sentence: `The element ${hexTag(element.tag)} needs ${needs.what}, which no element before it creates.`, element }
    seen.add(element.tag)
  }
  return undefined
}

type Contents = { tags: ReadonlySet<number>; algorithms: ReadonlySet<number> }

/** eUICC-Mandatory-services, by their position, that make no sense without an element of their own. */
const SERVED_BY: Record<number, { name: string; there: (contents: Contents) => boolean }> = {
  1: { name: 'usim', there: ({ tags }) => tags.has(USIM) || tags.has(IOT) },
  2: { name: 'isim', there: ({ tags }) => tags.has(ISIM) },
  3: { name: 'csim', there: ({ tags }) => tags.has(CSIM) },
  4: { name: 'milenage', there: ({ algorithms }) => algorithms.has(1) },
  5: { name: 'tuak128', there: ({ algorithms }) => algorithms.has(2) },
  6: { name: 'cave', there: ({ tags }) => tags.has(0xa5) },
  10: { name: 'eap', there: ({ tags }) => tags.has(0xbb) },
  16: { name: 'tuak256', there: ({ algorithms }) => algorithms.has(2) },
  17: { name: 'usim-test-algorithm', there: ({ algorithms }) => algorithms.has(3) },
}

/** @param services numbers of the services that the header demands @throws TlvError where an akaParameter element is malformed */
export function findUnserved(elements: readonly Tlv[], services: readonly number[]): Missing | undefined {
  const contents: Contents = {
    tags: new Set(elements.map(({ tag }) => tag)),
    algorithms: new Set(elements.filter(({ tag }) => tag === 0xa4).flatMap(algorithmOf)),
  }
  const service = services.map(number => SERVED_BY[number]).find(row => row && !row.there(contents))
  return service && { sentence: `The package demands the service ${service.name}, but brings nothing that uses it.` }
}

/** algorithmID of AlgoParameter: akaParameter > algoConfiguration [1] > algoParameter [1] > [0]. */
function algorithmOf({ value }: Tlv): number[] {
  const inside = (octets: Buffer, tag: number) => readAll(octets).find(member => member.tag === tag)
  const configuration = readAll(value).find(({ tag }, index) => index > 0 && tag === 0xa1)
  const parameter = configuration && inside(configuration.value, 0xa1)
  const id = parameter && inside(parameter.value, 0x80)
  if (parameter && !id) throw new TlvError('an algorithm has no number')
  return id ? [readInteger(id.value)] : []
}
