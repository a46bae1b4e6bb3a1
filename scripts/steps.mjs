import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { outliveReaders, quietly, StepFailed, step } from './progress.mjs'

export const root = fileURLToPath(new URL('..', import.meta.url))

const leastNode = [20, 15]

/** To be called first: checks Node's version and goes to the repository's root; INIT_CWD keeps where the caller was. */
export function begin() {
  outliveReaders()
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major < leastNode[0] || (major === leastNode[0] && minor < leastNode[1])) {
    throw new StepFailed(`Slipway needs Node ${leastNode.join('.')} or newer, this is ${process.versions.node}`, {
      advice: 'Get one from https://nodejs.org',
    })
  }
  process.env.INIT_CWD ??= process.cwd()
  process.chdir(root)
}

/** Packages as package-lock.json has them. */
export async function install(screen) {
  const stamp = 'node_modules/.slipway-lock'
  const lock = hashOf(['package-lock.json'])
  if (readStamp(stamp) === lock || installedByHand()) return writeStamp(stamp, lock)
  await step(
    { doing: 'installing packages', done: 'installed packages' },
    () =>
      npm(
        [
          existsSync('package-lock.json') ? 'ci' : 'install',
          '--include=dev',
          '--include=optional',
          '--loglevel=error',
          '--no-audit',
          '--no-fund',
        ],
        {
          advice: 'Is the network there, and is node_modules writable? `npm ci` shows more',
        },
      ),
    screen,
  )
  writeStamp(stamp, lock)
}

/** The database client from prisma/schema.prisma. */
export async function generate(screen) {
  const stamp = 'node_modules/.slipway-generated'
  const schema = hashOf(['prisma/schema.prisma', 'prisma.config.ts', 'package-lock.json'])
  if (readStamp(stamp) === schema && existsSync('lib/db/generated/client.ts')) return
  await step(
    { doing: 'generating the database client', done: 'generated the database client' },
    () =>
      quietly(process.execPath, ['node_modules/prisma/build/index.js', 'generate'], {
        // It only wants a file that exists; without one it would download an engine that nothing here uses.
        env: { PRISMA_SCHEMA_ENGINE_BINARY: path.resolve('package.json'), CHECKPOINT_DISABLE: '1', PRISMA_HIDE_UPDATE_MESSAGE: '1' },
        advice: 'prisma/schema.prisma has an error',
      }),
    screen,
  )
  writeStamp(stamp, schema)
}

const sharedSources = ['lib', 'prisma/schema.prisma', 'tsconfig.json', 'package-lock.json']

/** The front door and the command line as dist/server.mjs and dist/cli.mjs. */
export async function bundle(screen) {
  const stamp = 'dist/.bundled'
  const sources = hashOf([...sharedSources, 'server.ts', 'scripts/bundle.mjs'])
  if (readStamp(stamp) === sources && existsSync('dist/server.mjs') && existsSync('dist/cli.mjs')) return
  const { bundleEntry } = await import('./bundle.mjs')
  await step(
    { doing: 'bundling the server', done: 'bundled the server' },
    () => Promise.all([bundleEntry('server.ts', 'dist/server.mjs'), bundleEntry('lib/cli/main.ts', 'dist/cli.mjs')]),
    screen,
  )
  writeStamp(stamp, sources)
}

/** The pages. */
export async function buildPages(screen) {
  const stamp = 'dist/.pages'
  const configuration = readdirSync('.').filter(
    name => /\.(js|ts|mjs)$/.test(name) && !/^(server|vitest|playwright|prisma|next-env)\b/.test(name),
  )
  const sources = hashOf([...sharedSources, 'app', 'components', 'public', ...configuration])
  if (readStamp(stamp) === sources && existsSync('.next/BUILD_ID')) return
  await step(
    { doing: 'building the pages', done: 'built the pages' },
    () =>
      quietly(process.execPath, ['node_modules/next/dist/bin/next', 'build'], {
        env: { NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' },
        advice: 'The pages do not compile',
      }),
    screen,
  )
  writeStamp(stamp, sources)
}

/** Everything that `npm start` needs. */
export async function build(screen) {
  await install(screen)
  await generate(screen)
  await bundle(screen)
  await buildPages(screen)
}

/** Runs npm, the very one that runs us if one does. */
function npm(args, options) {
  const own = process.env.npm_execpath
  if (own?.endsWith('.js')) return quietly(process.execPath, [own, ...args], options)
  return quietly(process.platform === 'win32' ? 'npm.cmd' : 'npm', args, options)
}

/** npm keeps its own copy of the lock file: newer than ours, somebody ran npm since. */
function installedByHand() {
  const own = statSync('node_modules/.package-lock.json', { throwIfNoEntry: false })
  const ours = statSync('package-lock.json', { throwIfNoEntry: false })
  return own !== undefined && ours !== undefined && !existsSync('node_modules/.slipway-lock') && own.mtimeMs >= ours.mtimeMs
}

/** A hash over files and folders, contents and names; tests and what is generated do not count. */
function hashOf(places) {
  const hash = createHash('sha256').update(process.versions.node.split('.')[0] ?? '')
  for (const file of places.flatMap(filesOf).sort()) {
    hash.update(`\0${file}\0`).update(createHash('sha256').update(readFileSync(file)).digest())
  }
  return hash.digest('hex')
}

function filesOf(place) {
  const found = statSync(place, { throwIfNoEntry: false })
  if (!found) return []
  if (!found.isDirectory()) return [place]
  return readdirSync(place, { withFileTypes: true })
    .filter(({ name }) => !/^(testdata|generated|bench|faults)$|\.test\.tsx?$/.test(name))
    .flatMap(({ name }) => filesOf(`${place}/${name}`))
}

const readStamp = file => (existsSync(file) ? readFileSync(file, 'utf8') : undefined)

function writeStamp(file, text) {
  if (readStamp(file) === text) return
  mkdirSync(path.dirname(file), { recursive: true })
  rmSync(file, { force: true })
  writeFileSync(file, text)
}
