import { commands } from './commands'
import { run } from './run'

// What was begun comes to its end, whoever still reads: one who has seen enough (`| head`) is no error, a full disk is.
let lost = false
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE' || lost) return
  lost = true
  process.stderr.write(`The answer could not be written: ${error.message}.\n`)
})
process.stderr.on('error', () => undefined)
process.on('exit', () => {
  if (lost) process.exitCode = 1
})

process.exitCode = await run(commands, process.argv.slice(2))
