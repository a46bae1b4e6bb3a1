import { iccidToBcd, iccidToSwappedBcd, luhnHolds } from '../identifiers'

/** The ICCID of the TS.48 packages. */
export const ts48Iccid = '89000123456789012341'

/** Luhn-valid ICCID number `n` of a range for tests and samples, 19 digits: 89 telecommunication, 999 no country. */
export function testIccid(n: number): string {
  const body = `8999912${String(n).padStart(11, '0')}`
  const check = [...'0123456789'].find(digit => luhnHolds(body + digit))
  return `${body}${check}`
}

/** A TS.48 package under another ICCID, in the header and in EF.ICCID. */
export function withIccid(upp: Buffer, iccid: string): Buffer {
  const changed = Buffer.from(upp)
  for (const encode of [iccidToBcd, iccidToSwappedBcd]) {
    const at = changed.indexOf(encode(ts48Iccid))
    if (at < 0) throw new Error('no TS.48 package')
    encode(iccid).copy(changed, at)
  }
  return changed
}
