import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { NotAllowed } from '@/lib/accounts/actor'
import { batchFindings, batchProgress, listBatches } from '@/lib/db/batches/batch-pages'
import { FormError } from '@/lib/form-error'
import { personalise } from '@/lib/rsp/saip/personalise'
import { readPackage } from '@/lib/rsp/saip/read-package'
import { SubscriberValues } from '@/lib/rsp/saip/subscriber-values'
import { testIccid, withIccid } from '@/lib/rsp/testdata/personalised'
import { ts48 } from '@/lib/rsp/testdata/recorded-session'
import { craftedZip } from '../formats/testing/crafted-zip'
import { tableCells, tableHeader } from '../formats/testing/upload-file'
import { templateOf } from '../templates'
import { approveBatch } from './approve-batch'
import { createBatch } from './create-batch'
import { discardBatch } from './discard-batch'
import { faultyRows } from './faulty-rows'
import { mappingOf } from './mapping-of'
import { rollbackBatch } from './rollback-batch'
import { checkRow } from './sample'
import { startCheck } from './start-check'
import { ann, BatchSite, octets, packageType, templateType } from './testing/batch-site'

let site: BatchSite
beforeAll(async () => {
  site = await BatchSite.open()
})
afterAll(() => site.close())

let next = 0
/** Lines of `count` subscribers that no other test has. */
const lines = (count: number): string[] => Array.from({ length: count }, () => tableCells(next++).join(','))
const tableOf = (rows: readonly string[]): string => [tableHeader, ...rows].join('\n')
const csv = (count: number) => tableOf(lines(count))
const iccidsOf = async (id: string) =>
  (await site.sql('SELECT iccid FROM profile WHERE batch_id = $1 ORDER BY line', [id])).map(row => row.iccid)
const text = async (pieces: AsyncIterable<string>) => {
  let all = ''
  for await (const piece of pieces) all += piece
  return all
}
const none = { profiles: 0, packages: 0, findings: 0, faultyRows: 0 }

describe('a table of subscribers', () => {
  test('goes through upload, check and approval into stock', async () => {
    const rows = lines(40)
    const id = await site.upload(tableOf(rows), { name: 'May\u0000.csv', vendor: ' Kartenwerk ', declared: { quantity: 40 } })
    expect(await site.batch(id)).toMatchObject({
      state: 'uploaded',
      name: 'May.csv',
      vendor: 'Kartenwerk',
      format: 'csv',
      declared: { quantity: 40 },
      report: null,
      createdBy: ann.name,
    })
    const mapping = await mappingOf(site.db, site.ctx(), id)
    expect(mapping).toMatchObject({ remembered: false, mapping: { delimiter: ',', hasHeader: true }, facts: { encoding: 'utf-8' } })
    expect(mapping.columns?.find(({ name }) => name === 'K')?.samples[0]).toBe('32 hexadecimal digits')

    await site.check(id)
    const checked = await site.batch(id)
    expect(checked).toMatchObject({ state: 'draft', rowsRead: 40, rowsTotal: 40, kept: 40, warned: 0, refused: 0, failure: null })
    expect(checked.report).toMatchObject({
      rows: 40,
      good: 40,
      warned: 0,
      refused: 0,
      kinds: [],
      preflight: { result: 'skipped' },
      firstIccid: rows[0]?.split(',')[0],
      lastIccid: rows[39]?.split(',')[0],
    })
    expect(await site.sql('SELECT iccid FROM stock WHERE batch_id = $1', [id])).toEqual([])

    expect(await approveBatch(site.db, site.ctx(), id, 'all')).toEqual({ state: 'approved' })
    expect(await site.sql('SELECT count(*)::int AS n FROM stock WHERE batch_id = $1', [id])).toEqual([{ n: 40 }])
    expect(await site.batch(id)).toMatchObject({ state: 'approved', decidedBy: ann.name, hasFile: false })
    expect(site.files()).toEqual([])
    const [profile] = await site.sql(
      'SELECT p.*, b.created_at = p.created_at AND p.state_since = p.created_at AS same FROM profile p JOIN batch b ON b.id = batch_id WHERE batch_id = $1 ORDER BY line LIMIT 1',
      [id],
    )
    const [iccid, imsi, , , msisdn] = rows[0]?.split(',') ?? []
    expect(profile).toMatchObject({
      iccid,
      imsi,
      msisdn,
      mcc_mnc: '00101',
      line: 2,
      state: 'Available',
      warned: false,
      same: true,
      created_by: ann.name,
    })
    const audits = await site.sql('SELECT action, detail FROM audit WHERE target = $1 ORDER BY id', [`batch ${id}`])
    expect(audits.map(({ action }) => action)).toEqual(['batch:upload', 'batch:upload', 'batch:decide'])
    expect(await site.sql('SELECT 1 FROM profile_event WHERE iccid = $1', [iccid])).toEqual([])
  })

  test('keeps of each row what its package is made of, sealed under a key of the batch', async () => {
    const rows = lines(2)
    const id = await site.checked(tableOf(rows))
    const [iccid = '', imsi = '', k = '', opc = ''] = rows[1]?.split(',') ?? []
    const [kept] = await site.sql('SELECT sealed, template_id FROM profile_package WHERE iccid = $1', [iccid])
    const sealed = kept?.sealed as Buffer
    const [{ key } = { key: 0 }] = await site.sql('SELECT data_key_id AS key FROM batch WHERE id = $1', [id])
    expect(sealed.readUInt32BE(1)).toBe(key)
    const values = SubscriberValues.parse(JSON.parse(site.vault.open(sealed, `profile_package:${iccid}`).toString()))
    expect(values).toMatchObject({ iccid, imsi, k, opc })
    const made = personalise(await templateOf(site.db, site.vault, String(kept?.template_id)), values)
    const info = readPackage(made)
    const [profile] = await site.sql('SELECT * FROM profile WHERE iccid = $1', [iccid])
    expect(info).toMatchObject({ iccid, imsi })
    expect(profile).toMatchObject({
      package_name: info.profileName,
      saip_version: info.saipVersion,
      mandatory_services: info.mandatoryServices,
      package_bytes: made.length,
      gid1: info.gid1 ?? null,
    })
    expect(await checkRow(site.db, site.ctx(), id, 3)).toEqual({ iccid, problems: [] })
    await expect(checkRow(site.db, site.ctx(), id, 99)).rejects.toThrow('Line 99')
    const everything = JSON.stringify(await site.sql('SELECT row_to_json(b) AS row FROM batch b'))
    for (const secret of [k, opc]) expect(everything).not.toContain(secret)
  })

  test('shows what is wrong by kind and by row, and gives the rows back to be mended', async () => {
    const [good = '', badKey = '', badImsi = '', warned = ''] = lines(4)
    const cells = (line: string, index: number, cell: string) =>
      line
        .split(',')
        .map((value, at) => (at === index ? cell : value))
        .join(',')
    const rows = [good, cells(badKey, 2, 'ABC'), cells(badImsi, 1, '12'), cells(warned, 2, '0'.repeat(32)), 'a,b']
    const id = await site.checked(`${tableOf(rows)}\n`.replaceAll(',', ';'))
    const { report, ...batch } = await site.batch(id)
    expect(batch).toMatchObject({ state: 'draft', kept: 2, warned: 1, refused: 3 })
    expect(report).toMatchObject({ rows: 5, good: 1, warned: 1, refused: 3 })
    expect(report?.kinds).toEqual(
      expect.arrayContaining([
        { kind: 'key-format', title: 'Malformed key', severity: 'error', rows: 1 },
        { kind: 'imsi-format', title: 'Malformed IMSI', severity: 'error', rows: 1 },
        { kind: 'weak-key', title: 'Weak or published key', severity: 'warning', rows: 1 },
        { kind: 'column-count', title: 'Wrong number of columns', severity: 'error', rows: 1 },
      ]),
    )
    expect((await batchFindings(site.db, id, { limit: 100 })).map(({ line }) => line)).toEqual(expect.arrayContaining([3, 4, 5, 6]))
    expect(await batchFindings(site.db, id, { kind: 'imsi-format', limit: 10 })).toMatchObject([{ line: 4, field: 'IMSI' }])
    expect(await batchFindings(site.db, id, { afterLine: 5, limit: 10 })).toMatchObject([{ line: 6, kind: 'column-count' }])

    const returned = await text(faultyRows(site.db, site.ctx(), id))
    const table = returned
      .replace(/^\ufeff/, '')
      .trimEnd()
      .split('\r\n')
    expect(table).toHaveLength(5)
    expect(table[0]?.split(';').slice(0, 3)).toEqual(['ICCID', 'IMSI', 'K'])
    expect(table[2]).toContain('Line 4: An IMSI has 15 digits')
    expect(table[1]?.split(';')[2]).toBe(`kept:${id}:3`)
    for (const secret of [badKey, badImsi, warned].map(line => line.split(',')[3] ?? '')) expect(returned).not.toContain(secret)

    await expect(approveBatch(site.db, site.ctx(), id, 'all')).rejects.toThrow(
      /3 rows of this batch cannot become stock\. Approve the good rows, or fix the file/,
    )
    await approveBatch(site.db, site.ctx(), id, 'good')
    expect(await iccidsOf(id)).toEqual([good.split(',')[0]])
    expect(await site.batch(id)).toMatchObject({ state: 'approved', kept: 1 })
    expect(await site.totals()).toMatchObject(
      await site.sql('SELECT count(*)::int AS packages FROM profile_package JOIN profile USING (iccid)').then(rows => rows[0] ?? {}),
    )
    expect((await text(faultyRows(site.db, site.ctx(), id))).length).toBe(returned.length)
  })

  test('warnings alone may stand', async () => {
    const [line = ''] = lines(1)
    const weak = line
      .split(',')
      .map((cell, at) => (at === 2 ? '0'.repeat(32) : cell))
      .join(',')
    const id = await site.checked(tableOf([weak]))
    await expect(approveBatch(site.db, site.ctx(), id, 'good')).rejects.toThrow('Approve all if the warnings may stand')
    expect(await approveBatch(site.db, site.ctx(), id, 'all')).toEqual({ state: 'approved' })
  })

  test('is read as the person says, and the vendor’s next file too', async () => {
    const rows = lines(3).map(line => line.split(','))
    const strange = (some: string[][]) =>
      ['Serial|Subscriber|Secret|Other', ...some.map(([iccid, imsi, k, opc]) => [iccid, imsi, k, opc].join('|'))].join('\n')
    const id = await site.upload(strange(rows), { vendor: 'Strange' })
    const { mapping } = await mappingOf(site.db, site.ctx(), id)
    if (!mapping) throw new Error('no mapping')
    const columns = (['iccid', 'imsi', 'k', 'opc'] as const).map((to, at) => ({ header: mapping.columns[at]?.header, to }))
    await site.check(id, { mapping: { ...mapping, columns }, rememberFor: 'Strange' })
    expect(await site.batch(id)).toMatchObject({ state: 'draft', kept: 3 })
    const again = await site.upload(strange(lines(2).map(line => line.split(','))), { vendor: 'Strange' })
    expect(await mappingOf(site.db, site.ctx(), again)).toMatchObject({ remembered: true, mapping: { delimiter: '|', columns } })
    await site.check(again)
    expect(await site.batch(again)).toMatchObject({ state: 'draft', kept: 2 })
  })

  test('may be checked again with another mapping as long as nothing is decided', async () => {
    const id = await site.checked(csv(3))
    const { mapping } = await mappingOf(site.db, site.ctx(), id)
    if (!mapping) throw new Error('no mapping')
    const wrong = mapping.columns.map(column => (column.to === 'imsi' ? { ...column, to: 'ignore' as const } : column))
    await site.check(id, { mapping: { ...mapping, columns: wrong } })
    expect(await site.batch(id)).toMatchObject({ state: 'draft', kept: 0, refused: 3 })
    expect(await site.rowsOf(id)).toMatchObject({ profiles: 0, faultyRows: 3 })
    await site.check(id, { mapping })
    expect(await site.batch(id)).toMatchObject({ state: 'draft', kept: 3, refused: 0 })
    expect(await site.rowsOf(id)).toEqual({ profiles: 3, packages: 3, findings: 0, faultyRows: 0 })
    await approveBatch(site.db, site.ctx(), id, 'all')
    await expect(startCheck(site.db, site.ctx(), id)).rejects.toThrow('has been decided about')
  })

  test('needs a type with a template', async () => {
    await expect(site.upload(csv(1), { typeName: packageType })).rejects.toThrow('has no template to put them into')
    await expect(site.upload(csv(1), { typeName: 'nobody' })).rejects.toThrow('There is no profile type named nobody')
    expect(site.files().length).toBe((await site.sql(`SELECT 1 FROM batch WHERE file IS NOT NULL`)).length)
  })
})

describe('packages', () => {
  const packageOf = (n: number) => withIccid(ts48('TS48v3_SAIP2.3_BERTLV.der'), testIccid(n))

  test('a single one becomes stock as it is', async () => {
    const bytes = packageOf(500_001)
    const id = await site.checked(bytes, { name: 'one.der', typeName: packageType })
    expect(await site.batch(id)).toMatchObject({ state: 'draft', format: 'der', kept: 1, templateId: null })
    await approveBatch(site.db, site.ctx(), id, 'all')
    const [kept] = await site.sql('SELECT sealed, template_id FROM profile_package WHERE iccid = $1', [testIccid(500_001)])
    expect(kept?.template_id).toBeNull()
    expect(site.vault.open(kept?.sealed as Buffer, `profile_package:${testIccid(500_001)}`)).toEqual(bytes)
    const info = readPackage(bytes)
    const [profile] = await site.sql('SELECT * FROM profile WHERE iccid = $1', [testIccid(500_001)])
    expect(profile).toMatchObject({ package_name: info.profileName, imsi: info.imsi, mcc_mnc: info.mccMnc, package_bytes: bytes.length })
  })

  test('of a ZIP file are taken each for its own ICCID, with the rest of the table beside it', async () => {
    const members = [500_010, 500_011].map(n => ({ name: `${n}.der`, bytes: packageOf(n), deflate: true }))
    const table = `ICCID,MSISDN\n${testIccid(500_010)},+4915112345\n${testIccid(500_099)},+4915112346\n`
    const id = await site.upload(craftedZip(members), { name: 'p.zip', typeName: packageType, beside: octets(table) })
    expect(site.files().filter(name => name.endsWith('.table'))).toHaveLength(1)
    await site.check(id)
    expect((await site.batch(id)).report?.kinds.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['no-package', 'no-row', 'imsi-duplicate']),
    )
    expect(await site.sql('SELECT iccid, msisdn FROM profile WHERE batch_id = $1', [id])).toEqual([
      { iccid: testIccid(500_010), msisdn: '+4915112345' },
    ])
    await discardBatch(site.db, site.ctx(), id)
    expect(site.files().filter(name => name.endsWith('.table'))).toEqual([])
  })

  test('that cannot be taken are told with their reason and do not stop the others', async () => {
    const members = [
      { name: 'good.der', bytes: packageOf(500_020) },
      { name: 'cut.der', bytes: packageOf(500_021).subarray(0, 3_000) },
    ]
    const id = await site.checked(craftedZip(members), { name: 'p.zip', typeName: packageType })
    expect(await site.batch(id)).toMatchObject({ kept: 1, refused: 1 })
    expect(await batchFindings(site.db, id, { kind: 'package', limit: 9 })).toMatchObject([
      { sentence: expect.stringContaining('"cut.der" cannot be taken') },
    ])
  })
})

describe('what stands in the way of a row', () => {
  const findings = async (id: string) =>
    (await batchFindings(site.db, id, { limit: 1_000 }))
      .filter(({ kind }) => /duplicate|stock|draft/.test(kind))
      .map(({ line, kind, sentence }) => ({ line, kind, sentence }))
  const other = (line: string, changes: Record<number, string>) =>
    line
      .split(',')
      .map((cell, at) => changes[at] ?? cell)
      .join(',')

  test('an ICCID or IMSI that stands in the file already, a refused row’s too', async () => {
    const [a = '', b = '', c = '', d = ''] = lines(4)
    const [iccidOfA = '', imsiOfA = ''] = a.split(',')
    const badKey = other(c, { 2: 'bad' })
    const id = await site.checked(tableOf([a, other(b, { 0: iccidOfA }), badKey, c, other(d, { 1: imsiOfA })]))
    expect(await findings(id)).toEqual([
      { line: 3, kind: 'duplicate-in-file', sentence: `The ICCID ${iccidOfA} in line 3 stands in line 2 already.` },
      { line: 5, kind: 'duplicate-in-file', sentence: expect.stringContaining('in line 5 stands in line 4 already') },
      { line: 5, kind: 'imsi-duplicate', sentence: expect.stringContaining('in line 5 stands in line 4 already') },
      { line: 6, kind: 'imsi-duplicate', sentence: `The IMSI ${imsiOfA} in line 6 stands in line 2 already.` },
    ])
    expect(await site.batch(id)).toMatchObject({ kept: 1, refused: 4 })
  })

  test('stock, and another draft by its number', async () => {
    const [a = '', b = '', c = '', d = ''] = lines(4)
    const stocked = await site.checked(tableOf([a]))
    await approveBatch(site.db, site.ctx(), stocked, 'all')
    const draft = await site.checked(tableOf([b]))
    const [iccidOfA = '', imsiOfA = ''] = a.split(',')
    const [iccidOfB = '', imsiOfB = ''] = b.split(',')
    const id = await site.checked(tableOf([other(c, { 0: iccidOfA }), other(d, { 1: imsiOfA }), b]))
    expect(await findings(id)).toEqual([
      { line: 2, kind: 'in-stock', sentence: `The ICCID ${iccidOfA} in line 2 is in stock already; it came with batch ${stocked}.` },
      {
        line: 3,
        kind: 'imsi-in-stock',
        sentence: `The IMSI ${imsiOfA} in line 3 belongs to a profile in stock; it came with batch ${stocked}.`,
      },
      {
        line: 4,
        kind: 'in-draft',
        sentence: `The ICCID ${iccidOfB} in line 4 stands in line 2 of batch ${draft}, which is not decided about yet.`,
      },
      {
        line: 4,
        kind: 'imsi-in-stock',
        sentence: `The IMSI ${imsiOfB} in line 4 stands in line 2 of batch ${draft}, which is not decided about yet.`,
      },
    ])
    expect(await site.batch(id)).toMatchObject({ kept: 1, warned: 1, refused: 2 })
    await discardBatch(site.db, site.ctx(), draft)
    expect(await site.checked(tableOf([b])).then(again => site.batch(again))).toMatchObject({ kept: 1, refused: 0 })
  })
})

describe('the sample', () => {
  test('is installed before anybody may approve, and says in the report what came of it', async () => {
    const id = await site.upload(csv(3))
    const seen: string[] = []
    await site.check(id, {}, async ({ package: bytes, iccid }) => {
      seen.push(iccid, readPackage(bytes).iccid)
      return { result: 'installed', iccid, sentence: 'It was installed.' }
    })
    const { report } = await site.batch(id)
    expect(report?.preflight).toMatchObject({ result: 'installed', iccid: report?.firstIccid, sentence: 'It was installed.' })
    expect(seen).toEqual([report?.firstIccid, report?.firstIccid])
  })

  test('that fails keeps the batch out of stock, with the reason', async () => {
    const id = await site.upload(csv(3))
    await site.check(id, {}, async ({ iccid }) => ({ result: 'failed', iccid, sentence: 'The eUICC refused PE 5.' }))
    expect(await site.batch(id)).toMatchObject({ state: 'draft', report: { preflight: { result: 'failed' } } })
    for (const how of ['all', 'good'] as const)
      await expect(approveBatch(site.db, site.ctx(), id, how)).rejects.toThrow(/does not become stock\. The eUICC refused PE 5\./)
    expect(await site.sql('SELECT 1 FROM stock WHERE batch_id = $1', [id])).toEqual([])
  })
})

describe('throwing away', () => {
  const keyOf = async (id: string) => (await site.sql('SELECT data_key_id AS key FROM batch WHERE id = $1', [id]))[0]?.key as number
  const keyIsThere = async (key: number) => (await site.sql('SELECT 1 FROM data_key WHERE id = $1', [key])).length === 1

  test('discarding a draft leaves nothing of it, its key least of all', async () => {
    const before = site.files()
    const id = await site.checked(csv(5))
    const key = await keyOf(id)
    await discardBatch(site.db, site.ctx(), id)
    expect(await site.batch(id)).toMatchObject({ state: 'discarded', decidedBy: ann.name, hasFile: false })
    expect(await site.rowsOf(id)).toEqual(none)
    expect(await keyIsThere(key)).toBe(false)
    expect(site.files()).toEqual(before)
    await expect(discardBatch(site.db, site.ctx(), id)).rejects.toThrow('thrown away already')
    await expect(approveBatch(site.db, site.ctx(), id, 'all')).rejects.toThrow(FormError)
  })

  test('rolling back takes a batch out of stock with everything of it', async () => {
    const id = await site.checked(csv(5))
    const key = await keyOf(id)
    await expect(rollbackBatch(site.db, site.ctx(), id)).rejects.toThrow('not in stock')
    await approveBatch(site.db, site.ctx(), id, 'all')
    await expect(discardBatch(site.db, site.ctx(), id)).rejects.toThrow('can be rolled back')
    await rollbackBatch(site.db, site.ctx(), id)
    expect(await site.batch(id)).toMatchObject({ state: 'rolledBack' })
    expect(await site.rowsOf(id)).toEqual(none)
    expect(await keyIsThere(key)).toBe(false)
  })
})

describe('who may', () => {
  const nobody = { ...ann, role: 'nobody' as 'operator' }
  test.each<[string, () => unknown]>([
    ['upload', () => createBatch(site.db, site.ctx(nobody), { name: 'x', typeName: templateType, source: octets('') })],
    ['check', () => startCheck(site.db, site.ctx(nobody), '1')],
    ['approve', () => approveBatch(site.db, site.ctx(nobody), '1', 'all')],
    ['discard', () => discardBatch(site.db, site.ctx(nobody), '1')],
    ['roll back', () => rollbackBatch(site.db, site.ctx(nobody), '1')],
    ['have the faulty rows', async () => text(faultyRows(site.db, site.ctx(nobody), '1'))],
  ])('%s is asked first', async (_, work) => expect(async () => work()).rejects.toThrow(NotAllowed))

  test.each(['0', '', '12x', '99999999999999999999', '-1', '7777777'])('a batch of the number “%s” is not there', async id => {
    await expect(approveBatch(site.db, site.ctx(), id, 'all')).rejects.toThrow(FormError)
    expect(await batchProgress(site.db, id)).toBeUndefined()
  })
})

test('the list pages by number, the newest first, and tells who waits', async () => {
  const ids = [await site.upload(csv(1)), await site.upload(csv(1))]
  const [newest, second] = await listBatches(site.db, { limit: 2 })
  expect([second?.id, newest?.id]).toEqual(ids)
  expect(newest).toMatchObject({ typeName: templateType, waiting: false, state: 'uploaded' })
  expect((await listBatches(site.db, { limit: 5, before: newest?.id }))[0]?.id).toBe(second?.id)
  expect((await listBatches(site.db, { limit: 100, state: 'approved' })).every(({ state }) => state === 'approved')).toBe(true)
})

afterEach(async () => {
  expect(await site.sql('SELECT iccid FROM profile_package WHERE iccid NOT IN (SELECT iccid FROM profile)')).toEqual([])
})
