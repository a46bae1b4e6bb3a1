import { describe, expect, test } from 'vitest'
import { luhnHolds } from '@/lib/rsp/identifiers'
import { readPackage } from '@/lib/rsp/saip/read-package'
import { readSample, SAMPLE_PACKAGES, sampleIccid, withIccid } from './sample-packages'

test.each([0, 1, 4_711, 99_999_999_999])('sample ICCID number %d has 19 digits and holds by Luhn', number => {
  const iccid = sampleIccid(number)
  expect(iccid).toMatch(/^8999912\d{12}$/)
  expect(luhnHolds(iccid)).toBe(true)
})

describe.each(SAMPLE_PACKAGES)('%s', name => {
  test('gets another ICCID in header and EF.ICCID, and nothing else changes', async () => {
    const before = await readSample(name)
    const after = withIccid(before, sampleIccid(12_345))
    const { iccid, ...rest } = readPackage(after)
    const { iccid: _, ...same } = readPackage(before)
    expect(iccid).toBe(sampleIccid(12_345))
    expect(rest).toEqual(same)
    expect([...after].filter((octet, i) => octet !== before[i]).length).toBeLessThanOrEqual(20)
    expect(withIccid(after, readPackage(before).iccid)).toEqual(before)
  })
})
