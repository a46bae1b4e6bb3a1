import type { BaselineFigures, ImportFigures } from './figures'

/** What an import may take: so many times the least, and so much memory. */
export const limits = { ratio: 2, peakBytes: 512 * 1024 * 1024 }

interface Measured {
  rows: number
  fileBytes: number
  imported: ImportFigures
  baseline: BaselineFigures
}

const seconds = (value: number) => `${value.toFixed(1)} s`
const megabytes = (bytes: number) => `${Math.round(bytes / 1024 / 1024).toLocaleString('en')} MB`

export function reportLines({ rows, fileBytes, imported, baseline }: Measured) {
  const { uploadSeconds, checkSeconds, approveSeconds, peakBytes } = imported
  const importSeconds = uploadSeconds + checkSeconds + approveSeconds
  const leastSeconds = baseline.copySeconds + baseline.sealSeconds
  const ratio = importSeconds / leastSeconds
  const isGood = ratio <= limits.ratio && peakBytes < limits.peakBytes && imported.rows === rows && imported.good === rows
  const perSecond = (time: number) => `${Math.round(rows / time).toLocaleString('en')} rows a second`
  const row = (label: string, value: string, rest = '') => `  ${label.padEnd(34)}${value.padStart(10)}${rest ? `  ${rest}` : ''}`
  const lines = [
    '',
    `Import of ${rows.toLocaleString('en')} subscribers, ${megabytes(fileBytes)} of CSV`,
    row('upload, sealed', seconds(uploadSeconds)),
    row('check and copy into stock', seconds(checkSeconds), `${seconds(imported.checkCpuSeconds)} of processor time here`),
    row('approve', seconds(approveSeconds)),
    row('together', seconds(importSeconds), perSecond(importSeconds)),
    row('memory at the peak', megabytes(peakBytes), `at most ${megabytes(limits.peakBytes)}`),
    'The least that there is to do',
    row("PostgreSQL's COPY of the same rows", seconds(baseline.copySeconds)),
    row('AES-GCM of their secrets', seconds(baseline.sealSeconds)),
    row('together', seconds(leastSeconds), perSecond(leastSeconds)),
    `Ratio ${ratio.toFixed(2)}, at most ${limits.ratio.toFixed(1)}: ${isGood ? 'good' : 'NOT GOOD'}`,
    ...(imported.good === rows ? [] : [`Only ${imported.good} rows were good: ${imported.kinds.join(', ')}`]),
  ]
  return { lines, isGood, figures: { fileBytes, ...imported, ...baseline, importSeconds, leastSeconds, ratio } }
}
