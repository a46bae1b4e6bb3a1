import { spawn } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

export interface Ran {
  code: number | null
  stdout: string
  stderr: string
}

export interface Program {
  run(args: string[], environment: Record<string, string>): Promise<Ran>
  /** Takes the bundle away. */
  close(): Promise<void>
}

type BundleEntry = (entry: string, outfile: string) => Promise<void>

/** The real program for tests, bundled as `npm run cli` bundles it; each call is a process of its own. */
export async function bundleProgram(): Promise<Program> {
  const { bundleEntry } = (await import(pathToFileURL(resolve('scripts/bundle.mjs')).href)) as { bundleEntry: BundleEntry }
  const outfile = `dist/cli-test-${process.pid}.mjs`
  await bundleEntry('lib/cli/main.ts', outfile)
  return {
    run: (args, environment) => runNode([outfile, ...args], environment),
    close: async () => {
      await Promise.all([outfile, `${outfile}.map`].map(file => rm(file, { force: true })))
    },
  }
}

const runNode = (args: string[], environment: Record<string, string>): Promise<Ran> =>
  new Promise((done, failed) => {
    const settings = { DATABASE_URL: '', SMDP_ADDRESS: '', PORTAL_URL: '', INIT_CWD: process.cwd() }
    const child = spawn(process.execPath, args, { env: { ...process.env, ...settings, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] })
    const ran = { stdout: '', stderr: '' }
    child.stdout.setEncoding('utf8').on('data', text => {
      ran.stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', text => {
      ran.stderr += text
    })
    child.once('error', failed)
    child.once('close', code => done({ code, ...ran }))
  })
