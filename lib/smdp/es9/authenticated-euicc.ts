import { decodeAuthenticateServerResponse, type EuiccSigned1 } from '@/lib/rsp/asn1/authenticate-server-response'
import { verifyRaw } from '@/lib/rsp/crypto/ecdsa'
import type { Eid } from '@/lib/rsp/identifiers'
import type { EcPublicKey } from '@/lib/rsp/pki/certificate'
import { checkEuiccChain, readEuiccCertificate } from '@/lib/rsp/pki/euicc-chain'
import { RspError } from '@/lib/rsp/status'
import type { Es9Context } from './context'
import { rememberEuiccKey } from './euicc-keys'
import { isServerChallenge, type OpenTransaction } from './transaction-id'

/** An eUICC that has proved itself. */
export interface AuthenticatedEuicc {
  eid: Eid
  publicKey: EcPublicKey
  signed: EuiccSigned1
  /** euiccSignature1 as its whole element: smdpSignature2 covers it */
  euiccSignature1: Buffer
}

const AUTHENTICATE_ERRORS: Record<number, string> = {
  1: 'invalidCertificate',
  2: 'invalidSignature',
  3: 'unsupportedCurve',
  4: 'noSessionContext',
  5: 'invalidOid',
  6: 'euiccChallengeMismatch',
  7: 'ciPKUnknown',
}

/**
 * SGP.22 §5.6.3, the eUICC's proof: chain, signature over the received octets, transactionId and serverChallenge.
 * @throws RspError, TlvError
 */
export function authenticateEuicc(ctx: Es9Context, transaction: OpenTransaction, authenticateServerResponse: Buffer): AuthenticatedEuicc {
  const response = decodeAuthenticateServerResponse(authenticateServerResponse)
  if (response.kind === 'error') {
    const code = response.authenticateErrorCode
    throw new RspError(
      'euiccSignatureInvalid',
      `The eUICC refused this server: ${AUTHENTICATE_ERRORS[code] ?? 'undefinedError'} (${code}).`,
    )
  }
  const { euiccSigned1: signed, euiccSignature1 } = response
  const { eid, publicKey } = checkEuiccChain({
    eum: ctx.credentials.readEum(response.eumCertificate),
    euicc: readEuiccCertificate(response.euiccCertificate),
    ci: transaction.ci,
    now: ctx.clock(),
    checkEum: ctx.credentials.checkEum,
  })
  if (!verifyRaw(publicKey.key, euiccSignature1.value, signed.raw)) throw new RspError('euiccSignatureInvalid', 'euiccSignature1')
  if (signed.transactionId !== transaction.transactionId.toString('hex').toUpperCase())
    throw new RspError('transactionUnknown', 'The signed transactionId is another one.')
  if (!isServerChallenge(ctx.challengeKey, transaction.transactionId, signed.serverChallenge))
    throw new RspError('euiccSignatureInvalid', 'serverChallenge')
  if (!ctx.addresses.isOurs(signed.serverAddress)) throw new RspError('euiccSignatureInvalid', 'The signed serverAddress is not ours.')
  rememberEuiccKey(publicKey)
  return { eid, publicKey, signed, euiccSignature1: euiccSignature1.raw }
}
