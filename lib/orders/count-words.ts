/** `1 profile`, `48,210 profiles`. */
export const countWords = (count: number, noun: string): string => `${count.toLocaleString('en-GB')} ${noun}${count === 1 ? '' : 's'}`
