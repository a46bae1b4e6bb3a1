import { createHash } from 'node:crypto'
import type { Statement } from './pool'

/** PostgreSQL types of parameters, by their names. */
export type ParameterTypes = Readonly<Record<string, string>>

/** Makes a statement out of values by the names of its parameters. */
export type Prepared = (values: Readonly<Record<string, unknown>>) => Statement

const parameter = /(?<!:):([a-z]\w*)/gi

/**
 * A prepared statement whose text names its parameters (`:orderId`); each is cast to its type where it stands. Put together once: what
 * remains to be done for a call is to line up its values.
 */
export function prepared(name: string, types: ParameterTypes, text: string): Prepared {
  const names: string[] = []
  const numbered = text.replace(parameter, (_, named: string) => {
    const type = types[named]
    if (!type) throw new Error(`The parameter ${named} of ${name} has no type.`)
    if (!names.includes(named)) names.push(named)
    return `$${names.indexOf(named) + 1}::${type}`
  })
  // Statements of one name differ in what they are put together from.
  const unique = `${name}-${createHash('sha256').update(numbered).digest('hex').slice(0, 12)}`
  return values => ({ name: unique, text: numbered, rowMode: 'array', values: names.map(named => values[named]) })
}

/** Statements of one family, each shape of it put together when it is wanted first. */
export function preparedShapes(types: ParameterTypes): (name: string, shape: string, text: () => string) => Prepared {
  const known = new Map<string, Prepared>()
  return (name, shape, text) => {
    const key = `${name}: ${shape}`
    let found = known.get(key)
    if (!found) {
      found = prepared(name, types, text())
      known.set(key, found)
    }
    return found
  }
}
