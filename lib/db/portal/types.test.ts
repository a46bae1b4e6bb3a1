import { afterAll, beforeAll, expect, test } from 'vitest'
import { createType, TypeInput } from '@/lib/inventory/types'
import { craftedPng } from '@/lib/rsp/testdata/pictures'
import { ts48 } from '@/lib/rsp/testdata/recorded-session'
import { actor, Laboratory } from '@/lib/smdp/testing/laboratory'
import { typeDetail, typesWithStock } from './types'

let lab: Laboratory
beforeAll(async () => {
  lab = await Laboratory.open()
})
afterAll(() => lab.close())

const made = (name: string, input: Partial<TypeInput> = {}) =>
  createType(lab.db, actor, TypeInput.parse({ name, ...input }), {
    file: { name: 'template.der', bytes: ts48('TS48v1_A.der') },
    ctx: { actor, now: lab.now, vault: lab.vault },
  })

/** Puts the profiles of a type into a batch. */
async function batchOf(typeId: string, state: string): Promise<void> {
  const [batch] = await lab.sql(
    `INSERT INTO batch (type_id, state, name, format, created_by) VALUES ($1, $2, 'f', 'csv', 't') RETURNING id`,
    [typeId, state],
  )
  await lab.sql('UPDATE profile SET batch_id = $2 WHERE type_id = $1 AND batch_id IS NULL', [typeId, batch?.id])
}

test('a type tells everything that its page shows', async () => {
  const icon = craftedPng(64, 64)
  const id = await made('shown', { icon: { iconType: 'png', icon: new Uint8Array(icon) }, owner: { mccMnc: '00101' } })
  expect(await typeDetail(lab.db, id, 10)).toMatchObject({
    id,
    name: 'shown',
    version: 1,
    icon: icon.toString('base64'),
    ownerMccMnc: '00101',
    template: { name: 'template.der', bytes: ts48('TS48v1_A.der').length, createdBy: actor.name, createdAt: lab.now },
    inUse: false,
    profiles: 0,
  })
  expect(JSON.stringify(await typeDetail(lab.db, id, 10))).not.toMatch(/sealed|digest/)
  expect(await typeDetail(lab.db, '00000000-0000-4000-8000-000000000000', 10)).toBeUndefined()
})

test('profiles of a batch count once it is approved, and are there before', async () => {
  const id = await made('batched')
  await lab.addProfile({ type: 'batched' })
  await lab.addProfile({ type: 'batched' })
  await batchOf(id, 'draft')
  await lab.issued({ type: 'batched' })
  expect(await typeDetail(lab.db, id, 10)).toMatchObject({ profiles: 1, available: 0, inUse: true })
  await lab.sql(`UPDATE batch SET state = 'approved'`)
  expect(await typeDetail(lab.db, id, 10)).toMatchObject({ profiles: 3, available: 2 })
  expect((await typesWithStock(lab.db, 1)).find(({ name }) => name === 'batched')).toMatchObject({ profiles: 2, available: 2 })
})
