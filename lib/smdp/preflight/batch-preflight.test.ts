import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testIccid, withIccid } from '@/lib/rsp/testdata/personalised'
import { ts48 } from '@/lib/rsp/testdata/recorded-session'
import { Laboratory } from '../testing/laboratory'
import { batchPreflight } from './batch-preflight'

let lab: Laboratory
beforeAll(async () => {
  lab = await Laboratory.open()
})
afterAll(() => lab.close())

const iccid = testIccid(5)
const sample = withIccid(ts48('TS48v3_SAIP2.3_BERTLV.der'), iccid)

test('installs a sample under the settings of its type, and writes nothing', async () => {
  const typeId = await lab.addType({ name: 'retail', serviceProviderName: 'Example Mobile' })
  const before = await lab.fingerprint()
  const preflight = batchPreflight(lab.db)
  expect(await preflight({ package: sample, typeId, iccid })).toMatchObject({ result: 'installed', iccid })
  expect(await preflight({ package: sample.subarray(0, 900), typeId, iccid })).toMatchObject({ result: 'failed', iccid })
  expect(await preflight({ package: sample, typeId, iccid: testIccid(6) })).toMatchObject({ result: 'failed', iccid: testIccid(6) })
  expect(await lab.fingerprint()).toEqual(before)
})

test('a type that is gone fails the sample', async () => {
  const result = await batchPreflight(lab.db)({ package: sample, typeId: randomUUID(), iccid })
  expect(result).toMatchObject({ result: 'failed', sentence: 'The profile type of the batch is not there any more.' })
})
