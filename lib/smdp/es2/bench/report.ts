import type { Cores } from '../../bench/cores'
import { number, table } from '../../bench/report'
import { type Measurement, type Report, STEPS } from './figures'

const busyPercent = 85

export function machineLines({ machine, connections }: Report, cores: Cores): string[] {
  const where = cores.pinned
    ? `The server, and in its turn the bare SQL, on core ${cores.server} alone; PostgreSQL and the partner on core ${cores.others.join(', ')}.`
    : 'There is no taskset, or one core only: server, PostgreSQL and partner share all cores.'
  return [
    `${machine.processor}, ${machine.cores} cores, ${machine.platform}, Node ${machine.node}, OpenSSL ${machine.openssl}`,
    where,
    `${connections} connections, kept.`,
  ]
}

/** The line of one measurement as soon as it is there. */
export const measurementLine = ({ stock, ordersPerSecond, bareOrdersPerSecond, share }: Measurement): string =>
  `${number(stock)} in stock: ${number(ordersPerSecond)} orders/s, ${number(share, 2)} of bare SQL (${number(bareOrdersPerSecond)}/s)`

const percent = (value: number | undefined): string => (value === undefined ? '–' : `${number(value)} %`)

export function reportLines({ measurements }: Report): string[] {
  const rates = table([
    [
      'in stock',
      'orders/s',
      'bare SQL/s',
      'share',
      'server ms',
      'PostgreSQL ms',
      'partner ms',
      'bare: client ms',
      'PostgreSQL ms',
      'server core',
      'others on it',
      'other cores',
    ],
    ...measurements.map(found => [
      number(found.stock),
      number(found.ordersPerSecond),
      number(found.bareOrdersPerSecond),
      number(found.share, 2),
      number(found.serverMs, 2),
      number(found.postgresMs, 2),
      number(found.loadMs, 2),
      number(found.bareClientMs, 2),
      number(found.barePostgresMs, 2),
      percent(found.serverCorePercent),
      percent(found.disturbedPercent),
      percent(found.otherCoresPercent),
    ]),
  ])
  const latencies = table([
    ['in stock', ...STEPS],
    ...measurements.map(({ stock, latencyMs }) => [
      number(stock),
      ...STEPS.map(step => [latencyMs[step].p50, latencyMs[step].p95, latencyMs[step].p99].map(ms => number(ms, 1)).join(' / ')),
    ]),
  ])
  const waited = measurements.some(({ serverCorePercent }) => (serverCorePercent ?? 100) < busyPercent)
  return [
    'Orders: downloadOrder by type, then confirmOrder with releaseFlag. Milliseconds are processor time of one order.',
    ...rates,
    '',
    'Latency in ms, p50 / p95 / p99, with all connections busy',
    ...latencies,
    ...(waited ? ["The server's core was not always busy: others on this machine, PostgreSQL or the partner were the limit there."] : []),
    ...measurements.flatMap(({ stock, failed, failures }) =>
      failed === 0 ? [] : [`${number(stock)} in stock: ${failed} orders FAILED, such as`, ...failures.map(failure => `  ${failure}`)],
    ),
  ]
}
