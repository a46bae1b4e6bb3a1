import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { parseEnv } from '@/lib/env'
import { tidyMessages } from '@/lib/partners/messages/tidy'
import { type Runtime, startRuntime } from '@/lib/runtime'
import { bundleProgram, type Program, type Ran } from './run-program'

// Each call is a process of its own.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 })

const folder = mkdtempSync(join(tmpdir(), 'slipway-cli-webhooks-'))
const environment = { DATA_DIR: join(folder, 'data'), SMDP_ADDRESS: 'localhost:8443' }
let program: Program
let runtime: Runtime
const cli = (...args: string[]): Promise<Ran> => program.run(args, environment)

beforeAll(async () => {
  program = await bundleProgram()
  runtime = await startRuntime(parseEnv(environment))
})
afterAll(async () => {
  await runtime?.stop()
  await program?.close()
  rmSync(folder, { recursive: true, force: true })
})

test('a webhook is added, listed, given another secret, tested and removed; what it was told is listed and told again', async () => {
  const added = await cli('webhook', 'add', 'https://shop.example.com/esim', '--event', 'order.released', '--event', 'profile.installed')
  expect(added).toMatchObject({ code: 0 })
  expect(added.stdout).toMatch(/^shop\.example\.com is told order\.released, profile\.installed from now on\.\nSecret {2}slws_[\w-]{43}\n$/)
  const listed = (await cli('webhook', 'list', '--json')).stdout
  expect(JSON.parse(listed)).toMatchObject([{ name: 'shop.example.com', events: ['order.released', 'profile.installed'] }])
  expect(listed).not.toContain('slws_')
  expect((await cli('webhook', 'secret', 'shop.example.com')).stdout).toMatch(/slws_/)
  expect(await cli('webhook', 'test', 'SHOP.example.com')).toMatchObject({ code: 0 })
  const [waiting] = JSON.parse((await cli('messages', 'list', '--to', 'shop.example.com', '--json')).stdout)
  expect(waiting).toMatchObject({ name: 'test', state: 'waiting', endpoint: 'shop.example.com' })

  await runtime.db.query({ text: `UPDATE message SET state = 'dead', failure = 'It answered 400.'` })
  expect((await cli('messages', 'dead')).stdout).toContain('It answered 400.')
  expect(await cli('messages', 'replay', '--dead-of', 'shop.example.com')).toMatchObject({ code: 0, stdout: '1 message is sent again.\n' })
  expect((await cli('messages', 'dead')).stdout).toContain('Nothing was given up.')
  expect(await cli('messages', 'replay', waiting.id)).toMatchObject({ code: 0 })

  expect(await cli('webhook', 'remove', 'shop.example.com')).toMatchObject({ code: 0 })
  await tidyMessages(runtime.db, new Date())
  expect((await cli('messages', 'replay', waiting.id)).code).toBeGreaterThan(0)
})

test('what cannot be is refused in a sentence', async () => {
  const refused: [string[], RegExp][] = [
    [['webhook', 'add', 'http://shop.example.com'], /Without TLS/],
    [['webhook', 'add', 'https://shop.example.com', '--event', 'nothing'], /It is one of/],
    [['webhook', 'add', 'https://shop.example.com', '--partner', 'Nobody'], /no partner named Nobody/],
    [['webhook', 'remove', 'nobody'], /no webhook named nobody/],
    [['messages', 'replay'], /--dead-of/],
  ]
  for (const [args, sentence] of refused) {
    const ran = await cli(...args)
    expect(ran.code, args.join(' ')).toBeGreaterThan(0)
    expect(ran.stderr).toMatch(sentence)
  }
})
