import { Client } from 'pg'
import { expect, test } from 'vitest'
import { createTestDatabase } from './test-database'

test('every test gets a migrated database of its own', async () => {
  const databases = await Promise.all([createTestDatabase(), createTestDatabase(), createTestDatabase()])
  expect(new Set(databases.map(({ url }) => url)).size).toBe(3)
  for (const { url, close } of databases) {
    const client = new Client({ connectionString: url })
    client.on('error', () => undefined)
    await client.connect()
    expect((await client.query('SELECT finished_at IS NOT NULL AS done FROM _prisma_migrations')).rows).toContainEqual({ done: true })
    await close()
    await client.end().catch(() => undefined)
  }
})
