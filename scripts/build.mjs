import { explain } from './progress.mjs'
import { begin, build } from './steps.mjs'

try {
  begin()
  await build()
} catch (error) {
  explain(error)
  process.exitCode = 1
}
