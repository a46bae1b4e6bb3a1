import { iccidToBcd, iccidToSwappedBcd } from '../identifiers'

/** The ICCID of the TS.48 packages. */
export const ts48Iccid = '89000123456789012341'

/** Luhn-valid ICCID number `n` of a test range, 19 digits. */
export function testIccid(n: number): string {
  const body = `8999912${String(n).padStart(11, '0')}`
  let sum = 0
  for (let i = 0; i < body.length; i++) {
    const digit = Number(body[body.length - 1 - i])
    const doubled = i % 2 === 0 ? digit * 2 : digit
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  return `${body}${(10 - (sum % 10)) % 10}`
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
