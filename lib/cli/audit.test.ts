import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { audit } from '@/lib/accounts/audit'
import { sealAudit } from '@/lib/accounts/audit-chain/sealer'
import { joinEmbedded } from '@/lib/db/embedded'
import { openDatabase } from '@/lib/db/pool'
import { parseEnv } from '@/lib/env'
import { type Runtime, startRuntime } from '@/lib/runtime'
import { bundleProgram, type Program, type Ran } from './run-program'
import { terminalActor } from './with-runtime'

// Each call is a process of its own.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 })

const dataDir = mkdtempSync(join(tmpdir(), 'slipway-audit-'))
const head = join(dataDir, 'head.json')
const eid = '89049032123451234512345678901235'
let program: Program
let runtime: Runtime

/** Runs beside a running server of the same data folder. */
const cli = (...args: string[]): Promise<Ran> => program.run(['audit', ...args], { DATA_DIR: dataDir, SMDP_ADDRESS: 'localhost:8443' })

beforeAll(async () => {
  program = await bundleProgram()
  runtime = await startRuntime(parseEnv({ DATA_DIR: dataDir }))
  for (const target of ['a', 'b', 'c']) await audit(runtime.db, terminalActor(), 'order:bind', { target, detail: { eid } })
  await sealAudit(runtime.db)
})
afterAll(async () => {
  await runtime?.stop()
  await program?.close()
  rmSync(dataDir, { recursive: true, force: true })
})

test('verify says that the chain holds; with a head that was kept, that it is the same', async () => {
  expect(await cli('verify')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^The chain holds: \d+ rows are as sealed\.\n/) })
  expect(await cli('head', '--out', head)).toMatchObject({ code: 0 })
  expect(JSON.parse(readFileSync(head, 'utf8'))).toMatchObject({ format: 'slipway-audit-head-1', signature: expect.any(String) })
  expect(JSON.parse((await cli('head')).stdout)).toMatchObject({ publicKey: JSON.parse(readFileSync(head, 'utf8')).publicKey })
  expect(await cli('verify', '--head', head)).toMatchObject({ code: 0, stdout: expect.stringContaining('the one that the head of') })
  writeFileSync(`${head}.changed`, readFileSync(head, 'utf8').replace(/"place":\d+/, '"place":1'))
  expect(await cli('verify', '--head', `${head}.changed`)).toMatchObject({ code: 1, stderr: expect.stringContaining('signature') })
})

test('export prints what was asked for as CSV, with personal values in their places, and is audited itself', async () => {
  const ran = await cli('export', '--what', 'order:bind', '--target', 'b', '--from', '2020-01-01')
  expect(ran).toMatchObject({ code: 0, stderr: '' })
  const [heading, row, ...more] = ran.stdout.trim().split('\n')
  expect(heading).toBe('id,at,who,kind,what,target,result,address,detail')
  expect(row).toMatch(/,cli,order:bind,b,ok,,/)
  expect(row).toContain(eid)
  expect(more).toEqual([])
  expect(JSON.parse((await cli('export', '--target', 'c', '--json')).stdout)).toMatchObject({ target: 'c', detail: { eid } })
  expect(await cli('export', '--what', 'fly')).toMatchObject({ code: 2 })
  const { rows } = await runtime.db.query({ text: `SELECT result FROM audit WHERE action = 'audit:read' ORDER BY id LIMIT 2` })
  expect(rows).toEqual([{ result: 'begun' }, { result: 'ok' }])
})

test('verify names the row that was changed, the end that was cut off, and exits with 1', async () => {
  const owner = openDatabase((await joinEmbedded(dataDir)) ?? '')
  await owner.query({ text: `DELETE FROM audit_link; DELETE FROM audit WHERE target = 'c'` })
  await owner.query({ text: `DELETE FROM audit WHERE action = 'audit:read'` })
  expect(await sealAudit(runtime.db)).toMatchObject({ links: expect.any(Number) })
  expect(await cli('verify')).toMatchObject({ code: 0 })
  expect(await cli('verify', '--head', head)).toMatchObject({ code: 1, stdout: expect.stringMatching(/cut off|rewritten/) })
  await owner.query({ text: `UPDATE audit SET target = 'x' WHERE target = 'b'` })
  const { rows } = await owner.query<{ id: string }>({ text: `SELECT id::text FROM audit WHERE target = 'x'` })
  const ran = await cli('verify', '--json')
  expect(ran.code).toBe(1)
  expect(JSON.parse(ran.stdout)).toMatchObject({ firstBroken: { id: rows[0]?.id, why: 'changed', meaning: expect.any(String) } })
  await owner.close()
})
