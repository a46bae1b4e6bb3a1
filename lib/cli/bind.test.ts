import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { parseEnv } from '@/lib/env'
import { type Runtime, startRuntime } from '@/lib/runtime'
import { bundleProgram, type Program, type Ran } from './run-program'
import { readSample, sampleIccid, withIccid } from './sample-packages'

// Each call is a process of its own.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 })

const folder = mkdtempSync(join(tmpdir(), 'slipway-cli-bind-'))
const environment = {
  DATA_DIR: join(folder, 'data'),
  SMDP_ADDRESS: 'smdp.example.com',
  CUSTOMER_URL: 'https://esim.example.com',
}
let program: Program
let runtime: Runtime
const cli = (...args: string[]): Promise<Ran> => program.run(args, environment)
const json = ({ stdout, stderr }: Ran) => {
  expect(stderr).toBe('')
  return JSON.parse(stdout)
}
const lines = ({ stdout }: Ran) =>
  stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
const [x, y] = ['89999123000000000000000000004291', '89999123000000000000000000004388'] as const
const mistyped = '89999123000000000000000000004289'
const iccids = [1, 2, 3, 4, 5, 6].map(sampleIccid)
const [one = '', two = '', three = '', four = '', five = '', six = ''] = iccids

beforeAll(async () => {
  program = await bundleProgram()
  runtime = await startRuntime(parseEnv(environment))
  const sample = await readSample('TS48v3_SAIP2.3_BERTLV.der')
  const files = iccids.map(iccid => {
    writeFileSync(join(folder, `${iccid}.der`), withIccid(sample, iccid))
    return join(folder, `${iccid}.der`)
  })
  await cli('import', ...files, '--approve', 'all')
})
afterAll(async () => {
  await runtime?.stop()
  await program?.close()
  rmSync(folder, { recursive: true, force: true })
})

test('bind, rebind, unbind, confirm: a profile reserved for an eUICC gets its code and its customer’s page', async () => {
  expect(json(await cli('bind', one, x, '--json'))).toEqual({ iccid: one, state: 'Linked', eid: x })
  expect(json(await cli('bind', one, y, '--json'))).toEqual({ iccid: one, state: 'Linked', eid: y })
  expect(json(await cli('unbind', one, '--json'))).toEqual({ iccid: one, state: 'Allocated', eid: null })
  const issued = json(await cli('confirm', one, '--no-release', '--email', 'ada@example.com', '--reference', 'A 17', '--json'))
  expect(issued).toEqual({
    iccid: one,
    state: 'Confirmed',
    matchingId: expect.any(String),
    activationCode: `LPA:1$smdp.example.com$${issued.matchingId}`,
    page: expect.stringMatching(/^https:\/\/esim\.example\.com\/e\/[\w-]{22,}$/),
    expiresAt: null,
  })
  expect(json(await cli('release', one, '--json'))).toEqual({ iccid: one, state: 'Released' })
  const shown = json(await cli('profile', 'show', one, '--json'))
  expect(shown.order).toMatchObject({ customerEmail: 'ada@example.com', reference: 'A 17', eid: null })
  expect(json(await cli('cancel', one, '--to', 'available', '--json'))).toEqual({ iccid: one, state: 'Available' })
})

test('a file of pairs, or of EIDs alone, binds what it can and says of every other row why not', async () => {
  const file = join(folder, 'pairs.csv')
  writeFileSync(
    file,
    `ICCID;EID\r\n${two};${x}\r\n;${y}\r\n${three};${mistyped}\r\n${sampleIccid(99)};89049032123451234512345678901235\r\n`,
  )
  const ran = await cli('bind', '--file', file, '--type', 'default', '--json')
  expect(ran.code).toBe(1)
  expect(lines(ran)).toEqual([
    { line: 4, problem: expect.stringContaining('a digit is mistyped') },
    { line: 2, iccid: two, state: 'Linked', eid: x },
    { line: 3, iccid: expect.any(String), state: 'Linked', eid: y },
    { line: 5, problem: expect.stringContaining(sampleIccid(99)) },
  ])
})

test('check digits of EIDs are refused, or in a test laboratory remarked on', async () => {
  const refused = await cli('issue', four, '--eid', mistyped)
  expect(refused).toMatchObject({ code: 1, stdout: '' })
  expect(refused.stderr).toContain('do not fit the rest')
  expect(json(await cli('settings', 'eid-check-digits', 'warn', '--json'))).toEqual({ eidCheckDigits: 'warn' })
  const warned = await cli('issue', four, '--eid', mistyped, '--default-smdp', '--json')
  expect(warned.stderr).toContain('was it typed right?')
  expect(lines(warned)).toMatchObject([{ iccid: four, matchingId: '', activationCode: 'LPA:1$smdp.example.com$' }])
  await cli('settings', 'eid-check-digits', 'refuse')
})

test('several are released and cancelled by one call; what cannot be stays', async () => {
  await cli('issue', five, six, '--no-release', '--make-confirmation-code')
  expect(json(await cli('release', five, six, '--json'))).toEqual({ released: 2, left: 0 })
  expect(json(await cli('cancel', five, six, sampleIccid(98), '--to', 'available', '--json'))).toEqual({ cancelled: 2, left: 1 })
})

test('what contradicts itself is wrong usage', async () => {
  const calls = [
    ['bind', one],
    ['bind', one, x, '--file', 'x.csv'],
    ['issue', one, '--default-smdp'],
    ['issue', one, '--make-confirmation-code', '--confirmation-code', '1'],
    ['issue', one, '--language', 'it'],
    ['cancel', '--to', 'available'],
  ]
  for (const { code } of await Promise.all(calls.map(call => cli(...call)))) expect(code).toBe(2)
})
