import { createHash } from 'node:crypto'
import type { Statement } from './pool'
import { EVENT_TYPES } from './profile-events'

/** Collects the parameters of a statement that is put together from parts; each is cast where it is named. */
export class Parameters {
  private readonly values: unknown[] = []

  /** Takes a value and answers its placeholder. */
  add(value: unknown, type: string): string {
    this.values.push(value)
    return `$${this.values.length}::${type}`
  }

  /** Placeholders for the values of an event row, in the order of its columns. */
  addEvent(values: unknown[]): string {
    return EVENT_TYPES.map((type, i) => this.add(values[i], type)).join(', ')
  }

  /** The statement, prepared under a name that its shape decides. */
  statement(name: string, text: string): Statement {
    return { name: shapeName(name, text), text, values: this.values }
  }
}

const names = new Map<string, string>()

function shapeName(name: string, text: string): string {
  let known = names.get(text)
  if (!known) {
    known = `${name}-${createHash('sha256').update(text).digest('hex').slice(0, 12)}`
    names.set(text, known)
  }
  return known
}
