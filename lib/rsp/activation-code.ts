/** The parts of an activation code, SGP.22 §4.1: `1$address$matchingId[$oid[$1]]`. */
export interface ActivationCode {
  smdpAddress: string
  matchingId: string
  smdpOid?: string
  confirmationCodeRequired: boolean
}

/** The text that a QR code carries, with its `LPA:` prefix. Parts at the end that are empty are left out. */
export function formatActivationCode(code: ActivationCode): string {
  const parts = ['1', code.smdpAddress, code.matchingId]
  if (code.smdpOid || code.confirmationCodeRequired) parts.push(code.smdpOid ?? '')
  if (code.confirmationCodeRequired) parts.push('1')
  return `LPA:${parts.join('$')}`
}

/**
 * The same code for a QR symbol: host names know no case, and in capitals the whole text is of the alphanumeric mode, which makes the symbol
 * smaller. What is shown and copied stays as it is.
 */
export function qrText(activationCode: string): string {
  const [format = '', smdpAddress = '', ...parts] = activationCode.split('$')
  return [format, smdpAddress.toUpperCase(), ...parts].join('$')
}

/** Reads an activation code, with or without the `LPA:` prefix. @throws Error with a sentence for people */
export function parseActivationCode(text: string): ActivationCode {
  const [format, smdpAddress, matchingId = '', smdpOid, flag] = text.trim().replace(/^LPA:/i, '').split('$')
  if (format !== '1') throw new Error('This is no activation code: it must begin with LPA:1$ or 1$.')
  if (!smdpAddress) throw new Error('The activation code names no SM-DP+ address.')
  if (!/^[-0-9A-Z]*$/.test(matchingId)) throw new Error('The matching ID of this activation code has characters that are not allowed.')
  return { smdpAddress, matchingId, ...(smdpOid ? { smdpOid } : {}), confirmationCodeRequired: flag === '1' }
}
