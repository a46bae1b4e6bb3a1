import { createHash } from 'node:crypto'
import type { Statement } from './pool'

/** A parameter's PostgreSQL type, and where its value is in what a statement is made of: under its own name where only the type is given. */
type Parameter<Source> = string | readonly [type: string, of: (source: Source) => unknown]

/** Parameters by their names. */
export type Parameters<Source> = Readonly<Record<string, Parameter<Source>>>

/** Makes a statement out of what its parameters are read from. */
export type Prepared<Source> = (source: Source) => Statement

const parameter = /(?<!:):([a-z]\w*)/gi

/**
 * A prepared statement whose text names its parameters (`:orderId`); each is cast to its type where it stands. Put together once: what
 * remains to be done for a call is to line up its values.
 */
export function prepared<Source extends object = Readonly<Record<string, unknown>>>(
  name: string,
  parameters: Parameters<Source>,
  text: string,
): Prepared<Source> {
  const names: string[] = []
  const readers: ((source: Source) => unknown)[] = []
  const numbered = text.replace(parameter, (_, named: string) => {
    const found = parameters[named]
    if (!found) throw new Error(`The parameter ${named} of ${name} has no type.`)
    const [type, of] = typeof found === 'string' ? [found, (source: Source) => (source as Record<string, unknown>)[named]] : found
    if (!names.includes(named)) {
      names.push(named)
      readers.push(of)
    }
    return `$${names.indexOf(named) + 1}::${type}`
  })
  // Statements of one name differ in what they are put together from.
  const unique = `${name}-${createHash('sha256').update(numbered).digest('hex').slice(0, 12)}`
  return source => ({ name: unique, text: numbered, rowMode: 'array', values: readers.map(of => of(source)) })
}

/** Statements of one family, each shape of it put together when it is wanted first. */
export function preparedShapes<Source extends object = Readonly<Record<string, unknown>>>(
  parameters: Parameters<Source>,
): (name: string, shape: string, text: () => string) => Prepared<Source> {
  const known = new Map<string, Prepared<Source>>()
  return (name, shape, text) => {
    const key = `${name}: ${shape}`
    let found = known.get(key)
    if (!found) {
      found = prepared(name, parameters, text())
      known.set(key, found)
    }
    return found
  }
}
