import { explain } from './progress.mjs'
import { begin, build, generate, install } from './steps.mjs'

// `npm start`, and with --dev `npm run dev`: does what is missing, then becomes the server. It runs in this very process: signals
// and exit codes are its own.

// npm hands a SIGTERM to its shell, which ends and tells us nothing: our parent has changed.
if (process.env.npm_lifecycle_event) {
  const parent = process.ppid
  const watching = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(watching)
    process.kill(process.pid, 'SIGTERM')
  }, 500).unref()
}

const development = process.argv.includes('--dev')
try {
  begin()
  if (development) {
    await install()
    await generate()
  } else {
    await build()
  }
} catch (error) {
  explain(error)
  process.exit(1)
}

if (development) {
  process.env.NODE_ENV = 'development'
  const { register } = await import('tsx/esm/api')
  register()
  await import(new URL('../server.ts', import.meta.url).href)
} else {
  process.env.NODE_ENV = 'production'
  process.setSourceMapsEnabled(true)
  await import(new URL('../dist/server.mjs', import.meta.url).href)
}
