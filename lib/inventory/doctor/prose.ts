/** '1,000 rows', '1 row' */
export const countOf = (number: number, what: string): string => `${number.toLocaleString('en')} ${what}${number === 1 ? '' : 's'}`

/** The form of a verb that goes with the number. */
export const forCount = (number: number, one: string, many: string): string => (number === 1 ? one : many)
