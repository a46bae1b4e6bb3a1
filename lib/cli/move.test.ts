import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type Env, parseEnv } from '@/lib/env'
import { type Runtime, startRuntime } from '@/lib/runtime'
import { type ServingPoint, servingPoint } from './demo-server'
import { bundleProgram, type Program, type Ran } from './run-program'
import { readSample, sampleIccid, withIccid } from './sample-packages'

// Each call is a process of its own.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 })

const folder = mkdtempSync(join(tmpdir(), 'slipway-cli-move-'))
const environment = { DATA_DIR: join(folder, 'data'), SMDP_ADDRESS: 'localhost:8443' }
let program: Program
let runtime: Runtime
let server: ServingPoint
const cli = (...args: string[]): Promise<Ran> => program.run(args, environment)
const json = ({ stdout, stderr }: Ran) => {
  expect(stderr).toBe('')
  return JSON.parse(stdout)
}
const at = (card: string) => ['--card', join(folder, card), '--connect', `127.0.0.1:${server.port}`]
const [first, second, third] = [sampleIccid(1), sampleIccid(2), sampleIccid(3)]

beforeAll(async () => {
  program = await bundleProgram()
  const settings: Env = parseEnv(environment)
  runtime = await startRuntime(settings)
  server = await servingPoint({ ...settings, httpPort: 1 }, runtime.db)
  const sample = await readSample('TS48v3_SAIP2.3_BERTLV.der')
  const files = [first, second, third].map(iccid => {
    writeFileSync(join(folder, `${iccid}.der`), withIccid(sample, iccid))
    return join(folder, `${iccid}.der`)
  })
  await cli('import', ...files, '--approve', 'all')
})
afterAll(async () => {
  await server?.close()
  await runtime?.stop()
  await program?.close()
  rmSync(folder, { recursive: true, force: true })
})

test('a profile moves to a second phone as the policy says, is replaced when that one is lost, and the network is told', async () => {
  const issued = json(await cli('issue', first, '--json'))
  await cli('phone', 'download', issued.activationCode, ...at('one'))

  const [no, checked, told] = await Promise.all([
    cli('move', first),
    cli('move', first, '--check'),
    cli('move', first, '--check', '--json'),
  ])
  expect(no).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('has not reported that it deleted the profile') })
  expect(checked.stdout).toMatch(/^The profile may not move to another phone\.\n.*\n.*\n✗ The phone that had it/)
  expect(json(told).verdict).toMatchObject({ allowed: false, device: 'any' })

  await cli('phone', 'delete', first, ...at('one'))
  const moved = json(await cli('move', first, '--email', 'kim@example.com', '--json'))
  expect(moved).toEqual({
    iccid: first,
    matchingId: expect.any(String),
    activationCode: expect.stringMatching(/^LPA:1\$localhost/),
    page: expect.stringMatching(/\/e\/[\w-]{22,}$/),
  })
  expect(await cli('move', first)).toMatchObject({ code: 1, stderr: expect.stringContaining('no phone has used') })
  const again = json(await cli('move', first, '--again', '--json'))
  expect(await cli('phone', 'download', moved.activationCode, ...at('two'))).toMatchObject({ code: 1 })
  await cli('phone', 'download', again.activationCode, ...at('two'))

  const [back, unreasoned] = await Promise.all([cli('return', first), cli('replace', first)])
  expect(back).toMatchObject({ code: 1, stderr: expect.stringContaining('never goes back to stock') })
  expect(unreasoned).toMatchObject({ code: 2, stderr: expect.stringContaining('--reason is missing') })
  const replaced = await cli('replace', first, '--reason', 'The phone was lost.')
  expect(replaced).toMatchObject({ code: 0, stdout: expect.stringContaining(`${second} takes the place of ${first}, which is barred.`) })
  const [shown, open] = await Promise.all([cli('profile', 'show', first, '--json'), cli('replacements', '--open', '--json')])
  expect(json(shown)).toMatchObject({ state: 'Unavailable' })
  expect(json(open)).toMatchObject([{ oldIccid: first, newIccid: second, exportedAt: null }])
  const file = join(folder, 'exchange.csv')
  expect(json(await cli('replacements', '--export', file, '--json'))).toEqual({ file, profiles: 1 })
  expect(readFileSync(file, 'utf8')).toContain(`${first},${second},`)
  const [there, none, list] = await Promise.all([
    cli('replacements', '--export', file),
    cli('replacements', '--export', join(folder, 'nothing.csv')),
    cli('replacements'),
  ])
  expect(there).toMatchObject({ code: 2, stderr: expect.stringContaining('exists already') })
  expect(none).toMatchObject({ code: 1, stderr: expect.stringContaining('Everything has been handed over') })
  expect(list.stdout).toContain('The phone was lost.')
})

test('past the policy it takes a reason, and says so afterwards', async () => {
  const { activationCode } = json(await cli('issue', third, '--json'))
  await cli('phone', 'download', activationCode, ...at('three'))
  expect(await cli('move', third, '--past-policy', '')).toMatchObject({ code: 2 })
  const moved = await cli('move', third, '--past-policy', 'The customer has dropped it into the harbour.')
  expect(moved).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('LPA:1$') })
  expect((await cli('profile', 'show', third)).stdout).toContain('harbour')
})
