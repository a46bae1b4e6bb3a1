import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { NotAllowed } from '@/lib/accounts/actor'
import { type ProfileTypeRow, readProfileType } from '@/lib/db/type-rows'
import { FormError } from '@/lib/form-error'
import { craftPackage } from '@/lib/rsp/saip/crafted-package'
import { craftedJpeg, craftedPng } from '@/lib/rsp/testdata/pictures'
import { actor, Laboratory } from '@/lib/smdp/testing/laboratory'
import { stockPackages } from '@/lib/smdp/testing/stock-package'
import { createType, ensureDefaultType, inputOf, listTypes, TypeInput, updateType } from './types'

let lab: Laboratory
beforeAll(async () => {
  lab = await Laboratory.open()
})
afterAll(() => lab.close())

let next = 1
async function madeType(input: Partial<TypeInput> = {}): Promise<ProfileTypeRow> {
  const name = `type ${next++}`
  await createType(lab.db, actor, TypeInput.parse({ name, ...input }))
  return named(input.name ?? name)
}
async function named(name: string): Promise<ProfileTypeRow> {
  const type = await readProfileType(lab.db, name)
  if (!type) throw new Error(`no type ${name}`)
  return type
}
/** Changes a type the way a person does who looks at `seen`. */
const edit = (seen: ProfileTypeRow, changes: Partial<TypeInput>) =>
  updateType(lab.db, actor, { id: seen.id, version: seen.version, ...TypeInput.parse({ ...inputOf(seen), ...changes }) })
const refusalOf = (work: Promise<unknown>): Promise<FormError> =>
  work.then(
    () => Promise.reject(new Error('not refused')),
    error => (error instanceof FormError ? error : Promise.reject(error)),
  )
const audits = (type: string) => lab.sql(`SELECT action, detail FROM audit WHERE target = $1 ORDER BY id`, [type])

const everything = TypeInput.parse({
  name: 'everything',
  live: true,
  profileClass: 'provisioning',
  serviceProviderName: 'Hafen Funk',
  profileName: 'Unterwegs 🧳',
  icon: { iconType: 'png', icon: new Uint8Array(craftedPng(64, 64)) },
  policyRules: ['ppr1', 'ppr2'],
  owner: { mccMnc: '26202', gid1: '0a', gid2: 'FF01' },
  notifications: [{ events: ['delete', 'install'] }, { events: ['enable'], address: ' Events.Example.com:8443 ' }],
  protection: 'random',
  downloadLimit: 7,
  confirmationLimit: 5,
  onRejection: 'end',
  strict: true,
  confirmationCodeRequired: true,
  orderValidDays: 30,
  reuseDevice: 'same',
  reuseAfterDeletion: false,
  reuseLimit: null,
  reuseWaitHours: 12,
  returnsToStock: 'afterDeletion',
  alertLevel: 500,
  alertRecipients: ['Stock@Example.com', 'stock@example.com'],
  reorderQuantity: 20_000,
})

describe('making a type', () => {
  test('a name is used once', async () => {
    await createType(lab.db, actor, TypeInput.parse({ name: 'Gold' }))
    await expect(createType(lab.db, actor, TypeInput.parse({ name: ' Gold ' }))).rejects.toBeInstanceOf(FormError)
    const results = await Promise.allSettled([1, 2, 3].map(() => createType(lab.db, actor, TypeInput.parse({ name: 'Silver' }))))
    expect(results.filter(result => result.status === 'fulfilled')).toHaveLength(1)
  })

  test('everything that is said comes back', async () => {
    await createType(lab.db, actor, everything)
    const row = await named('everything')
    expect(row).toMatchObject({ version: 1, templateId: null, createdBy: actor.name })
    expect(inputOf(row)).toEqual({
      ...everything,
      owner: { mccMnc: '26202', gid1: '0A', gid2: 'FF01' },
      notifications: [{ events: ['install', 'delete'] }, { events: ['enable'], address: 'events.example.com:8443' }],
      alertRecipients: ['stock@example.com'],
    })
    expect(TypeInput.parse(inputOf(row))).toEqual(inputOf(row))
    expect((await audits('everything')).map(({ action }) => action)).toEqual(['type:write'])
  })

  test('the default type makes itself once', async () => {
    expect(await Promise.all([ensureDefaultType(lab.db, actor), ensureDefaultType(lab.db, actor)])).toContain(true)
    expect(await ensureDefaultType(lab.db, actor)).toBe(false)
    expect((await listTypes(lab.db)).map(({ name }) => name)).toContain('default')
  })

  test.each([
    [{ name: '' }],
    [{ name: 'x'.repeat(65) }],
    [{ name: 'a\u0000b' }],
    [{ downloadLimit: 0 }],
    [{ downloadLimit: 1.5 }],
    [{ confirmationLimit: 101 }],
    [{ policyRules: ['ppr9'] }],
    [{ protection: 'none' }],
    [{ serviceProviderName: 'x'.repeat(33) }],
    [{ profileName: 'x'.repeat(65) }],
    [{ icon: { iconType: 'png', icon: new Uint8Array(1_025) } }],
    [{ icon: { iconType: 'png', icon: new Uint8Array(craftedPng(65, 64)) } }],
    [{ icon: { iconType: 'png', icon: new Uint8Array(craftedJpeg(64, 64)) } }],
    [{ owner: { mccMnc: '2620' } }],
    [{ owner: { gid1: '01' } }],
    [{ owner: { mccMnc: '26202', gid1: 'xyz' } }],
    [{ owner: { mccMnc: '26202', gid1: '00'.repeat(21) } }],
    [{ notifications: [{ events: [] }] }],
    [{ notifications: [{ events: ['sold'] }] }],
    [{ notifications: [{ events: ['install'], address: 'https://example.com/' }] }],
    [{ notifications: [{ events: ['install'], address: '-a.example' }] }],
    [{ notifications: [{ events: ['install'] }, { events: ['delete'] }] }],
    [{ orderValidDays: 0 }],
    [{ alertLevel: 0 }],
    [{ alertLevel: 5, alertRecipients: ['nobody'] }],
    [{ alertRecipients: ['stock@example.com'] }],
    [{ reorderQuantity: -1 }],
  ])('what is no type is refused: %o', input => expect(TypeInput.safeParse({ name: 'ok', ...input }).success).toBe(false))

  test('what is left out is the least that can be said', () => {
    expect(TypeInput.parse({ name: 'x' })).toEqual({
      name: 'x',
      live: false,
      profileClass: 'operational',
      policyRules: [],
      notifications: [],
      protection: 'session',
      downloadLimit: 10,
      confirmationLimit: 3,
      onRejection: 'keep',
      reuseDevice: 'any',
      reuseAfterDeletion: true,
      reuseLimit: 5,
      reuseWaitHours: 0,
      returnsToStock: 'never',
      strict: false,
      confirmationCodeRequired: false,
      alertRecipients: [],
    })
  })
})

describe('changing a type', () => {
  test('writes what is new, counts the version up and says in the audit what changed', async () => {
    const type = await madeType({ serviceProviderName: 'Old', orderValidDays: 3 })
    const icon = { iconType: 'jpg' as const, icon: new Uint8Array(craftedJpeg(64, 64)) }
    expect(await edit(type, { serviceProviderName: 'New', orderValidDays: undefined, icon })).toEqual({ version: 2 })
    const now = await named(type.name)
    expect(now).toMatchObject({ serviceProviderName: 'New', orderValidDays: null, iconType: 'jpg', version: 2 })
    const [, audit] = await audits(type.name)
    expect(audit?.detail).toMatchObject({
      version: 2,
      changes: {
        serviceProviderName: { from: 'Old', to: 'New' },
        orderValidDays: { from: 3, to: null },
        icon: { from: null, to: `${icon.icon.length} bytes` },
      },
    })
  })

  test('that says nothing new does nothing', async () => {
    const type = await madeType({ icon: { iconType: 'png', icon: new Uint8Array(craftedPng(64, 64)) } })
    expect(await edit(type, {})).toEqual({ version: 1 })
    expect(await audits(type.name)).toHaveLength(1)
  })

  test('of two who opened it at once, the second is told and nothing of theirs is written', async () => {
    const type = await madeType()
    await edit(type, { profileName: 'first' })
    const refusal = await refusalOf(edit(type, { profileName: 'second' }))
    expect(refusal.message).toMatch(/Somebody else has changed this type since you opened it/)
    expect(refusal.fields).toHaveProperty('version')
    expect(await named(type.name)).toMatchObject({ profileName: 'first', version: 2 })
  })

  test('of several at the same moment, one is written', async () => {
    const type = await madeType()
    const results = await Promise.allSettled([1, 2, 3, 4].map(downloadLimit => edit(type, { downloadLimit })))
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect((await named(type.name)).version).toBe(2)
  })

  test('a name of another type is refused', async () => {
    const [one, other] = [await madeType(), await madeType()]
    expect((await refusalOf(edit(one, { name: other.name }))).fields).toEqual({ name: 'This name is taken.' })
  })

  test('a type with profiles stays live or for tests; an empty one may change', async () => {
    const type = await madeType()
    expect(await edit(type, { live: true })).toEqual({ version: 2 })
    const used = await madeType()
    await lab.addProfile({ type: used.name })
    expect((await refusalOf(edit(used, { live: true }))).fields).toEqual({ live: 'It stays for tests.' })
  })

  test('policy rules need an owner, where a package that is there does not tell one', async () => {
    const type = await madeType()
    const bytes = craftPackage({ usim: Buffer.alloc(0) })
    await stockPackages(lab.db, { actor, now: lab.now, vault: lab.vault }, type.name, [bytes])
    expect((await refusalOf(edit(type, { policyRules: ['ppr1'] }))).fields).toEqual({ 'owner.mccMnc': 'An owner is needed.' })
    expect(await edit(type, { policyRules: ['ppr1'], owner: { mccMnc: '26202' } })).toEqual({ version: 2 })
  })

  test('an owner that the packages do not have is refused: devices compare', async () => {
    const type = await madeType()
    await lab.addProfile({ type: type.name })
    for (const owner of [{ mccMnc: '26202' }, { mccMnc: '00101', gid1: '42' }])
      expect((await refusalOf(edit(type, { owner }))).message).toMatch(/belongs to another owner/)
    expect(await edit(type, { owner: { mccMnc: '00101', gid1: 'FF' } })).toEqual({ version: 2 })
  })

  test('who may not, does not', async () => {
    const type = await madeType()
    const nobody = { kind: 'account' as const, name: 'x', role: 'nobody' as 'operator' }
    const change = updateType(lab.db, nobody, { id: type.id, version: 1, ...inputOf(type) })
    await expect(change).rejects.toBeInstanceOf(NotAllowed)
  })
})
