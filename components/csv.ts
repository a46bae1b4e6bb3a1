/** RFC 4180. A cell that a spreadsheet would take for a formula is led by an apostrophe; a telephone number with its plus is none. */
const cell = (value: string): string => {
  const safe = /^[=+\-@\t]/.test(value) && !/^\+[0-9]+$/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe
}

export const csv = (rows: string[][]): string => rows.map(row => `${row.map(cell).join(',')}\r\n`).join('')

/** Hands a text to the person as a file. */
export function saveFile(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
