/**
 * Whether a spreadsheet would take a cell for a formula, also after blanks and in the wide letters of East Asia. It counts for whoever writes cells that
 * other people have filled.
 */
export const isFormula = (cell: string): boolean => /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/.test(cell)

/** Leads nowhere in a spreadsheet, and machines that read the file want it as it is. */
const isTelephoneNumber = (cell: string): boolean => /^\+[0-9]+$/.test(cell)

/** A cell in quotes if it holds one, a line end or the delimiter (RFC 4180, 2). */
export const csvQuoted = (cell: string, delimiter = ','): string =>
  cell.includes(delimiter) || /["\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell

const written = (cell: string): string => csvQuoted(isFormula(cell) && !isTelephoneNumber(cell) ? `'${cell}` : cell)

/** A line of CSV with its end (RFC 4180). A cell that a spreadsheet would take for a formula is led by an apostrophe. */
export const csvLine = (cells: readonly string[]): string => `${cells.map(written).join(',')}\r\n`
