/** Where a value lies that a table only refers to: a row with findings, which its batch keeps sealed. */
export interface KeptPlace {
  /** A bigint in digits */
  batchId: string
  line: number
}

/**
 * What stands in the table of faulty rows in place of a secret: people mend what is wrong beside it, and the secret itself does not leave. Colons and
 * digits, because no spreadsheet makes something else of them and the reader of tables takes nothing away.
 */
export const keptReference = ({ batchId, line }: KeptPlace): string => `kept:${batchId}:${line}`

// The colon first: a million rows are asked ten times each.
/** Whether a cell is to be taken for a reference, a broken one too: no value of a secret field begins so. */
export const isKeptReference = (value: string): boolean => value[4] === ':' && /^kept:/i.test(value)

// Numbers that PostgreSQL can hold
const reference = /^kept:([1-9][0-9]{0,17}):([1-9][0-9]{0,8})$/i

/** @returns undefined for what is no reference, or a broken one */
export function keptPlace(value: string): KeptPlace | undefined {
  const [, batchId, line] = reference.exec(value) ?? []
  return batchId && line ? { batchId, line: Number(line) } : undefined
}
