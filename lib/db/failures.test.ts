import { mkdtempSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { isDatabaseAway } from './failures'
import { openDatabase } from './pool'

test('a database whose socket is gone is away', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'slipway-no-socket-'))
  const db = openDatabase(`postgresql://nobody@localhost/none?host=${encodeURIComponent(folder)}`)
  for (const query of [db.query, db.lanes.query]) {
    const error = await query({ name: 'one', text: 'SELECT 1', rowMode: 'array' }).catch((cause: unknown) => cause)
    expect(error).toMatchObject({ code: 'ENOENT' })
    expect(isDatabaseAway(error)).toBe(true)
  }
  await db.close()
  rmdirSync(folder)
})

test('a file that is missing is not the database', () => {
  expect(isDatabaseAway(Object.assign(new Error('ENOENT: no such file'), { code: 'ENOENT', syscall: 'open' }))).toBe(false)
})
