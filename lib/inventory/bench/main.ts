import { baselineRole } from './baseline-role'
import type { RoleInput } from './figures'
import { importRole } from './import-role'
import { measure } from './measure'

// One bundle, and its first argument says which of the bench's processes this is.
const [role, ...args] = process.argv.slice(2)
const input = () => JSON.parse(args[0] ?? '') as RoleInput
const answer = (figures: object) => process.stdout.write(JSON.stringify(figures))
try {
  if (role === 'import') answer(await importRole(input()))
  else if (role === 'baseline') answer(await baselineRole(input()))
  else process.exitCode = await measure(args)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
