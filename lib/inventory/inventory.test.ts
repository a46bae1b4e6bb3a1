import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { NotAllowed } from '@/lib/accounts/actor'
import { FormError } from '@/lib/form-error'
import { craftPackage } from '@/lib/rsp/saip/crafted-package'
import { testIccid, withIccid } from '@/lib/rsp/testdata/personalised'
import { TS48, ts48 } from '@/lib/rsp/testdata/recorded-session'
import { actor, Laboratory } from '@/lib/smdp/testing/laboratory'
import { importPackages, type PackageFile } from './import-packages'
import { createType, listTypes, TypeInput } from './types'
import { packagesFromUpload } from './zip'

let lab: Laboratory
let folder: string
beforeAll(async () => {
  lab = await Laboratory.open()
  folder = mkdtempSync(join(tmpdir(), 'upload-'))
})
afterAll(async () => {
  await lab.close()
  rmSync(folder, { recursive: true })
})

let next = 1_000
const freshPackage = () => {
  const iccid = testIccid(next++)
  return { iccid, bytes: withIccid(ts48('TS48v3_SAIP2.3_BERTLV.der'), iccid) }
}
const ctx = () => ({ actor, now: lab.now, vault: lab.vault })
const take = (files: PackageFile[], typeName = 'test') => importPackages(lab.db, ctx(), { typeName, files })

/** A ZIP of stored members. */
function zipOf(members: { name: string; bytes: Buffer; crc?: number; flags?: number; method?: number; size?: number }[]): Buffer {
  const local: Buffer[] = []
  const central: Buffer[] = []
  let offset = 0
  for (const { name, bytes, crc = crc32(bytes), flags = 0, method = 0, size = bytes.length } of members) {
    const nameBytes = Buffer.from(name)
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt16LE(flags, 2)
    common.writeUInt16LE(method, 4)
    common.writeUInt32LE(crc, 10)
    common.writeUInt32LE(bytes.length, 14)
    common.writeUInt32LE(size, 18)
    common.writeUInt16LE(nameBytes.length, 22)
    const entry = Buffer.concat([Buffer.from('PK\u0003\u0004'), common, nameBytes, bytes])
    const rest = Buffer.alloc(14)
    rest.writeUInt32LE(offset, 10)
    central.push(Buffer.concat([Buffer.from('PK\u0001\u0002'), Buffer.of(20, 0), common, rest, nameBytes]))
    local.push(entry)
    offset += entry.length
  }
  const directory = Buffer.concat(central)
  const end = Buffer.alloc(18)
  end.writeUInt16LE(members.length, 4)
  end.writeUInt16LE(members.length, 6)
  end.writeUInt32LE(directory.length, 8)
  end.writeUInt32LE(offset, 12)
  return Buffer.concat([...local, directory, Buffer.from('PK\u0005\u0006'), end])
}

async function uploaded(name: string, bytes: Buffer, options?: { maxUnpackedBytes: number }): Promise<PackageFile[]> {
  const path = join(folder, `upload-${next++}`)
  writeFileSync(path, bytes)
  const files: PackageFile[] = []
  for await (const file of packagesFromUpload(path, name, options)) files.push(file)
  return files
}

describe('importPackages', () => {
  test.each(TS48)('%s comes into stock: sealed, with what its header says', async name => {
    const iccid = testIccid(next++)
    const report = await take([{ name, bytes: withIccid(ts48(name), iccid) }])
    expect(report.refused).toEqual([])
    expect(report.added).toMatchObject([{ iccid, file: name, saipVersion: expect.stringMatching(/^[12]\.\d/) }])
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Available', order_id: null, eid: null })
    const [sealed] = await lab.sql('SELECT sealed FROM profile_package WHERE iccid = $1', [iccid])
    expect(lab.vault.open(sealed?.sealed as Buffer, `profile_package:${iccid}`)).toEqual(withIccid(ts48(name), iccid))
    expect((await lab.events(iccid)).map(event => event.kind)).toEqual(['uploaded'])
    expect(await lab.sql(`SELECT action FROM audit WHERE target = $1`, [iccid])).toEqual([{ action: 'batch:upload' }])
  })

  test('each file stands for itself: what cannot be taken is told with the reason and stops no other', async () => {
    const [one, two] = [freshPackage(), freshPackage()]
    const report = await take([
      { name: 'one.der', bytes: one.bytes },
      { name: 'text.der', bytes: Buffer.from('not a package') },
      { name: 'empty.der', bytes: Buffer.alloc(0) },
      { name: 'again.der', bytes: one.bytes },
      { name: 'cut.der', bytes: two.bytes.subarray(0, 500) },
      { name: 'damaged.der', bytes: Buffer.alloc(0), problem: 'It is damaged.' },
      { name: 'two.der', bytes: two.bytes },
    ])
    expect(report.added.map(added => added.file)).toEqual(['one.der', 'two.der'])
    expect(report.refused.map(refused => refused.file)).toEqual(['text.der', 'empty.der', 'again.der', 'cut.der', 'damaged.der'])
    expect(report.refused[2]?.reason).toBe(`A profile with the ICCID ${one.iccid} exists already.`)
    for (const { reason } of report.refused) expect(reason).toMatch(/^[A-Z].*\.$/)
  })

  test('the same package twice at once comes into stock once', async () => {
    const { bytes, iccid } = freshPackage()
    const reports = await Promise.all([1, 2, 3, 4].map(() => take([{ name: 'x.der', bytes }])))
    expect(reports.flatMap(report => report.added)).toHaveLength(1)
    expect(reports.flatMap(report => report.refused)).toHaveLength(3)
    expect(await lab.events(iccid)).toHaveLength(1)
  })

  test('a refused file leaves nothing behind', async () => {
    const before = await lab.fingerprint()
    await take([{ name: 'x', bytes: Buffer.from('3003020101', 'hex') }])
    expect(await lab.fingerprint()).toEqual(before)
  })

  test('a type that does not exist is said at once; the default type makes itself', async () => {
    const { bytes, iccid } = freshPackage()
    await expect(take([{ name: 'x', bytes }], 'no such type')).rejects.toBeInstanceOf(FormError)
    expect((await take([{ name: 'x', bytes }], 'default')).added.map(added => added.iccid)).toEqual([iccid])
    expect((await listTypes(lab.db)).map(type => type.name)).toContain('default')
  })

  test('policy rules need an owner: a package without EF.IMSI is refused for such a type, with the reason', async () => {
    await createType(lab.db, actor, TypeInput.parse({ name: 'rules', policyRules: ['ppr1'] }))
    const bytes = craftPackage({ usim: Buffer.alloc(0) })
    const report = await take([{ name: 'x', bytes }], 'rules')
    expect(report.added).toEqual([])
    expect(report.refused[0]?.reason).toMatch(/owner|IMSI/)
  })

  test('whatever a file is called', async () => {
    for (const name of ['\u0000', 'a\u0000b.der', '\ud800', '\\u0000', 'ä'.repeat(300), "'; DROP TABLE profile; --"]) {
      const { bytes, iccid } = freshPackage()
      expect((await take([{ name, bytes }])).added.map(added => added.iccid)).toEqual([iccid])
    }
  })

  test('a report lists the first ones and counts all, under names that can be shown', async () => {
    const taken = [freshPackage(), freshPackage(), freshPackage()].map(({ bytes }, i) => ({ name: `${i}`, bytes }))
    const none = Array.from({ length: 5 }, () => ({ name: 'n'.repeat(60_000), bytes: Buffer.of(0) }))
    const report = await importPackages(lab.db, ctx(), { typeName: 'test', files: [...taken, ...none], maxListed: 2 })
    expect(report).toMatchObject({ addedCount: 3, refusedCount: 5 })
    expect([report.added.length, report.refused.map(({ file }) => file)]).toEqual([2, Array(2).fill('n'.repeat(255))])
    expect(await take(taken)).toMatchObject({ addedCount: 0, refusedCount: 3, refused: [{}, {}, {}] })
  })

  test('progress is told file by file', async () => {
    const seen: number[] = []
    const files = [freshPackage(), freshPackage(), { bytes: Buffer.of(0) }].map(({ bytes }, i) => ({ name: `${i}`, bytes }))
    await importPackages(lab.db, ctx(), { typeName: 'test', files, onProgress: done => seen.push(done) })
    expect(seen).toEqual([1, 2, 3])
  })

  test('who may not, does not', async () => {
    const nobody = { kind: 'account' as const, name: 'x', role: 'nobody' as 'operator' }
    await expect(importPackages(lab.db, { ...ctx(), actor: nobody }, { typeName: 'test', files: [] })).rejects.toBeInstanceOf(NotAllowed)
  })
})

describe('packagesFromUpload', () => {
  test('a package is itself, a ZIP its members; folders, hidden files and resource forks are passed over', async () => {
    const { bytes } = freshPackage()
    expect(await uploaded('one.der', bytes)).toEqual([{ name: 'one.der', bytes }])
    const members = ['a/', 'a/one.der', '__MACOSX/a/._one.der', '.DS_Store', 'a/.hidden', 'two.der'].map(name => ({
      name,
      bytes: name.endsWith('/') ? Buffer.alloc(0) : bytes,
    }))
    expect((await uploaded('all.zip', zipOf(members))).map(file => file.name)).toEqual(['a/one.der', 'two.der'])
    expect(await uploaded('none.zip', zipOf([]))).toEqual([])
  })

  test('a member that cannot be read has its problem and stops no other', async () => {
    const { bytes } = freshPackage()
    const files = await uploaded(
      'bad.zip',
      zipOf([
        { name: 'crc.der', bytes, crc: 1 },
        { name: 'secret.der', bytes, flags: 1, size: bytes.length - 12 },
        { name: 'method.der', bytes, method: 99 },
        { name: 'huge.der', bytes, method: 8, size: 0x7fffffff },
        { name: 'good.der', bytes },
      ]),
    )
    expect(files.map(file => file.name)).toEqual(['crc.der', 'secret.der', 'method.der', 'huge.der', 'good.der'])
    expect(files.slice(0, 4).map(file => file.problem)).toEqual(Array(4).fill(expect.stringMatching(/^(It|This) .*\.$/)))
    expect(files[4]).toEqual({ name: 'good.der', bytes })
    expect((await take(files)).added.map(added => added.file)).toEqual(['good.der'])
  })

  test('members that are too much together are refused in a sentence, damaged ones count', async () => {
    const { bytes } = freshPackage()
    const zip = zipOf([
      { name: 'one.der', bytes },
      { name: 'two.der', bytes, crc: 1 },
      { name: 'three.der', bytes },
    ])
    expect(await uploaded('fits.zip', zip, { maxUnpackedBytes: 3 * bytes.length })).toHaveLength(3)
    await expect(uploaded('bomb.zip', zip, { maxUnpackedBytes: 3 * bytes.length - 1 })).rejects.toThrow(/holds too much.*Split/)
  })

  test.each([
    ['empty.der', Buffer.alloc(0), /is empty/],
    ['cut.zip', Buffer.from('PK\u0003\u0004 and then nothing'), /damaged ZIP/],
    ['big.der', Buffer.alloc(3_000_000, 0x30), /larger than a profile package/],
  ])('%s is refused in a sentence', async (name, bytes, sentence) => expect(uploaded(name, bytes)).rejects.toThrow(sentence))
})

describe('types', () => {
  test('a name is used once', async () => {
    await createType(lab.db, actor, TypeInput.parse({ name: 'Gold' }))
    await expect(createType(lab.db, actor, TypeInput.parse({ name: ' Gold ' }))).rejects.toBeInstanceOf(FormError)
    const results = await Promise.allSettled([1, 2, 3].map(() => createType(lab.db, actor, TypeInput.parse({ name: 'Silver' }))))
    expect(results.filter(result => result.status === 'fulfilled')).toHaveLength(1)
  })

  test.each([
    { name: '' },
    { name: 'x'.repeat(65) },
    { name: 'a\u0000b' },
    { name: 'ok', downloadLimit: 0 },
    { name: 'ok', downloadLimit: 1.5 },
    { name: 'ok', confirmationLimit: 101 },
    { name: 'ok', policyRules: ['ppr9'] },
    { name: 'ok', protection: 'none' },
    { name: 'ok', serviceProviderName: 'x'.repeat(33) },
    { name: 'ok', icon: { iconType: 'png', icon: new Uint8Array(1_025) } },
  ])('what is no type is refused: %o', input => expect(TypeInput.safeParse(input).success).toBe(false))

  test('the defaults are those of the first screen', () => {
    expect(TypeInput.parse({ name: 'x' })).toEqual({
      name: 'x',
      live: false,
      profileClass: 'operational',
      policyRules: [],
      protection: 'session',
      downloadLimit: 10,
      confirmationLimit: 3,
      onRejection: 'keep',
      strict: false,
    })
  })
})
