import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { personalise, prepareTemplate } from '../saip/personalise'
import { SubscriberValues } from '../saip/subscriber-values'

export interface PersonalisingPace {
  rows: number
  templateBytes: number
  rowsPerSecond: number
  /** With the check of every value's format in front. */
  checkedRowsPerSecond: number
  /** Of this process's own core, waiting for others not counted. */
  rowsPerCpuSecond: number
}

/** What a vendor's row carries; numbered, so that no two rows are alike. */
const rowValues = (n: number) => ({
  iccid: `8999912${String(n).padStart(12, '0')}`,
  imsi: `00101${String(n).padStart(10, '0')}`,
  msisdn: `+4917${String(n).padStart(9, '0')}`,
  smsc: '+491710760000',
  k: (n * 2654435761).toString(16).padStart(32, '5'),
  opc: (n * 40503).toString(16).padStart(32, 'A'),
  pin1: '0000',
  pin2: '1234',
  puk1: String(n % 1e8).padStart(8, '0'),
  puk2: String((n * 7) % 1e8).padStart(8, '0'),
  adm1: String((n * 13) % 1e8).padStart(8, '0'),
  otaKeys: [1, 2, 3].map(keyId => ({ keyVersion: 2, keyId, key: (n * 31 + keyId).toString(16).padStart(32, 'C') })),
})

/** Packages a second on this core, from one template and rows with what a vendor's file usually has. */
export function measurePersonalising(upp: Uint8Array, rows: number): PersonalisingPace {
  const template = prepareTemplate(upp)
  const parsed = Array.from({ length: Math.min(rows, 20_000) }, (_, n) => SubscriberValues.parse(rowValues(n)))
  const [first] = parsed
  if (!first) throw new Error('no rows')
  let bytes = 0
  for (let n = 0; n < 2000; n++) bytes += personalise(template, parsed[n % parsed.length] ?? first).length

  const cpu = process.cpuUsage()
  const startedAt = performance.now()
  for (let n = 0; n < rows; n++) bytes += personalise(template, parsed[n % parsed.length] ?? first).length
  const seconds = (performance.now() - startedAt) / 1000
  const { user, system } = process.cpuUsage(cpu)

  const checkedRows = Math.ceil(rows / 5)
  const checkedAt = performance.now()
  for (let n = 0; n < checkedRows; n++) bytes += personalise(template, SubscriberValues.parse(rowValues(n))).length
  const checkedSeconds = (performance.now() - checkedAt) / 1000
  if (bytes === 0) throw new Error('nothing was made')
  return {
    rows,
    templateBytes: upp.length,
    rowsPerSecond: Math.round(rows / seconds),
    checkedRowsPerSecond: Math.round(checkedRows / checkedSeconds),
    rowsPerCpuSecond: Math.round(rows / ((user + system) / 1e6)),
  }
}

if (import.meta.url === `file://${process.argv[1]}`) {
  const { values } = parseArgs({ options: { rows: { type: 'string', default: '100000' } } })
  const upp = readFileSync(new URL('../testdata/profiles/TS48v5_SAIP2.3_BERTLV_SUCI.der', import.meta.url))
  const pace = measurePersonalising(upp, Number(values.rows))
  const perSecond = (count: number) => `${count.toLocaleString('en')} packages a second`
  console.log(`${pace.rows.toLocaleString('en')} packages of ${pace.templateBytes.toLocaleString('en')} octets on one core:`)
  console.log(`  personalise             ${perSecond(pace.rowsPerSecond)} (${perSecond(pace.rowsPerCpuSecond)} of CPU time)`)
  console.log(`  check and personalise   ${perSecond(pace.checkedRowsPerSecond)}`)
}
