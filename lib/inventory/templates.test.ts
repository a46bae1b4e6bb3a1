import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { NotAllowed } from '@/lib/accounts/actor'
import { type ProfileTypeRow, readProfileType } from '@/lib/db/type-rows'
import { FormError } from '@/lib/form-error'
import { craftMf, craftPackage, element } from '@/lib/rsp/saip/crafted-package'
import { personalise } from '@/lib/rsp/saip/personalise'
import { readPackage } from '@/lib/rsp/saip/read-package'
import { SubscriberValues } from '@/lib/rsp/saip/subscriber-values'
import { TS48, ts48 } from '@/lib/rsp/testdata/recorded-session'
import { tlv } from '@/lib/rsp/tlv'
import { actor, Laboratory } from '@/lib/smdp/testing/laboratory'
import { changeTemplate, inspectTemplate, maxTemplateBytes, templateOf, templateReport, templateValueNames } from './templates'
import { createType, TypeInput } from './types'

let lab: Laboratory
beforeAll(async () => {
  lab = await Laboratory.open()
})
afterAll(() => lab.close())

const ctx = () => ({ actor, now: lab.now, vault: lab.vault })
const fileOf = (name: (typeof TS48)[number]) => ({ name, bytes: ts48(name) })
let next = 1
async function madeType(template?: (typeof TS48)[number]): Promise<ProfileTypeRow> {
  const name = `type ${next++}`
  await createType(lab.db, actor, TypeInput.parse({ name }), template ? { file: fileOf(template), ctx: ctx() } : undefined)
  return named(name)
}
async function named(name: string): Promise<ProfileTypeRow> {
  const type = await readProfileType(lab.db, name)
  if (!type) throw new Error(`no type ${name}`)
  return type
}
const change = ({ id: typeId, templateId: replaces }: ProfileTypeRow, file?: { name: string; bytes: Uint8Array }) =>
  changeTemplate(lab.db, ctx(), { typeId, replaces, file })

describe('a template', () => {
  test.each(TS48)('%s works: it is kept sealed, told as a tree, and makes packages of subscribers', async name => {
    const { templateId } = await madeType(name)
    if (!templateId) throw new Error('no template')
    const [row] = await lab.sql('SELECT * FROM profile_template WHERE id = $1', [templateId])
    expect(row).toMatchObject({ name, bytes: ts48(name).length, created_by: actor.name })
    const sealed = row?.sealed as Buffer
    expect(sealed.includes(ts48(name).subarray(100, 132))).toBe(false)
    expect(lab.vault.open(sealed, `profile_template:${templateId}`)).toEqual(ts48(name))

    const report = await templateReport(lab.db, lab.vault, templateId)
    expect(report).toMatchObject({ errors: [], tree: { sizeBytes: ts48(name).length } })
    expect(report.tree.elements[0]).toMatchObject({ name: 'header' })

    const template = await templateOf(lab.db, lab.vault, templateId)
    expect(templateValueNames(template)).toEqual(expect.arrayContaining(['iccid', 'imsi', 'k', 'opc', 'pin1', 'puk1']))
    const upp = personalise(template, SubscriberValues.parse({ iccid: '8949449999999990163', imsi: '262021234567890' }))
    expect(readPackage(upp)).toMatchObject({ iccid: '8949449999999990163', imsi: '262021234567890', errors: [] })
  })

  test('neither the report nor the audit holds a key, PIN or PUK', async () => {
    const type = await madeType('TS48v5_SAIP2.3_BERTLV_SUCI.der')
    const report = await templateReport(lab.db, lab.vault, type.templateId ?? '')
    const told = JSON.stringify([report, await lab.sql('SELECT * FROM audit')]).toLowerCase()
    for (const secret of ['000102030405060708090a0b', '66778899aabbccdd', '30303030', '31313131', '35353535'])
      expect(told).not.toContain(secret)
  })

  test('a device that could not install it: refused with each reason, nothing is kept', async () => {
    const broken = craftPackage({ header: { services: [1, 2, 4] }, elements: [element(0xa8, 7)] })
    expect(inspectTemplate(broken).errors).toEqual([
      expect.stringMatching(/demands the service isim/),
      expect.stringMatching(/demands the service milenage/),
    ])
    const type = await madeType()
    const before = await lab.fingerprint()
    await expect(change(type, { name: 'x', bytes: broken })).rejects.toThrow(/could not install.*isim.*milenage/)
    await expect(
      createType(lab.db, actor, TypeInput.parse({ name: 'never' }), { file: { name: 'x', bytes: broken }, ctx: ctx() }),
    ).rejects.toBeInstanceOf(FormError)
    expect(await lab.fingerprint()).toEqual(before)
  })

  test('one that has no place for an ICCID is refused', () => {
    const bare = craftPackage({ mf: element(0xb0, 1, tlv(0x81, Buffer.from('678f010201', 'hex')), tlv(0xa2)) })
    expect(inspectTemplate(bare).errors).toContainEqual(expect.stringMatching(/cannot take the ICCID/))
    expect(inspectTemplate(craftPackage({ mf: craftMf() })).errors).toEqual([])
  })

  test.each([
    ['nothing', Buffer.alloc(0), /is empty/],
    ['something else', readFileSync('package.json'), /no profile package/],
    ['half of one', ts48('TS48v3_SAIP2.3_BERTLV.der').subarray(0, 4_000), /no profile package/],
    ['too much', Buffer.alloc(maxTemplateBytes + 1), /has 1,000,001 bytes; a template may have 1,000,000/],
  ])('%s is refused in a sentence', (_, bytes, sentence) => expect(() => inspectTemplate(bytes)).toThrow(sentence))

  test('whatever its file is called', async () => {
    for (const name of ['', '\u0000', '\ud800', 'ä'.repeat(300)]) {
      const type = await madeType()
      expect(await change(type, { name, bytes: ts48('TS48v1_A.der') })).toMatch(/^[0-9a-f-]{36}$/)
    }
  })
})

describe('changing the template of a type', () => {
  test('the type points to another one; the one before stays for batches that have it', async () => {
    const type = await madeType('TS48v1_A.der')
    const templateId = await change(type, fileOf('TS48v3_SAIP2.3_BERTLV.der'))
    const now = await named(type.name)
    expect(now).toMatchObject({ templateId, version: type.version })
    expect(await lab.sql('SELECT count(*)::int FROM profile_template WHERE id IN ($1, $2)', [type.templateId, templateId])).toEqual([
      { count: 2 },
    ])
    const audits = await lab.sql('SELECT detail FROM audit WHERE target = $1 ORDER BY id DESC LIMIT 1', [type.name])
    expect(audits[0]?.detail).toMatchObject({ template: { from: type.templateId, to: templateId }, file: 'TS48v3_SAIP2.3_BERTLV.der' })
  })

  test('it can be taken away', async () => {
    const type = await madeType('TS48v1_A.der')
    expect(await change(type)).toBeNull()
    expect(await named(type.name)).toMatchObject({ templateId: null })
  })

  test('the same file again is said to be the same', async () => {
    await expect(change(await madeType('TS48v1_A.der'), fileOf('TS48v1_A.der'))).rejects.toThrow(/template already/)
  })

  test('of two at once, the second is told and keeps nothing', async () => {
    const type = await madeType()
    const results = await Promise.allSettled(TS48.slice(0, 3).map(name => change(type, fileOf(name))))
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const result of results) if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(FormError)
    const [{ count } = {}] = await lab.sql('SELECT count(*)::int FROM profile_template')
    await expect(change(type, fileOf('TS48v4_SAIP2.1A_NoBERTLV.der'))).rejects.toThrow(/Somebody else has changed the template/)
    expect(await lab.sql('SELECT count(*)::int FROM profile_template')).toEqual([{ count }])
  })

  test('who may not, does not', async () => {
    const type = await madeType()
    const nobody = { kind: 'account' as const, name: 'x', role: 'nobody' as 'operator' }
    const work = changeTemplate(lab.db, { ...ctx(), actor: nobody }, { typeId: type.id, replaces: null, file: fileOf('TS48v1_A.der') })
    await expect(work).rejects.toBeInstanceOf(NotAllowed)
  })
})

describe('templates in memory', () => {
  test('are read once, and no more than a few are held', async () => {
    const { templateId } = await madeType('TS48v1_A.der')
    const id = templateId ?? ''
    const [one, two] = await Promise.all([templateOf(lab.db, lab.vault, id), templateOf(lab.db, lab.vault, id)])
    expect(one).toBe(two)
    for (let i = 0; i < 20; i++) {
      const other = await madeType('TS48v1_A.der')
      await templateOf(lab.db, lab.vault, other.templateId ?? '')
    }
    expect(await templateOf(lab.db, lab.vault, id)).not.toBe(one)
  })

  test('one that could not be read is read again the next time', async () => {
    const { templateId } = await madeType('TS48v1_A.der')
    const away = { query: () => Promise.reject(new Error('away')) }
    await expect(templateOf(away, lab.vault, templateId ?? '')).rejects.toThrow('away')
    expect(await templateOf(lab.db, lab.vault, templateId ?? '')).toMatchObject({ sizeBytes: ts48('TS48v1_A.der').length })
  })
})
