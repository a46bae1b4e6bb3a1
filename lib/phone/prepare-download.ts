import { createHash } from 'node:crypto'
import { readSingle, TlvReader, tlv } from '@/lib/rsp/tlv'
import { CertificateFault, checkServerCertificate } from './chain'
import { newPrivateKey, publicPoint, verifyRaw } from './curve'
import { authenticatedSession, type EuiccContext, errorResponse, signedTlv } from './euicc-context'
import { DOWNLOAD_ERROR, type DownloadErrorName, EuiccRefusal } from './refusal'

/** The server's answer to authenticateClient: complete TLVs. */
export interface PrepareDownloadRequest {
  smdpSigned2: Buffer
  smdpSignature2: Buffer
  smdpCertificate: Buffer
  /** as the person typed it; no hashCc is sent without */
  confirmationCode?: string
  /** makes a new one-time key pair even if the server names one that is still there */
  newOneTimeKey?: boolean
}

const maxStoredKeyPairs = 8

/** hashCc: SHA-256(SHA-256(text) ‖ transactionId). */
export const hashConfirmationCode = (code: string, transactionId: Uint8Array): Buffer =>
  createHash('sha256').update(createHash('sha256').update(code, 'utf8').digest()).update(transactionId).digest()

/**
 * ES10b.PrepareDownload, SGP.22 §5.7.5. May be called again in one session (a confirmation code typed anew).
 * @returns PrepareDownloadResponse 'BF21' @throws EuiccRefusal, its `response` being the error variant
 */
export function prepareDownload(context: EuiccContext, request: PrepareDownloadRequest): Buffer {
  const session = authenticatedSession(context, 'prepareDownload')
  const refuse = (code: DownloadErrorName, sentence: string) => {
    const number = DOWNLOAD_ERROR[code]
    return new EuiccRefusal('prepareDownload', { name: code, number }, sentence, errorResponse(0xbf21, session.transactionId, number))
  }
  const certificate = checkOrRefuse(context, request.smdpCertificate, refuse)
  if (certificate.smdpOid !== session.smdpOid) {
    throw refuse('invalidCertificate', `CERT.DPpb is of the SM-DP+ ${certificate.smdpOid}, but CERT.DPauth was of ${session.smdpOid}.`)
  }
  const { signature, signed } = readOrRefuse(request, refuse)
  if (!verifyRaw(certificate.publicKey, Buffer.concat([request.smdpSigned2, session.euiccSignature1]), signature)) {
    throw refuse('invalidSignature', 'smdpSignature2 does not verify with the key of CERT.DPpb.')
  }
  if (!signed.transactionId.equals(session.transactionId)) {
    throw refuse('invalidTransactionId', 'smdpSigned2 is of another transaction.')
  }

  const { curve } = certificate
  const stored = request.newOneTimeKey ? undefined : storedScalar(context, certificate.smdpOid, signed.bppEuiccOtpk)
  const euiccOtsk = stored ? { curve, scalar: stored } : newPrivateKey(curve, context.random)
  const euiccOtpk = publicPoint(euiccOtsk)
  session.prepared = { publicKey: certificate.publicKey, curve, euiccOtsk, euiccOtpk }
  if (!stored) {
    const transactionId = session.transactionId.toString('hex').toUpperCase()
    const pair = {
      smdpOid: certificate.smdpOid,
      transactionId,
      euiccOtpk: euiccOtpk.toString('hex'),
      euiccOtsk: euiccOtsk.scalar.toString('hex'),
    }
    context.card.oneTimeKeys = [...context.card.oneTimeKeys, pair].slice(-maxStoredKeyPairs)
    context.save()
  }

  const code = request.confirmationCode
  const euiccSigned2 = tlv(
    0x30,
    tlv(0x80, session.transactionId),
    tlv(0x5f49, euiccOtpk),
    code === undefined ? undefined : tlv(0x04, hashConfirmationCode(code, session.transactionId)),
  )
  return tlv(0xbf21, tlv(0xa0, euiccSigned2, signedTlv(session.credential, Buffer.concat([euiccSigned2, request.smdpSignature2]))))
}

/** SmdpSigned2 ::= SEQUENCE { transactionId [0], ccRequiredFlag BOOLEAN, bppEuiccOtpk [APPLICATION 73] OPTIONAL } @throws Error */
export function readSmdpSigned2(smdpSigned2: Buffer) {
  const reader = new TlvReader(readSingle(smdpSigned2, 0x30).value)
  const transactionId = reader.next(0x80).value
  const flag = reader.next(0x01).value
  const bppEuiccOtpk = reader.optional(0x5f49)?.value
  if (flag.length !== 1 || (flag[0] !== 0 && flag[0] !== 0xff)) throw new Error('ccRequiredFlag is not a DER BOOLEAN')
  if (bppEuiccOtpk && bppEuiccOtpk.length !== 65) throw new Error('bppEuiccOtpk does not have 65 octets')
  return { transactionId, ccRequired: flag[0] === 0xff, bppEuiccOtpk }
}

type Refuse = (code: DownloadErrorName, sentence: string) => EuiccRefusal

function readOrRefuse(request: PrepareDownloadRequest, refuse: Refuse) {
  try {
    return { signature: readSingle(request.smdpSignature2, 0x5f37).value, signed: readSmdpSigned2(request.smdpSigned2) }
  } catch (error) {
    throw refuse('undefinedError', `smdpSigned2 or its signature cannot be read: ${error instanceof Error ? error.message : 'malformed'}.`)
  }
}

function checkOrRefuse(context: EuiccContext, der: Buffer, refuse: Refuse) {
  try {
    return checkServerCertificate(der, 'dpPb', context.cis, context.now())
  } catch (error) {
    if (!(error instanceof CertificateFault)) throw error
    throw refuse(error.kind === 'unsupportedCurve' ? 'unsupportedCurve' : 'invalidCertificate', error.message)
  }
}

function storedScalar(context: EuiccContext, smdpOid: string, euiccOtpk: Buffer | undefined): Buffer | undefined {
  const hex = euiccOtpk?.toString('hex')
  const pair = context.card.oneTimeKeys.find(candidate => candidate.smdpOid === smdpOid && candidate.euiccOtpk === hex)
  return pair && Buffer.from(pair.euiccOtsk, 'hex')
}
