import type { Iccid } from '@/lib/rsp/identifiers'
import { PersonalisationError, type PreparedTemplate, personalise } from '@/lib/rsp/saip/personalise'
import type { SubscriberValues } from '@/lib/rsp/saip/subscriber-values'
import { FIELDS, type FieldName } from '../formats/row'
import { type FindingKind, rowFinding } from './finding-kinds'
import type { RowFinding } from './findings'
import { BITS, OPERATOR_CODES, otaLabel, type RowValues, type ValueName, type Values } from './read-values'

/** Values that stay useful without a place in the profile, or are none of the subscriber's own. */
const DISPENSABLE = ['msisdn', 'acc', 'smsc', 'smsp'] as const
type Dispensable = (typeof DISPENSABLE)[number]

/** What the template says to rows that bring the same values in the same lengths. */
export interface ShapeVerdict {
  faults: { kind: FindingKind; label: string; reason: string }[]
  /** Values to be left out, and why the template has no place for them. */
  unused: { name: Dispensable; label: string; reason: string }[]
  /** The subscriber would be authenticated by the USIM test algorithm. */
  testAlgorithm: boolean
}

// Files have a handful of shapes; the bound is for those that differ in everything.
const maxShapes = 4096

/**
 * Asks the template once for each shape of row whether it can take it: whether it can depends on what is there and how long it is, never on the
 * digits, so that it is personalised with zeros.
 */
export class TemplateCheck {
  readonly #template: PreparedTemplate
  readonly #verdicts = new Map<string, ShapeVerdict>()
  #last: { key: number; otaKeys: Values['otaKeys']; verdict: ShapeVerdict } | undefined

  constructor(template: PreparedTemplate) {
    this.#template = template
  }

  verdictOf({ values, present }: RowValues): ShapeVerdict {
    // One shape after the other is the same in nearly every file.
    const key = present + 16_384 * (values.k?.length ?? 0) + 16_384 * 128 * (values.smsp?.length ?? 0)
    const { otaKeys } = values
    if (this.#last?.key === key && haveSameShape(this.#last.otaKeys, otaKeys)) return this.#last.verdict
    const text = `${key} ${(otaKeys ?? []).map(one => `${one.keyVersion}/${one.keyId}/${one.securityDomain}/${one.key.length}`)}`
    let verdict = this.#verdicts.get(text)
    if (!verdict) {
      verdict = this.#judge(values, present)
      if (this.#verdicts.size >= maxShapes) this.#verdicts.clear()
      this.#verdicts.set(text, verdict)
    }
    this.#last = { key, otaKeys: otaKeys?.map(one => ({ ...one, key: zeros(one.key.length) as typeof one.key })), verdict }
    return verdict
  }

  #judge(values: Values, present: number): ShapeVerdict {
    const verdict: ShapeVerdict = { faults: this.#missing(present), unused: [], testAlgorithm: false }
    const samples = sampleValues(values, present)
    for (const key of values.otaKeys ?? []) {
      const otaKeys = [{ ...key, key: zeros(key.key.length) as typeof key.key }]
      const error = this.#attempt({ otaKeys })
      if (error) verdict.faults.push({ kind: 'no-place', label: otaLabel(key), reason: error.message })
    }
    for (;;) {
      const error = this.#attempt(samples)
      if (!error) break
      const name = error.value
      const dispensable = DISPENSABLE.find(other => other === name)
      if (dispensable && this.#hasNoPlace(dispensable))
        verdict.unused.push({ name: dispensable, label: labelOf(name), reason: error.message })
      else verdict.faults.push(fault(error, samples))
      // Keys stand and fall together; one sentence about them is enough.
      const group = KEYS.includes(name) ? KEYS : [name]
      if (!group.some(other => other in samples)) break
      for (const other of group) delete samples[other as ValueName]
    }
    const own = this.#template.places.akas.filter(aka => aka.own)
    verdict.testAlgorithm =
      own.some(aka => aka.algorithm === 'usim-test-algorithm') && (present & OPERATOR_CODES) === 0 && !!(present & BITS.k)
    return verdict
  }

  #missing(present: number): ShapeVerdict['faults'] {
    const { files, akas } = this.#template.places
    const missing = (name: 'imsi' | 'k', reason: string) => ({ kind: 'value-missing' as const, label: FIELDS[name].label, reason })
    return [
      ...('writer' in files.imsi && !(present & BITS.imsi) ? [missing('imsi', 'The one in the template belongs to no subscriber.')] : []),
      ...(akas.some(aka => aka.own) && !(present & (BITS.k | OPERATOR_CODES))
        ? [missing('k', 'The one in the template belongs to no subscriber.')]
        : []),
    ]
  }

  #attempt(values: Partial<SubscriberValues>): PersonalisationError | undefined {
    try {
      personalise(this.#template, { iccid: '8900000000000000000' as Iccid, ...values })
      return undefined
    } catch (error) {
      if (error instanceof PersonalisationError) return error
      throw error
    }
  }

  #hasNoPlace(name: Dispensable): boolean {
    const { files } = this.#template.places
    return 'reason' in files[name === 'smsc' ? 'smsp' : name]
  }
}

/** The verdict as findings of one row. Values that are not used are told for the whole batch. */
export function templateFindings(line: number, { faults }: Pick<ShapeVerdict, 'faults'>, findings: RowFinding[]): void {
  for (const { kind, label, reason } of faults) {
    const sentence =
      kind === 'value-missing' ? `Line ${line} has no ${label}. ${reason}` : `The ${label} in line ${line} cannot be taken. ${reason}`
    if (!findings.some(other => other.kind === kind && other.field === label)) findings.push(rowFinding(line, kind, sentence, label))
  }
}

const KEYS: readonly string[] = ['k', 'opc', 'op', 'topc', 'algorithm']

function fault({ value, message }: PersonalisationError, samples: object): ShapeVerdict['faults'][number] {
  const missing = KEYS.includes(value) && value !== 'algorithm' && !(value in samples)
  return { kind: missing ? 'value-missing' : 'no-place', label: labelOf(value), reason: message }
}

const labelOf = (name: string): string => {
  if (name === 'smsc') return FIELDS.smsp.label
  return name in FIELDS ? FIELDS[name as FieldName].label : name === 'algorithm' ? FIELDS.k.label : name
}

const zeros = (length: number): string => '0'.repeat(length)

const SAMPLE_LENGTHS: Record<ValueName, number> = {
  imsi: 15,
  msisdn: 12,
  acc: 4,
  smsc: 12,
  smsp: 56,
  k: 32,
  opc: 32,
  op: 32,
  topc: 64,
  pin1: 4,
  pin2: 4,
  puk1: 8,
  puk2: 8,
  adm1: 8,
}

function sampleValues(values: Values, present: number): Partial<Record<ValueName, never>> {
  const samples: Partial<Record<ValueName, string>> = {}
  for (const [name, bit] of Object.entries(BITS) as [ValueName, number][])
    if (present & bit)
      samples[name] = zeros(name === 'k' || name === 'smsp' ? (values[name]?.length ?? SAMPLE_LENGTHS[name]) : SAMPLE_LENGTHS[name])
  return samples as Partial<Record<ValueName, never>>
}

function haveSameShape(some: Values['otaKeys'], others: Values['otaKeys']): boolean {
  if (some === undefined || others === undefined) return some === others
  return (
    some.length === others.length &&
    some.every((one, at) => {
      const other = others[at]
      return (
        one.keyVersion === other?.keyVersion &&
        one.keyId === other.keyId &&
        one.securityDomain === other.securityDomain &&
        one.key.length === other.key.length
      )
    })
  )
}
