import { createCipheriv, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { batchFindings } from '@/lib/db/batches/batch-pages'
import { readProfileType } from '@/lib/db/type-rows'
import { SubscriberValues } from '@/lib/rsp/saip/subscriber-values'
import { testIccid } from '@/lib/rsp/testdata/personalised'
import { CANARY_SUBSCRIBER, findCanaries } from '@/lib/vault/testing/canaries'
import type { Vault } from '@/lib/vault/vault'
import type { BatchRow } from '../formats/row'
import { tableCells, tableHeader } from '../formats/testing/upload-file'
import { enterTransportKey, TransportKeyInput } from '../transport-keys'
import { createType, TypeInput } from '../types'
import { batchChecker } from './batch-checker'
import { discardBatch } from './discard-batch'
import { faultyRows } from './faulty-rows'
import { putKeptValues } from './kept-values'
import { resumeChecks } from './resume-checks'
import { rollbackBatch } from './rollback-batch'
import { ann, BatchSite, templateType } from './testing/batch-site'

vi.setConfig({ testTimeout: 60_000 })

let site: BatchSite
beforeAll(async () => {
  site = await BatchSite.open()
})
afterAll(() => site.close())

let next = 700_000
/** Cells of a subscriber that no other test has. */
const cells = (): string[] => tableCells(next++)
const tableOf = (rows: readonly (readonly string[])[], header = tableHeader): string =>
  `${[header, ...rows.map(row => row.join(','))].join('\n')}\n`
/** With something else in some columns of `tableHeader`: 0 is the ICCID, 2 is K. */
const other = (row: readonly string[], changes: Record<number, string>): string[] => row.map((cell, at) => changes[at] ?? cell)
const madeKey = (): string => randomBytes(16).toString('hex').toUpperCase()
const badImsi = { 1: '12' }

const faultyTable = async (id: string): Promise<string> => {
  let all = ''
  for await (const piece of faultyRows(site.db, site.ctx(), id)) all += piece
  return all
}
const findings = async (id: string) =>
  (await batchFindings(site.db, id, { limit: 1_000 })).map(({ line, kind, field, sentence }) => ({ line, kind, field, sentence }))
const gone = (line: number, from: string, fromLine: number, field: string) => ({
  line,
  kind: 'kept-gone',
  field,
  sentence: `The kept values of line ${fromLine} of batch ${from} are not there any more: take them from the vendor's file.`,
})

/** What is sealed for a profile in stock or in a draft. */
async function sealedValues(iccid: string): Promise<SubscriberValues> {
  const [row] = await site.sql('SELECT sealed FROM profile_package WHERE iccid = $1', [iccid])
  if (!row) throw new Error(`nothing is kept for ${iccid}`)
  return SubscriberValues.parse(JSON.parse(site.vault.open(row.sealed as Buffer, `profile_package:${iccid}`).toString()))
}

describe('the table of faulty rows', () => {
  test('holds no secret, whatever was wrong with its row', async () => {
    const { k, opc, pin1, pin2, puk1, puk2, adm1, otaKey } = CANARY_SUBSCRIBER
    const secrets = [k, opc, pin1, pin2, puk1, puk2, adm1, otaKey, otaKey]
    const rows = [
      [testIccid(next++), '12', ...secrets, k],
      [testIccid(next++), k, k.slice(2), `${opc}00`, `${pin1}x`, pin2, `${puk1}9`, puk2, adm1, otaKey, 'x', otaKey],
      [testIccid(next++), ...secrets],
      [testIccid(next++), '12', k, '', '', '', '', '', '', '', '', ''],
      ['x', '13', ...secrets, `"${opc}`],
    ]
    const id = await site.checked(tableOf(rows, 'ICCID,IMSI,K,OPc,PIN1,PIN2,PUK1,PUK2,ADM1,KIC1,KID1,Remark'))
    expect(await site.batch(id)).toMatchObject({ refused: 5 })
    const text = await faultyTable(id)
    expect(findCanaries(text)).toEqual([])
    const table = text
      .replace(/^\ufeff/, '')
      .trimEnd()
      .split('\r\n')
    expect(table[0]).toBe('ICCID,IMSI,K,OPc,PIN1,PIN2,PUK1,PUK2,ADM1,KIC1,KID1,Remark,reason')
    const kept = Array(9).fill(`kept:${id}:2`).join(',')
    expect(table[1]).toContain(`'${rows[0]?.[0]},12,${kept},,Line 2: An IMSI has 15 digits`)
    expect(table[2]).toContain(`'${rows[1]?.[0]},,${kept.replaceAll(':2', ':3')},,`)
    expect(table[3]).toBe(`${','.repeat(12)}Line 4: Line 4 has 10 columns instead of 12.`)
    expect(table[4]).toContain(`'${rows[3]?.[0]},12,kept:${id}:5,,,,,,,,,,Line 5: `)
    expect(table[5]).toContain(`${','.repeat(12)}Line 6: `)
  })
})

describe('a mended table', () => {
  test('gets the values that it refers to, and its rows become good', async () => {
    const [kic, kid] = [madeKey(), madeKey()]
    const row = [...cells(), kic, kid]
    const [iccid = '', imsi = '', k = '', opc = ''] = row
    const header = `${tableHeader},KIC1,KID1`
    const first = await site.checked(tableOf([[...cells(), madeKey(), madeKey()], other(row, { 0: `${iccid.slice(0, -1)}x` })], header))
    const mended = (await faultyTable(first)).replace(`${iccid.slice(0, -1)}x`, iccid)
    expect(mended).not.toContain(k)
    const second = await site.checked(mended)
    expect(await findings(second)).toEqual([])
    expect(await site.batch(second)).toMatchObject({ state: 'draft', kept: 1, refused: 0 })
    const [, , , , , pin1, puk1, pin2, puk2, adm1] = row
    expect(await sealedValues(iccid)).toMatchObject({
      ...{ iccid, imsi, k, opc, pin1, puk1, pin2, puk2, adm1 },
      otaKeys: [
        { keyVersion: 1, keyId: 1, key: kic },
        { keyVersion: 1, keyId: 2, key: kid },
      ],
    })
  })

  test('may have some values of its own, and its rows any order', async () => {
    const [one, two] = [cells(), cells()]
    const first = await site.checked(tableOf([one, two].map(row => other(row, { ...badImsi, 2: 'ABC' }))))
    const refer = (row: string[], line: number, changes: Record<number, string> = {}) =>
      row.map((cell, at) => changes[at] ?? (at < 3 || at === 4 ? cell : `kept:${first}:${line}`))
    const second = await site.checked(tableOf([refer(two, 3), refer(one, 2, { 5: '9876' })]))
    expect(await findings(second)).toEqual([])
    expect(await sealedValues(one[0] ?? '')).toMatchObject({ k: one[2], opc: one[3], pin1: '9876', puk1: one[6] })
    expect(await sealedValues(two[0] ?? '')).toMatchObject({ k: two[2], opc: two[3], pin1: two[5], puk1: two[6] })
  })

  test('that is faulty once more keeps the values itself: the batch before may be thrown away', async () => {
    const row = cells()
    const [iccid = '', imsi = '', k] = row
    const first = await site.checked(tableOf([other(row, badImsi)]))
    const second = await site.checked((await faultyTable(first)).replace(',12,', ',123,'))
    const again = await faultyTable(second)
    expect(again).toContain(`kept:${second}:2`)
    expect(again).not.toContain(`kept:${first}:`)
    await discardBatch(site.db, site.ctx(), first)
    const third = await site.checked(again.replace(',123,', `,${imsi},`))
    expect(await findings(third)).toEqual([])
    expect(await sealedValues(iccid)).toMatchObject({ k })
  })

  test('of values under a transport key gets them as they were decrypted', async () => {
    const key = '00112233445566778899AABBCCDDEEFF'
    const input = TransportKeyInput.parse({ vendor: 'Cards', keyIndex: '1', algorithm: 'AES', key })
    await enterTransportKey(site.db, site.ctx(), input)
    const seal = (value = '') =>
      createCipheriv('aes-128-ecb', Buffer.from(key, 'hex'), null).setAutoPadding(false).update(value, 'hex', 'hex').toUpperCase()
    const [one, two] = [cells(), cells()]
    const rows = [one, two].map(([iccid, , k, opc]) => [iccid ?? '', '12', seal(k), opc ?? ''])
    const first = await site.checked(tableOf(rows, 'ICCID,IMSI,eKi,OPc'), { vendor: 'Cards' })
    expect((await findings(first)).map(({ kind }) => kind)).toEqual(['imsi-format', 'imsi-format'])
    const faulty = await faultyTable(first)
    for (const secret of [one[2], seal(one[2]), one[3]]) expect(faulty).not.toContain(secret)
    const mended = faulty.split('\r\n').map((line, at) => line.replace(',12,', `,${[one, two][at - 1]?.[1]},`))
    // The second row takes its K from the vendor's file.
    mended[2] = mended[2]?.replace(`kept:${first}:3`, seal(two[2])) ?? ''
    const second = await site.checked(mended.join('\r\n'), { vendor: 'Cards' })
    expect(await findings(second)).toEqual([])
    for (const [iccid = '', , k, opc] of [one, two]) expect(await sealedValues(iccid)).toMatchObject({ k, opc })
  })
})

describe('a reference is refused with the row that has it', () => {
  const refer = (row: string[], reference: string) => other(row, { 2: reference, 3: reference })
  const refusedWith = async (reference: string, expected: (id: string) => unknown[], typeName = templateType) => {
    const row = cells()
    const id = await site.checked(tableOf([refer(row, reference)]), { typeName })
    expect(await findings(id)).toEqual(expected(id))
    expect(await site.batch(id)).toMatchObject({ kept: 0, refused: 1 })
    const [, line] = (await faultyTable(id)).split('\r\n')
    expect(line?.split(',').slice(2, 4)).toEqual(['', ''])
    return line
  }
  const both = (from: string, line: number) => () => ['K', 'OPc'].map(field => gone(2, from, line, field))

  test('when it is of another profile type: a test type does not get at the keys of a live one', async () => {
    await createType(site.db, ann, TypeInput.parse({ name: 'live', live: true }))
    await site.sql(`UPDATE profile_type SET template_id = $2 WHERE id = $1`, [
      (await readProfileType(site.db, 'live'))?.id,
      (await readProfileType(site.db, templateType))?.templateId,
    ])
    const live = await site.checked(tableOf([other(cells(), badImsi)]), { typeName: 'live' })
    await refusedWith(`kept:${live}:2`, both(live, 2))
    const own = await site.checked(tableOf([refer(cells(), `kept:${live}:2`)]), { typeName: 'live' })
    expect(await findings(own)).toEqual([])
  })

  test('when its batch was discarded or rolled back', async () => {
    const discarded = await site.checked(tableOf([other(cells(), badImsi)]))
    await discardBatch(site.db, site.ctx(), discarded)
    const line = await refusedWith(`kept:${discarded}:2`, both(discarded, 2))
    expect(line?.match(/The kept values/g)).toHaveLength(1)
    const rolledBack = await site.checked(tableOf([other(cells(), badImsi), cells()]))
    await site.sql(`UPDATE batch SET state = 'approved' WHERE id = $1`, [rolledBack])
    await rollbackBatch(site.db, site.ctx(), rolledBack)
    await refusedWith(`kept:${rolledBack}:2`, both(rolledBack, 2))
  })

  test('when the row was good, is not there, or has no such value', async () => {
    const id = await site.checked(tableOf([cells(), other(cells(), { ...badImsi, 3: '' })]))
    await refusedWith(`kept:${id}:2`, both(id, 2))
    await refusedWith(`kept:${id}:999999999`, both(id, 999_999_999))
    await refusedWith('kept:999999999999999999:1', both('999999999999999999', 1))
    const mixed = await site.checked(tableOf([refer(cells(), `kept:${id}:3`)]))
    expect(await findings(mixed)).toEqual([gone(2, id, 3, 'OPc')])
  })

  test('when it is of its own file: what is kept of that depends on how far the check is', async () => {
    const [{ last } = { last: 0 }] = await site.sql('SELECT max(id)::int AS last FROM batch')
    const own = String(Number(last) + 1)
    const rows = Array.from({ length: 2_100 }, cells)
    rows[0] = other(rows[0] ?? [], badImsi)
    rows[2_099] = refer(rows[2_099] ?? [], `kept:${own}:2`)
    expect(await site.checked(tableOf(rows))).toBe(own)
    expect((await findings(own)).slice(1)).toEqual(['K', 'OPc'].map(field => gone(2_101, own, 2, field)))
  })

  test.each(['kept:', 'kept:x', 'kept:465B5CE8B199B49FAA5F0A2EE238A6BC', 'kept:99999999999999999999:1', 'kept:1:0'])(
    'when it is none: %j, without quoting it',
    async reference => {
      await refusedWith(reference, () =>
        ['K', 'OPc'].map(field => ({
          line: 2,
          kind: 'kept-gone',
          field,
          sentence: `The ${field} in line 2 refers to a kept value and does not say which: take it from the vendor's file.`,
        })),
      )
    },
  )

  test('when its batch is thrown away at this very moment', async () => {
    const id = await site.checked(tableOf([other(cells(), badImsi)]))
    const vault: Vault = {
      ...site.vault,
      loadKey: async key => {
        await discardBatch(site.db, site.ctx(), id)
        await site.vault.loadKey(key)
      },
    }
    const type = await readProfileType(site.db, templateType)
    const row: BatchRow = { line: 5, k: `kept:${id}:2` }
    await putKeptValues(site.db, vault, { id: '1', typeId: type?.id ?? '' }, [row])
    const { line: _, ...problem } = gone(5, id, 2, 'k')
    expect(row).toEqual({ line: 5, problems: [problem] })
  })

  test('for an OTA key of another version', async () => {
    const header = (name: string) => `${tableHeader},${name}`
    const id = await site.checked(tableOf([[...other(cells(), badImsi), madeKey()]], header('KIC1')))
    const second = await site.checked(tableOf([[...cells(), `kept:${id}:2`]], header('KIC2')))
    expect(await findings(second)).toEqual([gone(2, id, 2, 'OTA key')])
  })
})

test('a check that is gone on with shows the doctor the values of the rows before once more', async () => {
  const kept = cells()
  const first = await site.checked(tableOf([other(kept, badImsi)]))
  const rows = Array.from({ length: 1_200 }, cells)
  for (const at of [5, 1_100]) rows[at] = other(rows[at] ?? [], { 2: `kept:${first}:2` })
  const id = await site.checked(tableOf(rows))
  const whole = { findings: await findings(id), rows: await site.rowsOf(id) }
  expect(whole.findings).toMatchObject([{ line: 1_102, kind: 'repeated-key', sentence: 'The K in line 1102 is the one of line 7.' }])

  // As a process that was killed behind its first chunk leaves it
  const behind = 'batch_id = $1 AND line > 1001'
  await site.sql(`DELETE FROM profile_package WHERE iccid IN (SELECT iccid FROM profile WHERE ${behind})`, [id])
  for (const table of ['profile', 'batch_finding', 'batch_faulty_row']) await site.sql(`DELETE FROM ${table} WHERE ${behind}`, [id])
  await site.sql(
    `UPDATE batch SET state = 'checking', worker = NULL, report = NULL, rows_read = 1000, rows_kept = 1000, rows_warned = 0 WHERE id = $1`,
    [id],
  )
  await resumeChecks(site.db, site.ctx())
  await batchChecker().idle()
  expect({ findings: await findings(id), rows: await site.rowsOf(id) }).toEqual(whole)
  for (const at of [5, 1_100]) expect(await sealedValues(rows[at]?.[0] ?? '')).toMatchObject({ k: kept[2] })
})
