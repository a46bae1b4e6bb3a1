import { readSingle, TlvReader, tlv } from '@/lib/rsp/tlv'
import { CertificateFault, checkServerCertificate } from './chain'
import { verifyRaw } from './curve'
import { type EuiccContext, errorResponse, signedTlv } from './euicc-context'
import { deviceInfo, euiccInfo2 } from './euicc-info'
import { AUTHENTICATE_ERROR, type AuthenticateErrorName, EuiccRefusal } from './refusal'
import { subjectKeyIdOf } from './x509'

/** The server's answer to initiateAuthentication: complete TLVs. */
export interface AuthenticateServerRequest {
  serverSigned1: Buffer
  serverSignature1: Buffer
  euiccCiPKIdToBeUsed: Buffer
  serverCertificate: Buffer
  /** left out of ctxParams1 when undefined, sent empty when empty */
  matchingId?: string
  /** An SM-DS was asked. An eUICC would take either certificate; this one takes that of whom the phone has asked. */
  ofSmds?: boolean
}

/**
 * ES10b.AuthenticateServer, SGP.22 §5.7.13. @returns AuthenticateServerResponse 'BF38'
 * @throws EuiccRefusal, its `response` being the error variant; the session is over then
 */
export function authenticateServer(context: EuiccContext, request: AuthenticateServerRequest): Buffer {
  const session = context.session
  const transactionId = transactionIdOf(request.serverSigned1)
  const refuse = (code: AuthenticateErrorName, sentence: string) => {
    context.session = undefined
    const number = AUTHENTICATE_ERROR[code]
    return new EuiccRefusal('authenticateServer', { name: code, number }, sentence, errorResponse(0xbf38, transactionId, number))
  }
  if (!session || session.authenticated)
    throw refuse('noSessionContext', 'The eUICC was not asked for a challenge before this authentication.')

  const certificate = checkOrRefuse(context, request, refuse)
  const signature = valueWithTag(request.serverSignature1, 0x5f37, refuse, 'serverSignature1')
  if (!verifyRaw(certificate.publicKey, request.serverSigned1, signature)) {
    throw refuse('invalidSignature', "serverSignature1 does not verify with the key of the server's certificate.")
  }
  const signed = readServerSigned1(request.serverSigned1, refuse)
  if (!signed.euiccChallenge.equals(session.euiccChallenge)) {
    throw refuse('euiccChallengeMismatch', 'serverSigned1 does not hold the challenge that this eUICC gave.')
  }
  const keyId = valueWithTag(request.euiccCiPKIdToBeUsed, 0x04, refuse, 'euiccCiPKIdToBeUsed').toString('hex').toUpperCase()
  const credential = context.card.credentials.find(candidate => candidate.ciKeyId === keyId)
  if (!credential) throw refuse('ciPKUnknown', `This eUICC has no certificate under the CI ${keyId} that the server asks for.`)

  const matchingId = request.matchingId === undefined ? undefined : tlv(0x80, Buffer.from(request.matchingId, 'utf8'))
  const euiccSigned1 = tlv(
    0x30,
    tlv(0x80, signed.transactionId),
    tlv(0x83, signed.serverAddress),
    tlv(0x84, signed.serverChallenge),
    euiccInfo2(
      context.card,
      context.cis.flatMap(ci => subjectKeyIdOf(ci) ?? []),
    ),
    tlv(0xa0, matchingId, deviceInfo(context.card)),
  )
  const euiccSignature1 = signedTlv(credential, euiccSigned1)
  session.authenticated = {
    transactionId: signed.transactionId,
    serverAddress: signed.serverAddress.toString('utf8'),
    smdpOid: certificate.smdpOid,
    credential,
    euiccSignature1,
  }
  const certificates = [credential.euiccCertificate, credential.eumCertificate].map(base64 => Buffer.from(base64, 'base64'))
  return tlv(0xbf38, tlv(0xa0, euiccSigned1, euiccSignature1, ...certificates))
}

/** ServerSigned1 ::= SEQUENCE { transactionId [0], euiccChallenge [1], serverAddress [3] UTF8String, serverChallenge [4] } */
export function readServerSigned1(serverSigned1: Buffer, refuse: (code: 'undefinedError', sentence: string) => Error) {
  try {
    const reader = new TlvReader(readSingle(serverSigned1, 0x30).value)
    const transactionId = reader.next(0x80).value
    const euiccChallenge = reader.next(0x81).value
    const serverAddress = reader.next(0x83).value
    const serverChallenge = reader.next(0x84).value
    if (transactionId.length < 1 || transactionId.length > 16) throw new Error('the transactionId does not have 1 to 16 octets')
    if (euiccChallenge.length !== 16 || serverChallenge.length !== 16) throw new Error('a challenge does not have 16 octets')
    return { transactionId, euiccChallenge, serverAddress, serverChallenge }
  } catch (error) {
    throw refuse('undefinedError', `serverSigned1 cannot be read: ${error instanceof Error ? error.message : 'malformed'}.`)
  }
}

type Refuse = (code: AuthenticateErrorName, sentence: string) => EuiccRefusal

function checkOrRefuse(context: EuiccContext, { serverCertificate, ofSmds }: AuthenticateServerRequest, refuse: Refuse) {
  try {
    return checkServerCertificate(serverCertificate, ofSmds ? 'dsAuth' : 'dpAuth', context.cis, context.now())
  } catch (error) {
    if (!(error instanceof CertificateFault)) throw error
    const code = {
      unknownCi: 'ciPKUnknown',
      unsupportedCurve: 'unsupportedCurve',
      noOid: 'invalidOid',
      invalid: 'invalidCertificate',
    } as const
    throw refuse(code[error.kind], error.message)
  }
}

function valueWithTag(element: Buffer, tag: number, refuse: Refuse, name: string): Buffer {
  try {
    return readSingle(element, tag).value
  } catch {
    throw refuse('undefinedError', `${name} is malformed.`)
  }
}

function transactionIdOf(serverSigned1: Buffer): Buffer {
  try {
    return new TlvReader(readSingle(serverSigned1, 0x30).value).next(0x80).value
  } catch {
    return Buffer.alloc(0)
  }
}
