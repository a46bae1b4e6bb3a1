import { readAll, readSingle, TlvReader } from '@/lib/rsp/tlv'
import { scanActivationCode } from './activation-code'
import { readServerSigned1 } from './authenticate-server'
import type { AuthenticateClientOk, InitiateAuthenticationOk } from './es9-client'
import { LpaError } from './lpa-error'
import { type ProfileMetadata, readMetadata } from './metadata'
import { readSmdpSigned2 } from './prepare-download'
import { readCertificate, registeredIdOf } from './x509'

/** Where a download goes, from an activation code or said outright. */
export interface DownloadTarget {
  smdpAddress: string
  matchingId: string | undefined
  smdpOid: string | undefined
  confirmationCodeRequired: boolean
}

/** @throws Error in words when there is neither a usable code nor an address */
export function targetOf(request: { activationCode?: string; smdpAddress?: string; matchingId?: string }): DownloadTarget {
  const { activationCode, smdpAddress, matchingId } = request
  if (activationCode !== undefined) return scanActivationCode(activationCode)
  if (!smdpAddress) throw new Error('A download needs an activation code or an SM-DP+ address.')
  return { smdpAddress, matchingId, smdpOid: undefined, confirmationCodeRequired: false }
}

/** SGP.22 §3.0.1, the LPA's own checks: the address that it used, and the OID of the activation code. */
export function checkServer(initiated: InitiateAuthenticationOk, target: DownloadTarget): void {
  const refuse = (_code: string, sentence: string) => new LpaError('authenticateServer', sentence)
  const signed = readServerSigned1(initiated.serverSigned1, refuse)
  const address = signed.serverAddress.toString('utf8')
  if (address.toLowerCase() !== target.smdpAddress.toLowerCase())
    throw refuse('', `The server signed for ${address}, but the phone called ${target.smdpAddress}.`)
  if (signed.transactionId.toString('hex').toUpperCase() !== initiated.transactionId)
    throw refuse('', 'The server signed for another transaction.')
  if (!target.smdpOid) return
  const smdpOid = registeredIdOf(readCertificate(initiated.serverCertificate))
  if (smdpOid !== target.smdpOid)
    throw refuse('', `The server is ${smdpOid ?? 'without an OID'}, but the activation code names ${target.smdpOid}.`)
}

/** What the server offers. @throws LpaError */
export function readOffer(client: AuthenticateClientOk): ProfileMetadata {
  try {
    return readMetadata(client.profileMetadata)
  } catch (error) {
    throw new LpaError('authenticateClient', error instanceof Error ? error.message : 'The offer cannot be read.', { cause: error })
  }
}

/** Whether the server wants a confirmation code; smdpSigned2 that cannot be read is left to the eUICC to refuse. */
export function confirmationCodeNeeded(client: AuthenticateClientOk): boolean {
  try {
    return readSmdpSigned2(client.smdpSigned2).ccRequired
  } catch {
    return false
  }
}

/** StoreMetadata is protected by MACs only, so the LPA can read it; undefined when the package is too malformed for that. */
export function metadataInside(boundProfilePackage: Buffer): Buffer | undefined {
  try {
    const sequence = new TlvReader(readSingle(boundProfilePackage, 0xbf36).value).find(0xa1)
    return sequence && Buffer.concat(readAll(sequence.value).map(segment => segment.value.subarray(0, -8)))
  } catch {
    return undefined
  }
}
