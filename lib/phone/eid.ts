import { permittedNamesOf, readCertificate } from './x509'

/** An EID of 32 digits: prefix, serial padded with zeros to 30 digits, then the check digits of ISO 7064 mod 97-10 (SGP.29). */
export function makeEid(prefix: string, serial: bigint | number): string {
  const body = prefix + serial.toString().padStart(30 - prefix.length, '0')
  if (!/^\d{30}$/.test(body)) throw new Error('The serial number does not fit behind the prefix of the EID.')
  return body + (98n - (BigInt(`${body}00`) % 97n)).toString().padStart(2, '0')
}

/** An EID inside the range that the EUM certificate (DER or PEM) permits. @throws Error when it permits none */
export function eidWithinEum(eumCertificate: Uint8Array | string, serial: bigint | number): string {
  const prefix = permittedNamesOf(readCertificate(eumCertificate))[0]?.eidPrefix
  if (!prefix) throw new Error('The EUM certificate has no name constraint with the start of its EIDs.')
  return makeEid(prefix, serial)
}
