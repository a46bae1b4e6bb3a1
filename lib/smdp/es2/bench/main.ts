import { bareSql } from './bare-sql'
import { bench } from './measure'

// One bundle, and its first argument says which of the bench's processes this is.
const [role, ...args] = process.argv.slice(2)
try {
  if (role === 'bare-sql') console.log(JSON.stringify(await bareSql(JSON.parse(args[0] ?? ''))))
  else await bench(args)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
