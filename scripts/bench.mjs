import { spawn } from 'node:child_process'
import { bundleEntry } from './bundle.mjs'
import { explain, step } from './progress.mjs'
import { begin, build, generate } from './steps.mjs'

// `npm run bench -- --help`: brings the server up to date as `npm start` does (with --bare only what ES9+ needs), then measures it.
const args = process.argv.slice(2)
try {
  begin()
  if (args.includes('--bare')) await generate()
  else if (!args.includes('--help')) await build()
  await step({ doing: 'bundling the bench', done: 'bundled the bench' }, () =>
    Promise.all([
      bundleEntry('lib/smdp/bench/main.ts', 'dist/bench.mjs'),
      bundleEntry('lib/smdp/bench/profiler.ts', 'dist/bench-profiler.mjs'),
    ]),
  )
} catch (error) {
  explain(error)
  process.exit(1)
}

const child = spawn(process.execPath, ['--enable-source-maps', 'dist/bench.mjs', 'measure', ...args], { stdio: 'inherit' })
// Ctrl-C reaches the bench by itself; it ends what it started and then itself.
process.on('SIGINT', () => undefined)
process.on('SIGTERM', () => child.kill('SIGTERM'))
child.once('exit', (code, signal) => {
  process.exitCode = signal ? 1 : (code ?? 1)
})
