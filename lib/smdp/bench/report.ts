import type { Cores } from './cores'
import type { Machine } from './machine'
import { FUNCTIONS, STEPS } from './messages'
import type { Mode } from './options'
import type { Percentiles } from './percentiles'
import type { ProfileReport } from './profile-report'

/** One kind of connection in one state of the database. */
export interface Measurement {
  mode: Mode
  stock: number
  /** Downloads that were done before */
  downloadsBefore: number
  downloads: number
  checked: number
  failed: number
  failures: string[]
  seconds: number
  downloadsPerSecond: number
  floorPerSecond: number
  /** downloadsPerSecond ÷ floorPerSecond */
  share: number
  /** Processor time of the floor ÷ that of the server for a download: what the share would be if nobody disturbed */
  shareByProcessorTime: number | undefined
  serverMsPerDownload: number | undefined
  postgresMsPerDownload: number | undefined
  loadMsPerDownload: number
  /** Of the server's core: by the server, by others; and how busy the other cores were, by anybody */
  serverCorePercent: number | undefined
  disturbedPercent: number | undefined
  otherCoresPercent: number
  latencyMs: Partial<Record<(typeof STEPS)[number], Percentiles>>
  profile?: ProfileReport
}

export interface BenchReport {
  machine: Machine
  server: 'whole' | 'bare'
  connections: number
  loads: number
  package: string
  measurements: Measurement[]
  /** Of the rate with TLS keep-alive, against the first stage; positive: slower */
  growthPercent: { stock: number; downloadsBefore: number; byRate: number; byProcessorTime: number | undefined }[]
}

const modeNames: Record<Mode, string> = { keepalive: 'TLS, kept', newtls: 'TLS, new for each', plain: 'no TLS' }

/** A dash stands for what is not known. */
export const number = (value: number | undefined, digits = 0): string =>
  value === undefined ? '–' : value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })

/** Rows with their columns under each other. */
export function table(rows: string[][]): string[] {
  const widths = rows[0]?.map((_, i) => Math.max(...rows.map(row => row[i]?.length ?? 0))) ?? []
  return rows.map(row =>
    `  ${row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('   ')}`.trimEnd(),
  )
}

export function machineLines({ machine, server, connections, loads }: BenchReport, cores: Cores): string[] {
  const where = cores.pinned
    ? `The server on core ${cores.server} alone; PostgreSQL and ${loads} load process${loads === 1 ? '' : 'es'} on core ${cores.others.join(', ')}.`
    : 'There is no taskset, or one core only: server, PostgreSQL and load share all cores, and the share of the floor means little.'
  return [
    `${machine.processor}, ${machine.cores} cores, ${machine.platform}, Node ${machine.node}, OpenSSL ${machine.openssl}`,
    where,
    `${connections} connections; ${server === 'whole' ? 'the whole server' : 'ES9+ without the front door'}.`,
  ]
}

/** The line of one measurement as soon as it is there. */
export const measurementLine = (found: Measurement): string =>
  `${modeNames[found.mode]}: ${number(found.downloadsPerSecond)} downloads/s, ${number(found.share, 2)} of the floor (${number(found.floorPerSecond)}/s)`

export function reportLines({ measurements, growthPercent }: BenchReport): string[] {
  const rates = table([
    [
      '',
      'in stock',
      'before',
      'downloads/s',
      'floor/s',
      'share',
      'by CPU',
      'server ms',
      'PostgreSQL ms',
      'load ms',
      'server core',
      'others on it',
      'other cores',
    ],
    ...measurements.map(found => [
      modeNames[found.mode],
      number(found.stock),
      number(found.downloadsBefore),
      number(found.downloadsPerSecond),
      number(found.floorPerSecond),
      number(found.share, 2),
      number(found.shareByProcessorTime, 2),
      number(found.serverMsPerDownload, 2),
      number(found.postgresMsPerDownload, 2),
      number(found.loadMsPerDownload, 2),
      found.serverCorePercent === undefined ? '–' : `${number(found.serverCorePercent)} %`,
      found.disturbedPercent === undefined ? '–' : `${number(found.disturbedPercent)} %`,
      `${number(found.otherCoresPercent)} %`,
    ]),
  ])
  const latencies = table([
    ['', 'in stock', ...STEPS],
    ...measurements.map(({ mode, stock, latencyMs }) => [
      modeNames[mode],
      number(stock),
      ...STEPS.map(step => {
        const found = latencyMs[step]
        return found ? [found.p50, found.p95, found.p99].map(ms => number(ms, 1)).join(' / ') : '–'
      }),
    ]),
  ])
  const waited = measurements.some(found => (found.serverCorePercent ?? 100) < 85)
  return [
    'Downloads; milliseconds are processor time of one download. “by CPU”: processor time of the floor ÷ that of the server',
    ...rates,
    '',
    `Latency in ms, p50 / p95 / p99, with all connections busy; a download is ${FUNCTIONS.length} requests`,
    ...latencies,
    ...growthPercent.map(
      ({ stock, downloadsBefore, byRate, byProcessorTime }) =>
        `With ${number(stock)} in stock after ${number(downloadsBefore)} downloads: ${number(byRate, 1)} % slower` +
        (byProcessorTime === undefined ? '.' : `, ${number(byProcessorTime, 1)} % more processor time of the server.`),
    ),
    ...(waited ? ["The server's core was not always busy: others on this machine, PostgreSQL or the load were the limit there."] : []),
    ...measurements.flatMap(({ mode, failed, failures }) =>
      failed === 0 ? [] : [`${modeNames[mode]}: ${failed} downloads FAILED, such as`, ...failures.map(failure => `  ${failure}`)],
    ),
  ]
}
