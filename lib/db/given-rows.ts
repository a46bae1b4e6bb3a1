interface GivenRows {
  /** What stands behind FROM, before its name and those of its columns */
  source: string
  /** Its parameters, from $1 on */
  values: unknown[]
  /** Of the statement's name, whose text differs */
  shape: 'one' | 'many'
}

/**
 * Rows that a statement is given. A single one is given as such: a plan that holds for any number of rows expects ten, so PostgreSQL would make a new
 * one for each call with a single row, which takes longer than the statement itself.
 * @param types of the columns, as PostgreSQL names them
 * @param rows their values in the same order; at least one row
 */
export function givenRows(types: readonly string[], rows: readonly (readonly unknown[])[]): GivenRows {
  const [first, second] = rows
  if (first && !second)
    return { source: `(VALUES (${types.map((type, i) => `$${i + 1}::${type}`).join(', ')}))`, values: [...first], shape: 'one' }
  return {
    source: `unnest(${types.map((type, i) => `$${i + 1}::${type}[]`).join(', ')})`,
    values: types.map((_, i) => rows.map(row => row[i])),
    shape: 'many',
  }
}
