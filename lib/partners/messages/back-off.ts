const secondMs = 1_000
const hourMs = 3_600_000

/** After how many failures in a row it takes about an hour to the next try. */
export const manyFailures = 12

/** How long to wait after so many failures in a row: 1 s, 2 s, 4 s … an hour. */
export const backOffMs = (failures: number): number => Math.min(hourMs, secondMs * 2 ** Math.min(Math.max(failures, 1) - 1, manyFailures))

/** For how long a message is tried. */
export const tryForMs = 72 * hourMs
