import { measure } from './support-measure'

try {
  process.exitCode = await measure(process.argv.slice(2))
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
