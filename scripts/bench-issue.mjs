import { spawn } from 'node:child_process'
import { bundleEntry } from './bundle.mjs'
import { explain, step } from './progress.mjs'
import { begin, generate } from './steps.mjs'

// `npm run bench:issue -- --help`: issues codes and makes their files, and beside it does the same changes in bare SQL and draws bare QR codes.
const args = process.argv.slice(2)
const outfile = 'dist/bench-issue.mjs'
try {
  begin()
  if (!args.includes('--help')) await generate()
  await step({ doing: 'bundling the bench', done: 'bundled the bench' }, () => bundleEntry('lib/orders/bench/main.ts', outfile))
} catch (error) {
  explain(error)
  process.exit(1)
}

const child = spawn(process.execPath, ['--enable-source-maps', outfile, 'measure', ...args], { stdio: 'inherit' })
// Ctrl-C reaches the bench by itself; it ends what it started and then itself.
process.on('SIGINT', () => undefined)
process.on('SIGTERM', () => child.kill('SIGTERM'))
child.once('exit', (code, signal) => {
  process.exitCode = signal ? 1 : (code ?? 1)
})
