import { explain } from './progress.mjs'
import { begin, generate, install } from './steps.mjs'

try {
  begin()
  await install()
  await generate()
} catch (error) {
  explain(error)
  process.exitCode = 1
}
