import { spawn } from 'node:child_process'
import { bundleEntry } from './bundle.mjs'
import { explain, step } from './progress.mjs'
import { begin, build, generate } from './steps.mjs'

// `npm run bench:stock -- --help`: fills a stock of a million and asks for its table by each filter, sort and search.
const args = process.argv.slice(2)
const outfile = 'dist/bench-stock.mjs'
try {
  begin()
  if (args.includes('--bare')) await generate()
  else if (!args.includes('--help')) await build()
  await step({ doing: 'bundling the bench', done: 'bundled the bench' }, () => bundleEntry('lib/inventory/bench-stock/main.ts', outfile))
} catch (error) {
  explain(error)
  process.exit(1)
}

const child = spawn(process.execPath, ['--enable-source-maps', outfile, ...args], { stdio: 'inherit' })
// Ctrl-C reaches the bench by itself; it ends what it started and then itself.
process.on('SIGINT', () => undefined)
process.on('SIGTERM', () => child.kill('SIGTERM'))
child.once('exit', (code, signal) => {
  process.exitCode = signal ? 1 : (code ?? 1)
})
