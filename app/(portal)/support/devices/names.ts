import type { DeviceModel } from '@/lib/db/device-model-rows'
import type { SuccessOf } from '@/lib/db/portal/device-success'
import { eumName } from '@/lib/inventory/devices/eum-names'
import { rare } from '@/lib/inventory/devices/suspects'
import { deviceName } from '@/lib/rsp/explain/device-name'

export type Dimension = keyof SuccessOf

/** What values are called, as far as lists say so. */
export interface Names {
  /** By TAC */
  models: ReadonlyMap<string, DeviceModel>
  /** By the type's id */
  types: ReadonlyMap<string, string>
}

/** What something is called, and the number behind the name. */
export interface Named {
  name: string
  number?: string
}

const UNKNOWN: Record<Dimension, string> = {
  tac: 'Devices that told no TAC',
  eum: 'Manufacturer not known',
  svn: 'Version not known',
  type: 'No type: the code was of no order',
}

/** A value of a dimension, for people. */
export function named(dimension: Dimension, value: string, { models, types }: Names): Named {
  if (value === '') return { name: UNKNOWN[dimension] }
  if (value === rare) return { name: 'All rarer devices' }
  if (dimension === 'type') return { name: types.get(value) ?? 'A type that is gone' }
  if (dimension === 'svn') return { name: `SGP.22 ${value}` }
  if (dimension === 'eum') return { name: eumName(value) ?? `EUM ${value}`, ...(eumName(value) ? { number: value } : {}) }
  const model = models.get(value)
  const name = model && deviceName(model)
  return name ? { name, number: value } : { name: `TAC ${value}` }
}

const PARTS: Record<Dimension, (name: string) => string> = {
  tac: name => name,
  eum: name => (name.startsWith('EUM ') ? `eUICCs of ${name}` : `eUICCs made by ${name}`),
  svn: name => `eUICCs of ${name}`,
  type: name => `profiles of type ${name}`,
}

const inOrder: readonly Dimension[] = ['tac', 'eum', 'svn', 'type']

/** "Acme One with profiles of type Gold", for the attempts that have all of it in common. */
export function nameOf(of: SuccessOf, names: Names): string {
  const parts = inOrder.flatMap(dimension => {
    const value = of[dimension]
    return value === undefined ? [] : [PARTS[dimension](named(dimension, value, names).name)]
  })
  const whole = parts.join(' with ')
  return whole.startsWith('eUICC') ? whole : whole.charAt(0).toUpperCase() + whole.slice(1)
}
