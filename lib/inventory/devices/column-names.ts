import { bareName } from '../formats/column-names'

/** Names of columns, as `bareName` writes them, those first that say it best: the name on the box before the number inside. */
const TAC = 'tac tac8 taccode tacnumber tacnummer typeallocationcode typecode typenzuteilungscode codetac 型号分配码'
const BRAND =
  'brand brandname bandname marke marque marca manufacturer manufacturername maker make vendor vendorname oem company companyname hersteller herstellername fabricant fabricante constructeur applicant 品牌 制造商'
const MODEL =
  'marketingname marketname tradename commercialname handelsname model modelname devicemodel modell modele modelo device devicename handset phone phonename terminal gerät product productname internalname internalmodelname modelnumber modelno name 型号 机型'

const placesOf = (names: string): Map<string, number> => new Map(names.split(' ').map((name, place) => [bareName(name), place]))
const tacs = placesOf(TAC)
const brands = placesOf(BRAND)
const models = placesOf(MODEL)

/** Which columns of a table say what, the best first: a cell may be empty, and then the next is asked. */
export interface DeviceColumns {
  tac: number
  brand: number[]
  model: number[]
}

const ordered = (names: readonly string[], known: Map<string, number>): number[] =>
  names
    .flatMap((name, i) => (known.has(name) ? [i] : []))
    .sort((a, b) => (known.get(names[a] ?? '') ?? 0) - (known.get(names[b] ?? '') ?? 0))

/** The columns of a line of names; undefined when it names no TAC. */
export function deviceColumns(cells: readonly string[]): DeviceColumns | undefined {
  const names = cells.map(bareName)
  const tac = names.findIndex(name => tacs.has(name))
  if (tac < 0) return undefined
  const brand = ordered(names, brands)
  const model = ordered(names, models)
  // Two columns of one name: who made it, and what it is called.
  const [first, second] = model
  if (brand.length === 0 && first !== undefined && second !== undefined && names[first] === names[second])
    return { tac, brand: [first], model: model.slice(1) }
  return { tac, brand, model }
}

/** The columns of a table without names: the one of eight digits, then brand and model as they come; undefined when there is none. */
export function columnsByShape(cells: readonly string[]): DeviceColumns | undefined {
  const tac = cells.findIndex(cell => /^[\s'="]*\d{7,8}[\s"]*$/.test(cell))
  const [brand, model] = cells.map((_, i) => i).filter(i => i !== tac)
  if (tac < 0 || brand === undefined) return undefined
  return model === undefined ? { tac, brand: [], model: [brand] } : { tac, brand: [brand], model: [model] }
}
