import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Iccid, iccidToBcd, iccidToSwappedBcd } from '@/lib/rsp/identifiers'
import { readPackage } from '@/lib/rsp/saip/read-package'
import { testIccid } from '@/lib/rsp/testdata/personalised'

const folder = 'lib/rsp/testdata/profiles'

/** The TS.48 test profiles that ship with Slipway. */
export const SAMPLE_PACKAGES = [
  'TS48v1_A.der',
  'TS48v3_SAIP2.3_BERTLV.der',
  'TS48v4_SAIP2.1A_NoBERTLV.der',
  'TS48v5_SAIP2.3_BERTLV_SUCI.der',
] as const
export type SamplePackage = (typeof SAMPLE_PACKAGES)[number]

export const readSample = (name: SamplePackage): Promise<Buffer> => readFile(resolve(folder, name))

/** An ICCID of 19 digits with its Luhn check digit. @param number up to 11 digits */
export const sampleIccid = (number: number): Iccid => Iccid.parse(testIccid(number))

/** The package under another ICCID, in its header and in EF.ICCID. @throws PackageError when it is none or does not hold both */
export function withIccid(profilePackage: Buffer, iccid: Iccid): Buffer {
  const before = readPackage(profilePackage).iccid
  const changed = Buffer.from(profilePackage)
  for (const encode of [iccidToBcd, iccidToSwappedBcd]) {
    const at = changed.indexOf(encode(before))
    if (at >= 0) encode(iccid).copy(changed, at)
  }
  const after = readPackage(changed).iccid
  if (after !== iccid) throw new Error(`The sample has the ICCID ${after} after it was given ${iccid}.`)
  return changed
}
