/** What a scanned or typed activation code says, SGP.22 §4.1. */
export interface ScannedCode {
  smdpAddress: string
  /** AC_Token; may be empty */
  matchingId: string
  smdpOid: string | undefined
  confirmationCodeRequired: boolean
}

/** Reads `LPA:1$address$token[$oid[$1]]`, with or without the prefix. @throws Error with a sentence */
export function scanActivationCode(text: string): ScannedCode {
  const code = text.trim().replace(/^LPA:/i, '')
  if (code.length > 255) throw new Error('The activation code is too long.')
  const [format, smdpAddress, matchingId, smdpOid, flag] = code.split('$')
  if (format !== '1') throw new Error('The activation code is of a format that this phone does not know; it should begin with LPA:1$.')
  if (!smdpAddress || !/^[A-Za-z0-9.-]+(:\d{1,5})?$/.test(smdpAddress)) throw new Error('The activation code has no usable SM-DP+ address.')
  if (matchingId === undefined || !/^[-0-9A-Z]*$/.test(matchingId)) throw new Error('The activation code has no usable token.')
  if (smdpOid && !/^[0-2](\.\d+)+$/.test(smdpOid)) throw new Error('The SM-DP+ OID of the activation code is malformed.')
  if (flag && flag !== '1') throw new Error('The confirmation flag of the activation code is neither 1 nor empty.')
  return { smdpAddress, matchingId, smdpOid: smdpOid || undefined, confirmationCodeRequired: flag === '1' }
}
