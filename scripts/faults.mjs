import { spawn } from 'node:child_process'
import { bundleEntry } from './bundle.mjs'
import { explain, step } from './progress.mjs'
import { begin, generate, install } from './steps.mjs'

// `npm run faults -- --help`: bundles the harness, then breaks what it can. `--bundle` alone only bundles, quietly: for the tests.
const args = process.argv.slice(2)
const bundle = () => bundleEntry('lib/smdp/faults/main.ts', 'dist/faults.mjs')
try {
  begin()
  if (args.includes('--bundle')) {
    await bundle()
    process.exit(0)
  }
  await install()
  await generate()
  await step({ doing: 'bundling the fault harness', done: 'bundled the fault harness' }, bundle)
} catch (error) {
  explain(error)
  process.exit(1)
}

const child = spawn(process.execPath, ['--expose-gc', '--enable-source-maps', 'dist/faults.mjs', 'run', ...args], { stdio: 'inherit' })
// Ctrl-C reaches the harness by itself; it ends what it started and then itself.
process.on('SIGINT', () => undefined)
process.on('SIGTERM', () => child.kill('SIGTERM'))
child.once('exit', (code, signal) => {
  process.exitCode = signal ? 1 : (code ?? 1)
})
