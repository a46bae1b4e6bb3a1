/** SGP.22 §5.7.13 */
export const AUTHENTICATE_ERROR = {
  invalidCertificate: 1,
  invalidSignature: 2,
  unsupportedCurve: 3,
  noSessionContext: 4,
  invalidOid: 5,
  euiccChallengeMismatch: 6,
  ciPKUnknown: 7,
  undefinedError: 127,
} as const

/** SGP.22 §5.7.5 */
export const DOWNLOAD_ERROR = {
  invalidCertificate: 1,
  invalidSignature: 2,
  unsupportedCurve: 3,
  noSessionContext: 4,
  invalidTransactionId: 5,
  undefinedError: 127,
} as const

/** SGP.22 §2.5.6 */
export const ERROR_REASON = {
  incorrectInputValues: 1,
  invalidSignature: 2,
  invalidTransactionId: 3,
  unsupportedCrtValues: 4,
  unsupportedRemoteOperationType: 5,
  unsupportedProfileClass: 6,
  scp03tStructureError: 7,
  scp03tSecurityError: 8,
  installFailedDueToIccidAlreadyExistsOnEuicc: 9,
  installFailedDueToInsufficientMemoryForProfile: 10,
  installFailedDueToInterruption: 11,
  installFailedDueToPEProcessingError: 12,
  installFailedDueToDataMismatch: 13,
  pprNotAllowed: 15,
  installFailedDueToUnknownError: 127,
} as const

export const BPP_COMMAND = {
  initialiseSecureChannel: 0,
  configureISDP: 1,
  storeMetadata: 2,
  storeMetadata2: 3,
  replaceSessionKeys: 4,
  loadProfileElements: 5,
} as const

/** SGP.22 §5.7.14 */
export const CANCEL_REASON = {
  endUserRejection: 0,
  postponed: 1,
  timeout: 2,
  pprNotAllowed: 3,
  metadataMismatch: 4,
  loadBppExecutionError: 5,
  undefinedReason: 127,
} as const

/** SGP.22 §5.7.16 to §5.7.18 */
export const PROFILE_COMMAND_ERROR = { iccidOrAidNotFound: 1, profileNotInExpectedState: 2, disallowedByPolicy: 3 } as const

export type AuthenticateErrorName = keyof typeof AUTHENTICATE_ERROR
export type DownloadErrorName = keyof typeof DOWNLOAD_ERROR
export type ErrorReasonName = keyof typeof ERROR_REASON
export type BppCommandName = keyof typeof BPP_COMMAND
export type CancelReasonName = keyof typeof CANCEL_REASON
export type ProfileCommandErrorName = keyof typeof PROFILE_COMMAND_ERROR

/** What the eUICC says when it refuses; its message is a sentence for people. */
export class EuiccRefusal extends Error {
  override name = 'EuiccRefusal'
  constructor(
    readonly command: string,
    /** name and number of the protocol's error code */
    readonly code: { name: string; number: number },
    sentence: string,
    /** the error as the eUICC answers it: BF38, BF21 or BF37; absent where there is nothing to answer */
    readonly response?: Buffer,
    /** the command inside the package at which loading stopped */
    readonly bppCommand?: BppCommandName,
  ) {
    super(sentence)
  }
}

/** Why a package cannot be installed, with the number for its ProfileInstallationResult. */
export class LoadFault extends Error {
  override name = 'LoadFault'
  constructor(
    readonly reason: ErrorReasonName,
    sentence: string,
    /** status and identification of the ProfileElement that failed */
    readonly peStatus?: { status: number; identification?: Buffer },
  ) {
    super(sentence)
  }
}
