import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { findBrowser } from './browser.mjs'
import { explain } from './progress.mjs'
import { begin, buildPages, bundle, generate, install } from './steps.mjs'

// `npm test`: everything. `npm test -- --static|--unit|--stories [arguments of the tool]`: a part, for work.
const [part, ...rest] = process.argv.slice(2)
const reports = mkdtempSync(path.join(tmpdir(), 'slipway-reports-'))

const results = []

try {
  begin()
  await install()
  await generate()
  if (!part || part === '--static') await checkSources()
  if (!part || part === '--unit') await unitTests()
  if (!part || part === '--stories') await stories()
  if (results.length === 0) throw new Error(`There is no part ${part}: --static, --unit or --stories`)
} catch (error) {
  explain(error)
  results.push({ name: 'preparation', passed: 0, failed: 1 })
} finally {
  rmSync(reports, { recursive: true, force: true })
  summary()
}

async function checkSources() {
  // Next's own declarations, which the type check reads.
  await tool('types', ['node_modules/next/dist/bin/next', 'typegen'], { quiet: true })
  await check('types', ['node_modules/typescript/bin/tsc', '--noEmit'])
  await check('lint', ['node_modules/@biomejs/biome/bin/biome', 'check', '.'])
}

async function check(name, args) {
  const code = await tool(name, args)
  report(name, code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 })
}

async function unitTests() {
  const file = path.join(reports, 'vitest.json')
  const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`, ...rest]
  const code = await tool('unit and integration tests', ['node_modules/vitest/vitest.mjs', ...args])
  const { numPassedTests = 0, numFailedTests = 0 } = read(file)
  report('unit and integration tests', { passed: numPassedTests, failed: numFailedTests }, code)
}

async function stories() {
  let E2E_CHROMIUM
  try {
    await bundle()
    await buildPages()
    E2E_CHROMIUM = await findBrowser()
  } catch (error) {
    explain(error)
    return report('stories', { passed: 0, failed: 1 })
  }
  const file = path.join(reports, 'playwright.json')
  const env = { E2E_CHROMIUM, PLAYWRIGHT_JSON_OUTPUT_FILE: file }
  const code = await tool('stories', ['node_modules/@playwright/test/cli.js', 'test', ...rest], { env })
  const { expected = 0, flaky = 0, unexpected = 0 } = read(file).stats ?? {}
  report('stories', { passed: expected + flaky, failed: unexpected }, code)
}

/** Runs a tool of node_modules on this screen; its exit code. */
function tool(name, args, { env = {}, quiet = false } = {}) {
  if (!quiet) console.log(`\n— ${name}`)
  return new Promise(resolve => {
    const child = spawn(process.execPath, args, {
      env: { ...process.env, ...env },
      stdio: ['ignore', quiet ? 'ignore' : 'inherit', 'inherit'],
    })
    child.once('error', error => {
      explain(error)
      resolve(1)
    })
    child.once('close', code => resolve(code ?? 1))
  })
}

/** A tool that failed without a failed test (a file that does not load, an error outside tests) counts as one. */
function report(name, { passed, failed }, code = 0) {
  results.push({ name, passed, failed: failed || (code === 0 ? 0 : 1) })
}

function read(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}
}

function summary() {
  console.log('')
  for (const { name, passed, failed } of results) console.log(`${failed ? '✗' : '✓'} ${name}: ${passed} passed, ${failed} failed`)
  const sum = key => results.reduce((total, result) => total + result[key], 0)
  process.exitCode = sum('failed') > 0 ? 1 : 0
  console.log(`\n${sum('passed')} passed, ${sum('failed')} failed`)
}
