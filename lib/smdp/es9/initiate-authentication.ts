import { decodeEuiccInfo1 } from '@/lib/rsp/asn1/euicc-info'
import { encodeServerSigned1, encodeSignature } from '@/lib/rsp/asn1/server-signed'
import { signRaw } from '@/lib/rsp/crypto/ecdsa'
import { selectCredentials } from '@/lib/rsp/pki/select'
import { RspError } from '@/lib/rsp/status'
import { tlv } from '@/lib/rsp/tlv'
import type { Es9Context } from './context'
import { makeTransactionId, serverChallenge } from './transaction-id'

export interface InitiateAuthenticationRequest {
  /** 16 octets */
  euiccChallenge: Buffer
  /** EUICCInfo1, BF20 */
  euiccInfo1: Buffer
  smdpAddress: string
}

export interface InitiateAuthenticationResponse {
  transactionId: Buffer
  serverSigned1: Buffer
  serverSignature1: Buffer
  euiccCiPKIdToBeUsed: Buffer
  serverCertificate: Buffer
}

/**
 * ES9+.InitiateAuthentication, SGP.22 §5.6.1. Writes nothing: the transactionId carries what the next call needs.
 * The signed serverAddress is the caller's spelling of our name, which the eUICC compares with its own.
 * @throws RspError smdpAddressRefused, svnUnsupported, signingCiUnsupported, noDpCertificate
 */
export function initiateAuthentication(ctx: Es9Context, request: InitiateAuthenticationRequest): InitiateAuthenticationResponse {
  if (!ctx.addresses.isOurs(request.smdpAddress)) throw new RspError('smdpAddressRefused', request.smdpAddress.slice(0, 100))
  const { svn, ...lists } = decodeEuiccInfo1(request.euiccInfo1)
  // v3 eUICCs name their lowest version here, 2.x when they work with v2 servers.
  if (svn[0] !== 2) throw new RspError('svnUnsupported', svn.join('.'))
  const trusted = ctx.credentials.cis.map(ci => ci.keyId)
  const now = ctx.clock()
  // Certificates expire while the server runs.
  const current = ctx.credentials.sets.filter(({ auth, pb }) => auth.notAfter > now && pb.notAfter > now)
  const { ciKeyId, credentials } = selectCredentials(lists, current, trusted)
  const ci = ctx.credentials.cis.find(candidate => candidate.keyId === ciKeyId)
  if (!ci) throw new RspError('signingCiUnsupported')

  const transactionId = makeTransactionId(ctx, ci.number, credentials.auth.number)
  const serverSigned1 = encodeServerSigned1({
    transactionId,
    euiccChallenge: request.euiccChallenge,
    serverAddress: request.smdpAddress,
    serverChallenge: serverChallenge(ctx.challengeKey, transactionId),
  })
  return {
    transactionId,
    serverSigned1,
    serverSignature1: encodeSignature(signRaw(credentials.auth.privateKey, serverSigned1)),
    euiccCiPKIdToBeUsed: tlv(0x04, Buffer.from(ciKeyId, 'hex')),
    serverCertificate: credentials.auth.certificate,
  }
}
