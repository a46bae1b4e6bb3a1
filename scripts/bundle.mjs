import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { StepFailed } from './progress.mjs'

/**
 * Bundles an entry of our own sources into one file of dist/; packages stay in node_modules. The file is replaced in one step: one
 * that runs already is not disturbed, and a second builder at the same time neither.
 */
export async function bundleEntry(entry, outfile) {
  const { build } = await import('esbuild')
  const { outputFiles } = await build({
    entryPoints: [entry],
    outfile,
    write: false,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    sourcemap: 'linked',
    sourcesContent: false,
    logLevel: 'silent',
    plugins: [ownPlaces],
  }).catch(error => {
    throw new StepFailed(`${entry} cannot be bundled`, { output: error.message, advice: 'The server does not compile' })
  })
  for (const { path: file, contents } of outputFiles) {
    const draft = `${file}.${process.pid}`
    mkdirSync(path.dirname(draft), { recursive: true })
    writeFileSync(draft, contents)
    renameSync(draft, file)
  }
}

const imports = "import { fileURLToPath as __fileURLToPath } from 'node:url';import { dirname as __dirnameOf } from 'node:path';"

/** Lets `import.meta` of a bundled file speak of the place of its source, so that paths relative to it hold in both. */
const ownPlaces = {
  name: 'own-places',
  setup(build) {
    build.onLoad({ filter: /\.ts$/ }, ({ path: file }) => {
      const source = readFileSync(file, 'utf8')
      if (file.includes('node_modules') || !source.includes('import.meta.')) return undefined
      const place = path.relative(process.cwd(), file).split(path.sep).join('/')
      const url = `new URL(${JSON.stringify(`../${place}`)}, import.meta.url)`
      const meanings = { url: `${url}.href`, filename: `__fileURLToPath(${url})`, dirname: `__dirnameOf(__fileURLToPath(${url}))` }
      const contents = source.replace(/\bimport\.meta\.(url|filename|dirname)\b/g, (_, name) => meanings[name])
      return { contents: `${imports}${contents}`, loader: 'ts' }
    })
  },
}
