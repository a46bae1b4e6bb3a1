import { baselineRole } from './baseline-role'
import type { RoleInput } from './figures'
import { fileRole } from './file-role'
import { issueRole } from './issue-role'
import { measure } from './measure'

// One bundle, and its first argument says which of the bench's processes this is.
const [role, ...args] = process.argv.slice(2)
const input = () => JSON.parse(args[0] ?? '') as RoleInput
const answer = (figures: object) => process.stdout.write(JSON.stringify(figures))
try {
  if (role === 'issue') answer(await issueRole(input()))
  else if (role === 'file') answer(await fileRole(input()))
  else if (role === 'baseline') answer(await baselineRole(input()))
  else process.exitCode = await measure(args)
} catch (error) {
  console.error(error instanceof Error ? error.stack : error)
  process.exitCode = 1
}
