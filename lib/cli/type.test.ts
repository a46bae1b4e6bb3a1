import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { parseEnv } from '@/lib/env'
import { craftPackage } from '@/lib/rsp/saip/crafted-package'
import { craftedPng } from '@/lib/rsp/testdata/pictures'
import { type Runtime, startRuntime } from '@/lib/runtime'
import { bundleProgram, type Program, type Ran } from './run-program'

// Each call is a process of its own.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 })

const folder = mkdtempSync(join(tmpdir(), 'slipway-cli-types-'))
const environment = { DATA_DIR: join(folder, 'data'), SMDP_ADDRESS: 'localhost:8443' }
let program: Program
let runtime: Runtime
const cli = (...args: string[]): Promise<Ran> => program.run(args, environment)
const json = ({ stdout }: Ran) => JSON.parse(stdout)
const file = (name: string, bytes: Buffer): string => {
  writeFileSync(join(folder, name), bytes)
  return join(folder, name)
}
const ts48 = (name: string) => join('lib/rsp/testdata/profiles', name)

beforeAll(async () => {
  program = await bundleProgram()
  runtime = await startRuntime(parseEnv(environment))
})
afterAll(async () => {
  await runtime?.stop()
  await program?.close()
  rmSync(folder, { recursive: true, force: true })
})

test('a type is added with everything that can be said of it, shown and changed', async () => {
  const icon = file('icon.png', craftedPng(64, 64))
  const added = await cli(
    ...['type', 'add', 'travel', '--template', ts48('TS48v5_SAIP2.3_BERTLV_SUCI.der'), '--spn', 'Harbour', '--profile-name', 'Travel'],
    ...['--icon', icon, '--owner', '00101', '--gid1', 'ff', '--notify', 'install,delete', '--notify', 'enable@events.example.com'],
    ...[
      '--reuse',
      'same',
      '--reuse-after-deletion',
      'no',
      '--reuse-limit',
      '',
      '--reuse-wait',
      '12',
      '--returns-to-stock',
      'after-deletion',
    ],
    ...[
      '--confirmation-code',
      '--valid-days',
      '30',
      '--alert-level',
      '500',
      '--alert-to',
      'stock@example.com',
      '--reorder',
      '20000',
      '--json',
    ],
  )
  expect(added).toMatchObject({ code: 0, stderr: '' })
  expect(json(added)).toMatchObject({ serviceProviderName: 'Harbour', icon: 'png', template: 'TS48v5_SAIP2.3_BERTLV_SUCI.der' })

  const shown = json(await cli('type', 'show', 'travel', '--json'))
  expect(shown).toMatchObject({
    reuseDevice: 'same',
    reuseAfterDeletion: false,
    reuseLimit: null,
    reuseWaitHours: 12,
    returnsToStock: 'afterDeletion',
    owner: { mccMnc: '00101', gid1: 'FF' },
    notifications: [{ events: ['install', 'delete'] }, { events: ['enable'], address: 'events.example.com' }],
    confirmationCodeRequired: true,
    orderValidDays: 30,
    alertRecipients: ['stock@example.com'],
    version: 1,
    template: { errors: [], tree: { saipVersion: '2.3' } },
  })
  expect(shown.template.values.find(({ value }: { value: string }) => value === 'imsi').places).toEqual(['EF.IMSI'])
  const told = (await cli('type', 'show', 'travel')).stdout
  expect(told).toMatch(/^Orders are valid {2,}30 days$/m)
  expect(told).toMatch(/^IMSI {2,}EF\.IMSI/m)
  expect(told.toLowerCase()).not.toContain('000102030405')

  const edited = await cli(
    'type',
    'edit',
    'travel',
    '--spn',
    '',
    '--valid-days',
    '7',
    '--confirmation-code',
    'no',
    '--template',
    '',
    '--json',
  )
  expect(edited).toMatchObject({ code: 0, stderr: '' })
  const now = json(await cli('type', 'show', 'travel', '--json'))
  expect(now).toMatchObject({
    profileName: 'Travel',
    orderValidDays: 7,
    confirmationCodeRequired: false,
    version: 2,
    template: null,
    icon: 'png',
  })
  expect(now.serviceProviderName).toBeUndefined()
  expect((await cli('type', 'edit', 'travel')).stdout).toBe('Nothing is new: the type travel is as it was.\n')
})

test('what cannot be is told in a sentence, and nothing is made or changed', async () => {
  await cli('type', 'add', 'kept', '--spn', 'Before')
  const broken = file('broken.der', craftPackage({ header: { services: [1, 2] } }))
  const [template, icon, event, unknown, both] = await Promise.all([
    cli('type', 'add', 'never', '--template', broken),
    cli('type', 'add', 'never', '--icon', file('large.png', craftedPng(65, 64))),
    cli('type', 'add', 'never', '--notify', 'sold'),
    cli('type', 'show', 'nobody'),
    cli('type', 'edit', 'kept', '--spn', 'After', '--template', broken),
  ])
  expect(template).toMatchObject({ code: 1, stderr: expect.stringMatching(/could not install.*demands the service isim/) })
  expect(icon).toMatchObject({ code: 2, stderr: expect.stringMatching(/^large\.png: The icon is 65 by 64 pixels/) })
  expect(event).toMatchObject({ code: 2, stderr: expect.stringMatching(/Events are install, enable, disable, delete/) })
  expect(unknown).toMatchObject({ code: 1, stderr: 'There is no profile type named nobody.\n' })
  expect(both).toMatchObject({ code: 1, stdout: '' })
  expect(json(await cli('type', 'show', 'kept', '--json'))).toMatchObject({ serviceProviderName: 'Before', template: null })
  const names = json(await cli('type', 'list', '--json')).map(({ name }: { name: string }) => name)
  expect(names).not.toContain('never')
})
