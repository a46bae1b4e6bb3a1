import { once } from 'node:events'
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { joinEmbedded } from '@/lib/db/embedded'
import { type Env, parseEnv } from '@/lib/env'
import { tableCells, tableHeader } from '@/lib/inventory/formats/testing/upload-file'
import { makeTestPki } from '@/lib/rsp/pki/test-pki'
import { type Runtime, startRuntime } from '@/lib/runtime'
import { importPki } from '@/lib/smdp/pki/import-pki'
import { issuing, testSmdpOid } from '@/lib/smdp/pki/test-pki-files'
import { type ServingPoint, servingPoint } from './demo-server'
import { bundleProgram, type Program, type Ran } from './run-program'
import { readSample, sampleIccid, withIccid } from './sample-packages'
import { terminalActor } from './with-runtime'

// Each call is a process of its own.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 })

const folder = mkdtempSync(join(tmpdir(), 'slipway-cli-'))
const dataDir = join(folder, 'data')
let program: Program
let runtime: Runtime
let server: ServingPoint
let health: Server
let settings: Env
let environment: Record<string, string>

/** Runs beside a running server of the same data folder. */
const cli = (...args: string[]): Promise<Ran> => program.run(args, environment)
const json = ({ stdout }: Ran) => JSON.parse(stdout)

async function packageFile(number: number): Promise<{ file: string; iccid: string }> {
  const iccid = sampleIccid(number)
  const file = join(folder, `${iccid}.der`)
  writeFileSync(file, withIccid(await readSample('TS48v3_SAIP2.3_BERTLV.der'), iccid))
  return { file, iccid }
}

beforeAll(async () => {
  environment = { DATA_DIR: dataDir, SMDP_ADDRESS: 'localhost:8443' }
  settings = parseEnv(environment)
  program = await bundleProgram()
  runtime = await startRuntime(settings)
  server = await servingPoint({ ...settings, httpPort: 1 }, runtime.db)
  health = createServer((_, res) => res.end('{}')).listen(0, '127.0.0.1')
  await once(health, 'listening')
  environment.PORT = String(server.port)
  environment.HTTP_PORT = String((health.address() as AddressInfo).port)
})

afterAll(async () => {
  health?.close()
  await server?.close()
  await runtime?.stop()
  await program?.close()
  rmSync(folder, { recursive: true, force: true })
})

describe('wrong usage', () => {
  test('is one sentence and the usage on stderr, with exit code 2', async () => {
    const [unknown, malformed] = await Promise.all([cli('bogus', '--json'), cli('profile', 'show', '123')])
    for (const ran of [unknown, malformed]) {
      expect(ran).toMatchObject({ code: 2, stdout: '' })
      expect(ran.stderr).toContain('Usage: npm run -s cli -- ')
    }
    expect(unknown.stderr).toMatch(/^There is no command "bogus"\.\n/)
    expect(malformed.stderr).toMatch(/^ICCID cannot be "123"\. An ICCID has 18 to 20 digits\.\n/)
  })

  test('--help is an answer', async () => {
    expect(await cli('phone', 'download', '--help')).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringContaining('--confirmation-code'),
    })
  })
})

describe('certificates, types and staff', () => {
  test('pki show tells the CIs and certificates, never a key', async () => {
    const shown = await cli('pki', 'show', '--json')
    expect(json(shown).cis).toMatchObject([{ name: 'Slipway Test CI', live: false, curve: 'P-256' }])
    expect(
      json(shown)
        .credentials.map((credential: { role: string }) => credential.role)
        .sort(),
    ).toEqual(['DPauth', 'DPpb', 'DPtls'])
    expect(shown.stdout).not.toMatch(/private/i)
  })

  test('pki import takes what it can use, and says what it ignores', async () => {
    const report = await cli('pki', 'import', 'lib/rsp/testdata/sgp26')
    expect(report).toMatchObject({ code: 0, stderr: '' })
    expect(report.stdout).toMatch(/: trusts the test CI /m)
    expect(report.stdout).toMatch(/^Ignored \S+: /m)
    const none = join(folder, 'none')
    expect(await cli('pki', 'import', none)).toEqual({ code: 1, stdout: '', stderr: `${none} does not exist.\n` })
  })

  test('type add makes a type once; type list shows it', async () => {
    const args = ['type', 'add', 'business', '--protection', 'random', '--spn', 'Example', '--policy-rule', 'ppr1', '--download-limit', '5']
    const added = await cli(...args, '--json')
    expect(json(added)).toMatchObject({ name: 'business', live: false, protection: 'random', policyRules: ['ppr1'], downloadLimit: 5 })
    const [again, list] = await Promise.all([cli(...args), cli('type', 'list', '--json')])
    expect(again).toEqual({ code: 1, stdout: '', stderr: 'There is a type named business already.\n' })
    expect(json(list)).toMatchObject([{ name: 'business', profiles: 0, available: 0 }])
  })

  test('user add prints the one-time link, recorded as done from the terminal', async () => {
    const added = json(await cli('user', 'add', 'Ann@Example.com', '--role', 'operator', '--name', 'Ann', '--json'))
    expect(added).toMatchObject({ email: 'ann@example.com', role: 'operator', name: 'Ann' })
    expect(added.link).toMatch(/^http:\/\/localhost:\d+\/set-password\/[\w-]{43}$/)
    const [again, list] = await Promise.all([cli('user', 'add', 'ann@example.com', '--role', 'operator'), cli('user', 'list', '--json')])
    expect(again).toMatchObject({ code: 1, stderr: 'ann@example.com has an account already.\n' })
    expect(json(list)).toMatchObject([{ email: 'ann@example.com', createdBy: expect.stringMatching(/^cli:/), hasPassword: false }])
  })
})

// Long enough not to turn up by chance in an EID.
const confirmationCode = 'calm-harbour-4711'

test('a package goes from the file to the device and back: import, issue, download, enable, delete', async () => {
  const [first, second] = [await packageFile(1), await packageFile(2)]
  copyFileSync('package.json', join(folder, 'no-package.der'))
  const files = [first.file, join(folder, 'no-package.der'), join(folder, 'absent.der'), second.file]
  const imported = await cli('import', ...files, '--approve', 'all', '--json')
  expect(imported.code).toBe(1)
  expect(imported.stderr).toMatch(/^no-package\.der was refused: .+\nabsent\.der was refused: .+ does not exist\.\n$/)
  expect(json(imported)).toMatchObject({
    type: 'default',
    files: [
      { file: `${first.iccid}.der`, state: 'approved', kept: 1, report: { firstIccid: first.iccid, preflight: { result: 'installed' } } },
      { file: 'no-package.der', problem: expect.stringContaining('JSON') },
      { file: 'absent.der', problem: expect.stringContaining('does not exist') },
      { file: `${second.iccid}.der`, state: 'approved', kept: 1 },
    ],
  })

  const issued = await cli('issue', first.iccid, second.iccid, '--confirmation-code', confirmationCode, '--expires', '30d', '--json')
  const lines = issued.stdout
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))
  expect(lines.map(({ iccid }) => iccid)).toEqual([first.iccid, second.iccid])
  for (const line of lines) expect(line.activationCode).toBe(`LPA:1$localhost:8443$${line.matchingId}$$1`)

  const code: string = lines[0].activationCode
  const connect = `127.0.0.1:${server.port}`
  const [again, byType, wrong] = await Promise.all([
    cli('issue', first.iccid),
    cli('issue', '--type', 'default', '--count', '1'),
    cli('phone', 'download', code, '--connect', connect, '--confirmation-code', '1', '--json'),
  ])
  expect(again).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/ is Released\. \(8\.2\.1\/3\.3\)\n$/) })
  expect(byType).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^All profiles of this type are in use\./) })
  expect(wrong.code).toBe(1)
  expect(wrong.stderr).toBe('Refused: the confirmation code is wrong (8.2.7/3.8).\n')
  expect(json(wrong)).toMatchObject({ outcome: 'refused', subjectCode: '8.2.7', reasonCode: '3.8' })

  const downloaded = await cli('phone', 'download', code, '--connect', connect, '--confirmation-code', confirmationCode)
  expect(downloaded).toMatchObject({ code: 0, stderr: '' })
  expect(downloaded.stdout).toMatch(new RegExp(`Installed ${first.iccid} on the eUICC \\d{32}\\.\n$`))

  const enabled = json(await cli('phone', 'enable', first.iccid, '--connect', connect, '--json'))
  expect(enabled).toEqual({ iccid: first.iccid, state: 'Enabled', pendingNotifications: 0 })
  const [tooEarly, shown] = await Promise.all([cli('phone', 'delete', first.iccid), cli('profile', 'show', first.iccid, '--json')])
  expect(tooEarly).toMatchObject({ code: 1, stderr: expect.stringContaining('disable it first') })
  const profile = json(shown)
  expect(profile).toMatchObject({ iccid: first.iccid, state: 'Installed', runtimeState: 'Enabled', type: 'default' })
  const kinds = profile.events.map(({ kind, outcome }: { kind: string; outcome: string }) => `${kind} ${outcome}`)
  expect(kinds).toEqual(
    expect.arrayContaining(['uploaded ok', 'confirmOrder ok', 'getBoundProfilePackage refused', 'installationResult ok']),
  )
  expect(shown.stdout).not.toContain(confirmationCode)

  // Out of the server's reach nothing is lost: it is reported later.
  const away = await cli('phone', 'disable', first.iccid, '--connect', '127.0.0.1:1')
  expect(away).toMatchObject({ code: 0, stderr: '1 notification could not be delivered and will be sent by: phone notify\n' })
  expect(json(await cli('phone', 'notify', '--connect', connect, '--json'))).toEqual({ sent: 1, pendingNotifications: 0 })
  await cli('phone', 'delete', first.iccid, '--connect', connect)
  const [phone, human] = await Promise.all([cli('phone', 'list', '--json'), cli('profile', 'show', first.iccid)])
  expect(json(phone)).toEqual({ eid: profile.eid, profiles: [], pendingNotifications: 0 })
  expect(human.stdout).toMatch(/^On the device {2,}Deleted$/m)

  const [cancelled, list, unknown] = await Promise.all([
    cli('cancel', second.iccid, '--to', 'unavailable', '--json'),
    cli('profile', 'list', '--state', 'Installed', '--json'),
    cli('profile', 'show', sampleIccid(999)),
  ])
  expect(json(cancelled)).toEqual({ iccid: second.iccid, state: 'Unavailable' })
  expect(json(list)).toMatchObject([{ iccid: first.iccid, runtimeState: 'Deleted' }])
  expect(unknown).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^No profile has this ICCID\./) })
})

test('a vendor’s table becomes a draft, which is looked at, approved and taken out again', async () => {
  const template = join(folder, 'template.der')
  writeFileSync(template, await readSample('TS48v5_SAIP2.3_BERTLV_SUCI.der'))
  expect(await cli('type', 'add', 'prepaid', '--template', template)).toMatchObject({ code: 0 })
  const table = join(folder, 'vendor.csv')
  const lines = [tableHeader, ...Array.from({ length: 5 }, (_, n) => tableCells(7_000 + n).join(','))]
  writeFileSync(table, `${lines.slice(0, 5).join('\n')}\n${lines[5]?.replace(/,\d{15},/, ',12,')}\n`)

  const drafted = await cli('import', table, '--type', 'prepaid', '--vendor', 'Kartenwerk')
  expect(drafted).toMatchObject({ code: 0, stderr: '' })
  expect(drafted.stdout).toMatch(/^vendor\.csv is batch \d+\.\n5 rows: 4 good, 0 with warnings, 1 that cannot become stock\.$/m)
  expect(drafted.stdout).toMatch(/^1 {2,}Malformed IMSI {2,}error$/m)
  const [, id = ''] = /is batch (\d+)\./.exec(drafted.stdout) ?? []

  const [list, shown, refused, wrong, absent] = await Promise.all([
    cli('batch', 'list', '--type', 'prepaid', '--json'),
    cli('batch', 'show', id),
    cli('batch', 'approve', id, 'all'),
    cli('batch', 'approve', id, 'some'),
    cli('batch', 'show', '999999'),
  ])
  expect(json(list)).toMatchObject([{ id, state: 'draft', kept: 4, refused: 1, vendor: 'Kartenwerk' }])
  expect(shown.stdout).toContain('An IMSI has 15 digits')
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('Approve the good rows, or fix the file') })
  expect(wrong).toMatchObject({ code: 2 })
  expect(absent).toMatchObject({ code: 1, stderr: 'There is no batch 999999.\n' })

  expect(json(await cli('batch', 'approve', id, 'good', '--json'))).toEqual({ batch: id, state: 'approved', profiles: 4 })
  expect(await cli('batch', 'discard', id)).toMatchObject({ code: 1, stderr: expect.stringContaining('It can be rolled back') })
  expect(await cli('batch', 'rollback', id)).toMatchObject({ code: 0, stdout: `Batch ${id} is out of stock again.\n` })
  const again = json(await cli('import', table, '--type', 'prepaid', '--approve', 'good', '--json'))
  expect(again.files).toMatchObject([{ state: 'approved', kept: 4 }])
  const all = await cli('import', table, '--type', 'prepaid', '--approve', 'all', '--json')
  expect(all.code).toBe(1)
  const discarded = json(all).files[0].batch
  expect(json(await cli('batch', 'discard', discarded, '--json'))).toEqual({ batch: discarded, state: 'discarded' })
})

test('without a server a command starts the database for itself and stops it', async () => {
  const alone = join(folder, 'alone')
  const shown = await program.run(['pki', 'show', '--json'], { DATA_DIR: alone })
  expect(json(shown).cis).toHaveLength(1)
  expect(await joinEmbedded(alone)).toBeUndefined()
})

describe('the demonstration', () => {
  test('runs beside the server, again and again, and says that it is test data', async () => {
    const told = await cli('demo')
    expect(told).toMatchObject({ code: 0, stderr: '' })
    expect(told.stdout).toMatch(/^A demonstration: everything in it is test data/)
    expect(told.stdout).toContain('The server that runs takes part')
    expect(told.stdout).toContain('(8.2.7/3.8)')
    expect(told.stdout).toContain('(8.2.6/3.8)')
    expect(told.stdout).toContain(settings.portalUrl.replace(/\d+$/, environment.HTTP_PORT ?? ''))
    const profiles = json(await cli('demo', '--json'))
    const states = profiles.map(({ state, runtimeState }: { state: string; runtimeState: string | null }) => `${state} ${runtimeState}`)
    expect(states.slice(0, 4)).toEqual(['Installed Enabled', 'Installed Deleted', 'Released null', 'Installed null'])
    expect(states).toHaveLength(8)
  })

  test('does not run where a live CI is trusted', async () => {
    const now = new Date()
    const { ci } = makeTestPki({ curve: 'P-256', dnsNames: ['localhost'], oid: testSmdpOid }, issuing(now))
    const ctx = { actor: terminalActor(), now, vault: runtime.vault }
    await importPki(runtime.db, ctx, { files: [{ name: 'ci.der', bytes: ci.certificate }], live: true })
    expect(await cli('demo')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/trusts the live CI .* does not run here/),
    })
  })
})
