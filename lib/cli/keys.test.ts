import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { parseEnv } from '@/lib/env'
import { type Runtime, startRuntime } from '@/lib/runtime'
import { newDataKey } from '@/lib/vault/data-keys'
import { bundleProgram, type Program, type Ran } from './run-program'

// Each call is a process of its own.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 })

const dataDir = mkdtempSync(join(tmpdir(), 'slipway-keys-'))
let program: Program
let runtime: Runtime
let environment: Record<string, string>

/** Runs beside a running server of the same data folder. */
const cli = (...args: string[]): Promise<Ran> => program.run(args, environment)
const identity = 'profile_package:8999900000000000012'

beforeAll(async () => {
  environment = { DATA_DIR: dataDir, SMDP_ADDRESS: 'localhost:8443' }
  program = await bundleProgram()
  runtime = await startRuntime(parseEnv(environment))
  const sealed = runtime.vault.seal(Buffer.from('a package'), identity, await newDataKey(runtime.db, runtime.vault))
  await runtime.db.query({ text: `INSERT INTO profile_package (iccid, sealed) VALUES ('8999900000000000012', $1)`, values: [sealed] })
})
afterAll(async () => {
  await runtime?.stop()
  await program?.close()
  rmSync(dataDir, { recursive: true, force: true })
})

describe('keys', () => {
  test('rotate puts a new master key in force beside a running server, and says what the old one is still for', async () => {
    const ran = await cli('keys', 'rotate')
    expect(ran).toMatchObject({ code: 0, stderr: '' })
    expect(ran.stdout).toMatch(/^The master key [0-9A-F]{16} is in force; 2 data keys were wrapped anew\.\n/)
    expect(ran.stdout).toMatch(/Backups of the database made until now need the one before, [0-9A-F]{16}/)
    expect(ran.stdout).not.toContain(readFileSync(join(dataDir, 'master.key'), 'utf8').trim())
    await expect(newDataKey(runtime.db, runtime.vault)).resolves.toEqual(expect.any(Number))
    const { rows } = await runtime.db.query({ text: `SELECT actor, detail FROM audit WHERE action = 'keys:write'` })
    expect(rows).toEqual([{ actor: expect.stringMatching(/^cli:/), detail: expect.objectContaining({ dataKeys: 2 }) }])
    expect(readdirSync(dataDir).filter(name => name.startsWith('master.key.'))).toHaveLength(1)
  })

  test('rotate takes the key of an outside vault, and leaves it to its place', async () => {
    const file = join(dataDir, 'outside')
    writeFileSync(file, `${'5A'.repeat(31)}5B`)
    expect(await cli('keys', 'rotate', '--new-key-file', file, '--new-key-command', 'true')).toMatchObject({ code: 2 })
    expect(await cli('keys', 'rotate', '--new-key-command', 'echo no-key-at-all')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'The master key in what --new-key-command prints is damaged: it must be 32 octets in base64 or hexadecimal.\n',
    })
    const ran = await cli('keys', 'rotate', '--new-key-command', `cat '${file}'`, '--json')
    expect(ran).toMatchObject({ code: 0, stderr: '' })
    expect(await cli('keys', 'check')).toMatchObject({ code: 1, stderr: expect.stringContaining('Restore master.key') })
    environment.MASTER_KEY_FILE = file
    expect(await cli('keys', 'check')).toMatchObject({ code: 0 })
  })

  test('check proves that everything opens', async () => {
    const ran = await cli('keys', 'check')
    expect(ran).toMatchObject({ code: 0, stderr: '' })
    expect(ran.stdout).toMatch(/^profile_package +1 +–$/m)
    expect(ran.stdout).toMatch(/^All \d+ secrets open \(\d+\.\d s\)\.\n$/m)
  })

  test('check names what does not open, with exit code 1', async () => {
    await runtime.db.query({ text: 'UPDATE profile_package SET sealed = set_byte(sealed, 20, get_byte(sealed, 20) # 1)' })
    const [words, json] = [await cli('keys', 'check'), await cli('keys', 'check', '--json')]
    expect(words).toMatchObject({ code: 1, stderr: '' })
    expect(words.stdout).toContain(`Does not open: ${identity}\n`)
    expect(json.code).toBe(1)
    expect(JSON.parse(json.stdout)).toMatchObject({ failed: 1, failures: [identity] })
  })
})
