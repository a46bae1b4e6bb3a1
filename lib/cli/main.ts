import { commands } from './commands'
import { run } from './run'

// A reader that has seen enough (`| head`) is no error, and what was begun comes to its end.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

process.exitCode = await run(commands, process.argv.slice(2))
