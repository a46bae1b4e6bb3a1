import { type BaselineFigures, FILE_NAMES, FILES, type FileFigures, type FileName, type IssueFigures } from './figures'

/** What each process may take at its peak, however many codes there are. */
export const limits = { peakBytes: 384 * 1024 * 1024 }

interface Measured {
  codes: number
  issued: IssueFigures
  files: Record<FileName, FileFigures>
  baseline: BaselineFigures
}

const seconds = (value: number) => `${value.toFixed(1)} s`
const megabytes = (bytes: number) => `${(bytes / 1024 / 1024).toFixed(bytes < 10 * 1024 * 1024 ? 1 : 0)} MB`

export function reportLines({ codes, issued, files, baseline }: Measured) {
  const perSecond = (time: number) => `${Math.round(codes / time).toLocaleString('en')}/s`
  const cells = (label: string, ...values: string[]) => `  ${label.padEnd(34)}${values.map(value => value.padStart(14)).join('')}`
  const all = [issued, ...FILE_NAMES.map(name => files[name])]
  const isWhole = issued.issued === codes && FILE_NAMES.every(name => files[name].codes === codes && files[name].bytes > 0)
  const isSmall = all.every(({ peakBytes }) => peakBytes < limits.peakBytes)
  const isGood = isWhole && isSmall
  const lines = [
    '',
    `${codes.toLocaleString('en')} codes`,
    cells('', 'time', 'codes', 'processor', 'peak', 'longest turn', 'file'),
    cells('issue', seconds(issued.seconds), perSecond(issued.seconds), seconds(issued.cpuSeconds), megabytes(issued.peakBytes)),
    ...FILE_NAMES.map(name => {
      const { seconds: time, cpuSeconds, peakBytes, longestTurnMs, bytes } = files[name]
      return cells(
        FILES[name].what,
        seconds(time),
        perSecond(time),
        seconds(cpuSeconds),
        megabytes(peakBytes),
        `${Math.round(longestTurnMs)} ms`,
        megabytes(bytes),
      )
    }),
    'The least that there is to do',
    cells('the same rows by bare SQL', seconds(baseline.sqlSeconds), perSecond(baseline.sqlSeconds)),
    cells('QR codes, nothing drawn', seconds(baseline.qrSeconds), perSecond(baseline.qrSeconds)),
    `Issuing ${(issued.seconds / baseline.sqlSeconds).toFixed(2)} times the SQL, ZIP ${(files.zip.seconds / baseline.qrSeconds).toFixed(2)} and labels ${(files.labels.seconds / baseline.qrSeconds).toFixed(2)} times the QR codes.`,
    isWhole
      ? `Peaks at most ${megabytes(limits.peakBytes)}: ${isSmall ? 'good' : 'NOT GOOD'}`
      : 'NOT GOOD: not every code was issued, or is in every file.',
  ]
  return { lines, isGood, figures: { codes, issued, files, baseline } }
}
