import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { parseEnv } from '@/lib/env'
import { partnerOfCertificate } from '@/lib/partners/partner'
import { makeCa } from '@/lib/partners/testing/certificates'
import { type Runtime, startRuntime } from '@/lib/runtime'
import { bundleProgram, type Program, type Ran } from './run-program'

// Each call is a process of its own.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 })

const folder = mkdtempSync(join(tmpdir(), 'slipway-cli-partners-'))
const environment = { DATA_DIR: join(folder, 'data'), SMDP_ADDRESS: 'localhost:8443' }
let program: Program
let runtime: Runtime
const cli = (...args: string[]): Promise<Ran> => program.run(args, environment)
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

const ca = makeCa('Operator CA')
const bss = ca.client('bss.example.com')

beforeAll(async () => {
  program = await bundleProgram()
  runtime = await startRuntime(parseEnv(environment))
})
afterAll(async () => {
  await runtime?.stop()
  await program?.close()
  rmSync(folder, { recursive: true, force: true })
})

test('a partner is added, listed, known by its certificate and removed', async () => {
  const certificate = file('bss.pem', bss.pem)
  expect(await cli('type', 'add', 'travel')).toMatchObject({ code: 0 })
  const added = await cli(
    ...[
      'partner',
      'add',
      'Example',
      '--identifier',
      '1.2.3',
      '--certificate',
      certificate,
      '--type',
      'travel',
      '--header-version',
      '2.3.0',
    ],
    ...['--callback', 'https://bss.example.com', '--point', 'download=3', '--point', 'deleted=17', '--trusted-ca', file('ca.pem', ca.pem)],
    ...['--client-certificate', certificate, '--client-key', file('bss.key', bss.keyPem)],
  )
  expect(added).toMatchObject({ code: 0, stderr: '' })
  expect(added.stdout).toContain('Example may order by ES2+ as 1.2.3, of travel.')
  const listed = (await cli('partner', 'list', '--json')).stdout
  expect(JSON.parse(listed)).toMatchObject([
    {
      name: 'Example',
      identifier: '1.2.3',
      headerVersion: '2.3.0',
      allTypes: false,
      types: [{ name: 'travel' }],
      certificates: [{ kind: 'client' }],
      callback: { points: { download: 3, deleted: 17 }, trustedCa: ca.pem, clientCertificate: bss.pem },
    },
  ])
  expect(listed).not.toContain('PRIVATE KEY')
  const known = () => partnerOfCertificate(runtime.db, { raw: bss.der, now: new Date() })
  expect(await known()).toMatchObject({ name: 'Example', identifier: '1.2.3' })
  expect(await cli('partner', 'remove', 'example')).toMatchObject({ code: 0, stdout: 'Example is no partner any more.\n' })
  await vi.waitFor(async () => expect(await known()).toHaveProperty('refusal'), 5_000)
  expect((await cli('partner', 'list')).stdout).toContain('There are none.')
  const { rows } = await runtime.db.query({ text: `SELECT actor, target FROM audit WHERE action = 'partner:write' ORDER BY id` })
  expect(rows).toEqual(Array(2).fill({ actor: expect.stringMatching(/^cli:/), target: 'Example' }))
})

test('without --type a partner may use every type, and the answer says so', async () => {
  const added = await cli('partner', 'add', 'All', '--identifier', 'all', '--fingerprint', 'ab'.repeat(32))
  expect(added.stdout).toContain('of every profile type')
  expect(added.stdout).toContain('there is no --callback')
})

test('what cannot be is refused in a sentence, and nothing is added', async () => {
  const certificate = file('other.pem', ca.client('other').pem)
  const given = ['partner', 'add', 'Refused', '--identifier', 'refused', '--certificate', certificate]
  const refused: [string[], RegExp][] = [
    [['partner', 'add', 'Refused', '--certificate', certificate], /--identifier is missing/],
    [[...given, '--type', 'nothing'], /no profile type named nothing/],
    [[...given, '--callback', 'http://bss.example.com'], /Without TLS/],
    [[...given, '--callback', 'https://bss.example.com', '--client-certificate', certificate], /go together/],
  ]
  for (const [args, sentence] of refused) {
    const ran = await cli(...args)
    expect(ran.code, args.join(' ')).toBeGreaterThan(0)
    expect(ran.stderr).toMatch(sentence)
  }
  expect((await runtime.db.query({ text: `SELECT FROM partner WHERE name = 'Refused'` })).rowCount).toBe(0)
})
