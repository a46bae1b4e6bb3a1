import { spawn } from 'node:child_process'
import { bundleEntry } from './bundle.mjs'
import { explain, step } from './progress.mjs'
import { begin, build, generate } from './steps.mjs'

/**
 * Makes ready what a bench measures, bundles it and runs it with the command line's arguments; this process ends as it does.
 * @param bundles entries and where their bundles go; the first is run
 * @param prepare gets the arguments
 * @param role the bench's own first argument, where it has several
 */
export async function runBench({ bundles, prepare, role }) {
  const args = process.argv.slice(2)
  try {
    begin()
    await prepare(args)
    await step({ doing: 'bundling the bench', done: 'bundled the bench' }, () =>
      Promise.all(bundles.map(([entry, outfile]) => bundleEntry(entry, outfile))),
    )
  } catch (error) {
    explain(error)
    process.exit(1)
  }

  const child = spawn(process.execPath, ['--enable-source-maps', bundles[0][1], ...(role ? [role] : []), ...args], { stdio: 'inherit' })
  // Ctrl-C reaches the bench by itself; it ends what it started and then itself.
  process.on('SIGINT', () => undefined)
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  child.once('exit', (code, signal) => {
    process.exitCode = signal ? 1 : (code ?? 1)
  })
}

/** All that the server needs; with `--bare` only what runs without pages. */
export async function prepareServer(args) {
  if (args.includes('--bare')) await generate()
  else if (!args.includes('--help')) await build()
}

/** What runs without pages. */
export async function prepareSources(args) {
  if (!args.includes('--help')) await generate()
}
