import { measureCryptoFloor } from '@/lib/rsp/bench/crypto-floor'
import { bareServer } from './bare-server'
import { loadProcess } from './load'
import { bench } from './measure'

// One bundle, and its first argument says which of the bench's processes this is.
const [role, ...args] = process.argv.slice(2)
const roles: Record<string, () => unknown> = {
  measure: () => bench(args),
  load: loadProcess,
  'bare-server': bareServer,
  floor: () => console.log(JSON.stringify(measureCryptoFloor(Number(args[0])))),
}
try {
  await roles[role ?? '']?.()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
