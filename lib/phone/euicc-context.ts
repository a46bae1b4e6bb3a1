import type { KeyObject } from 'node:crypto'
import { tlv } from '@/lib/rsp/tlv'
import type { Card, Credential } from './card'
import { type Curve, type EcPrivateKey, readPrivateKey, signRaw } from './curve'
import { EuiccRefusal } from './refusal'
import type { Certificate } from './x509'

/** The eUICC's one RSP session, from its challenge to the installation result. */
export interface RspSession {
  euiccChallenge: Buffer
  authenticated?: AuthenticatedSession
}

export interface AuthenticatedSession {
  transactionId: Buffer
  serverAddress: string
  smdpOid: string
  credential: Credential
  /** euiccSignature1 with its tag, which smdpSignature2 covers */
  euiccSignature1: Buffer
  prepared?: { publicKey: KeyObject; curve: Curve; euiccOtsk: EcPrivateKey; euiccOtpk: Buffer }
  /** a package was loaded, well or badly */
  loaded?: boolean
}

/** What the eUICC's functions share. */
export interface EuiccContext {
  card: Card
  cis: Certificate[]
  session: RspSession | undefined
  random: (length: number) => Buffer
  now: () => Date
  save: () => void
}

/** '5F37' with the eUICC's signature over `data`. */
export const signedTlv = (credential: Credential, data: Buffer): Buffer =>
  tlv(0x5f37, signRaw(readPrivateKey(Buffer.from(credential.euiccPrivateKey, 'base64')), data))

/** The session after authenticateServer. @throws EuiccRefusal noSessionContext */
export function authenticatedSession(context: EuiccContext, command: string): AuthenticatedSession {
  const session = context.session?.authenticated
  if (!session) {
    const transactionId = Buffer.alloc(0)
    const response = command === 'prepareDownload' ? errorResponse(0xbf21, transactionId, 4) : undefined
    throw new EuiccRefusal(
      command,
      { name: 'noSessionContext', number: 4 },
      'The eUICC has no session with an authenticated SM-DP+.',
      response,
    )
  }
  return session
}

/** AuthenticateServerResponse 'BF38' or PrepareDownloadResponse 'BF21' with its error variant. */
export const errorResponse = (tag: number, transactionId: Buffer, code: number): Buffer =>
  tlv(tag, tlv(0xa1, tlv(0x80, transactionId), tlv(0x02, Buffer.of(code))))
