import { randomBytes } from 'node:crypto'
import { undoOnSignals } from './cleanup'
import { faultServer } from './fault-server'
import { readOptions, usage } from './options'
import { runFaults } from './run'

// One bundle, and its first argument says which of the harness's processes this is.
const [role, ...args] = process.argv.slice(2)
try {
  if (role === 'server') await faultServer()
  else {
    undoOnSignals()
    const options = readOptions(args, () => randomBytes(4).readUInt32BE())
    if (options.help) console.log(usage)
    else process.exitCode = (await runFaults(options, line => console.log(line))) ? 0 : 1
  }
} catch (error) {
  console.error(error instanceof Error ? (error.stack ?? error.message) : error)
  process.exitCode = 1
}
