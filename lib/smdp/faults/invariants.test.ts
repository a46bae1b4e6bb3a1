import { afterAll, beforeAll, expect, test } from 'vitest'
import { Laboratory } from '../testing/laboratory'
import { brokenInvariants } from './invariants'

let lab: Laboratory
beforeAll(async () => {
  lab = await Laboratory.open()
})
afterAll(() => lab.close())

const breakings: [string, string][] = [
  ['an order without its profile', `UPDATE profile SET order_id = NULL WHERE state = 'Released'`],
  ['a profile without its package', 'DELETE FROM profile_package'],
  ['an attempt that nobody told of', 'UPDATE download_order SET download_attempts = download_attempts + 1 WHERE closed_at IS NULL'],
  ['an installed profile without its notification', 'DELETE FROM notification'],
  ['an order that is closed without an outcome', 'UPDATE download_order SET outcome = NULL WHERE closed_at IS NOT NULL'],
  ['a profile on an eUICC that it waits for', `UPDATE profile SET eid = '${'8'.repeat(32)}' WHERE state = 'Released'`],
  ['an order without its audit row', `UPDATE download_order SET id = gen_random_uuid() WHERE outcome = 'installed'`],
]

test.each(breakings)('%s is found, and nothing where all is well', async (_, sql) => {
  const { activationCode } = await lab.issued()
  await lab.phone().download({ activationCode })
  await lab.issued()
  expect(await brokenInvariants(lab.db)).toEqual([])
  const client = await lab.db.pool.connect()
  try {
    await client.query('BEGIN')
    await client.query(sql)
    expect(await brokenInvariants(client)).not.toEqual([])
  } finally {
    await client.query('ROLLBACK')
    client.release()
  }
})
