import type { CodeName, ValuePlaces } from '@/lib/rsp/saip/value-places'
import { FIELDS } from '../formats/row'
import { batchFinding } from './finding-kinds'
import type { BatchFinding } from './findings'
import { countOf, forCount } from './prose'
import type { Values } from './read-values'
import { isSimplePin } from './weak-keys'

const codeNames: readonly CodeName[] = ['pin1', 'pin2', 'puk1', 'puk2', 'adm1']

interface Habit {
  name: CodeName
  first: string | undefined
  alike: boolean
  rows: number
  simple: number
}

/** How a batch chooses its PINs, PUKs, ADM and OTA keys. */
export class CodeHabits {
  readonly #habits = codeNames.map((name): Habit => ({ name, first: undefined, alike: true, rows: 0, simple: 0 }))
  #rows = 0
  #otaKeys: { first: NonNullable<Values['otaKeys']>; alike: boolean; rows: number } | undefined

  add(values: Values): void {
    this.#rows++
    for (const habit of this.#habits) {
      const code = values[habit.name]
      if (code === undefined) continue
      habit.rows++
      if (habit.first === undefined) habit.first = code
      else if (habit.alike && habit.first !== code) habit.alike = false
      if ((habit.name === 'pin1' || habit.name === 'pin2') && isSimplePin(code)) habit.simple++
    }
    const { otaKeys } = values
    if (!otaKeys) return
    if (!this.#otaKeys) this.#otaKeys = { first: otaKeys, alike: true, rows: 1 }
    else {
      this.#otaKeys.rows++
      if (this.#otaKeys.alike) this.#otaKeys.alike = haveSameKey(this.#otaKeys.first, otaKeys)
    }
  }

  /** @param places of the template that the rows are to fill */
  findings(places: ValuePlaces | undefined): BatchFinding[] {
    const ota = this.#otaKeys
    return [
      ...this.#habits.flatMap(habit => alikeFinding(habit)),
      ...this.#habits.flatMap(habit => simpleFinding(habit)),
      ...(ota?.alike && ota.rows > 1
        ? [
            batchFinding(
              'ota-keys-alike',
              `All ${countOf(ota.rows, 'row')} with OTA keys have the same ones: who learns them can manage every profile of the batch.`,
            ),
          ]
        : []),
      ...(places ? this.#kept(places) : []),
    ]
  }

  /** Codes and keys of the template that rows leave as they are. PINs alike are common, unblocking and management codes must not be. */
  #kept({ codes, otaKeys }: ValuePlaces): BatchFinding[] {
    const missing: { label: string; rows: number }[] = this.#habits
      .filter(({ name, rows }) => name !== 'pin1' && name !== 'pin2' && codes[name].length > 0 && rows < this.#rows)
      .map(({ name, rows }) => ({ label: FIELDS[name].label, rows: this.#rows - rows }))
    const withOta = this.#otaKeys?.rows ?? 0
    if (otaKeys.length > 0 && withOta < this.#rows) missing.push({ label: 'OTA keys', rows: this.#rows - withOta })
    return missing.map(({ label, rows }) =>
      batchFinding(
        'template-values',
        `${rows === this.#rows ? 'No row brings' : `${countOf(rows, 'row')} ${forCount(rows, 'brings', 'bring')} no`} ${label}: these profiles keep what the template has, and have it in common.`,
      ),
    )
  }
}

function alikeFinding({ name, rows, alike, simple }: Habit): BatchFinding[] {
  if (!alike || rows < 2) return []
  const guessed = simple > 0 ? ', one that is easily guessed' : ''
  return [batchFinding('codes-alike', `All ${countOf(rows, 'row')} with ${FIELDS[name].label} have the same${guessed}.`)]
}

function simpleFinding({ name, rows, alike, simple }: Habit): BatchFinding[] {
  if (simple === 0 || (alike && rows > 1)) return []
  return [
    batchFinding(
      'simple-pins',
      `${countOf(simple, 'row')} ${forCount(simple, 'has', 'have')} a ${FIELDS[name].label} that is easily guessed: one digit over and over, or a counting sequence.`,
    ),
  ]
}

const haveSameKey = (some: NonNullable<Values['otaKeys']>, others: NonNullable<Values['otaKeys']>): boolean =>
  some.length === others.length &&
  some.every((one, at) => {
    const other = others[at]
    return other?.keyVersion === one.keyVersion && other.keyId === one.keyId && other.key === one.key
  })
