const whole = new Intl.NumberFormat('en-GB')

/** A whole number with separators: 12,345. */
export const numberWords = (value: number): string => whole.format(value)

/** A number that was counted up to `cap` only: "10,000+" when there are more. */
export const cappedWords = (value: number, cap: number): string => (value > cap ? `${whole.format(cap)}+` : whole.format(value))

/** Bytes as people read them: 812 bytes, 12.4 kB, 3.1 MB. */
export function byteWords(bytes: number): string {
  if (bytes < 1000) return `${whole.format(bytes)} bytes`
  if (bytes < 1_000_000) return `${(bytes / 1000).toFixed(1)} kB`
  return `${(bytes / 1_000_000).toFixed(1)} MB`
}

/** "1 profile", "3 profiles". */
export const countWords = (count: number, one: string, many = `${one}s`): string => `${whole.format(count)} ${count === 1 ? one : many}`
