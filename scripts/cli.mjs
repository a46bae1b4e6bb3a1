import { explain } from './progress.mjs'
import { begin, bundle, generate, install } from './steps.mjs'

// `npm run -s cli -- COMMAND`: brings the command line up to date, saying so on stderr only, then becomes it.
try {
  begin()
  await install(process.stderr)
  await generate(process.stderr)
  await bundle(process.stderr)
} catch (error) {
  explain(error)
  process.exit(1)
}
process.env.NODE_ENV ??= 'production'
process.setSourceMapsEnabled(true)
await import(new URL('../dist/cli.mjs', import.meta.url).href)
