/** CancelSessionReason, SGP.22 §5.7.14; from 16 on, of v3 */
export const CANCEL_REASON_NAMES: Readonly<Record<number, string>> = {
  0: 'endUserRejection',
  1: 'postponed',
  2: 'timeout',
  3: 'pprNotAllowed',
  4: 'metadataMismatch',
  5: 'loadBppExecutionError',
  16: 'sessionAborted',
  17: 'enterpriseProfilesNotSupported',
  18: 'enterpriseRulesNotAllowed',
  19: 'enterpriseProfileNotAllowed',
  20: 'enterpriseOidMismatch',
  21: 'enterpriseRulesError',
  22: 'enterpriseProfilesOnly',
  23: 'lprNotSupported',
  25: 'emptyProfileOrSpName',
  127: 'undefinedReason',
}

/** BppCommandId, SGP.22 §2.5.6 */
export const BPP_COMMAND_NAMES: Readonly<Record<number, string>> = {
  0: 'initialiseSecureChannel',
  1: 'configureISDP',
  2: 'storeMetadata',
  3: 'storeMetadata2',
  4: 'replaceSessionKeys',
  5: 'loadProfileElements',
}

/** ErrorReason, SGP.22 §2.5.6 */
export const ERROR_REASON_NAMES: Readonly<Record<number, string>> = {
  1: 'incorrectInputValues',
  2: 'invalidSignature',
  3: 'invalidTransactionId',
  4: 'unsupportedCrtValues',
  5: 'unsupportedRemoteOperationType',
  6: 'unsupportedProfileClass',
  7: 'scp03tStructureError',
  8: 'scp03tSecurityError',
  9: 'installFailedDueToIccidAlreadyExistsOnEuicc',
  10: 'installFailedDueToInsufficientMemoryForProfile',
  11: 'installFailedDueToInterruption',
  12: 'installFailedDueToPEProcessingError',
  13: 'installFailedDueToDataMismatch',
  14: 'testProfileInstallFailedDueToInvalidNaaKey',
  15: 'pprNotAllowed',
  127: 'installFailedDueToUnknownError',
}

/** DownloadErrorCode, SGP.22 §5.7.5 */
export const DOWNLOAD_ERROR_NAMES: Readonly<Record<number, string>> = {
  1: 'invalidCertificate',
  2: 'invalidSignature',
  3: 'unsupportedCurve',
  4: 'noSessionContext',
  5: 'invalidTransactionId',
  127: 'undefinedError',
}

/** NotificationEvent */
export const NOTIFICATION_EVENT_NAMES = ['notificationInstall', 'notificationEnable', 'notificationDisable', 'notificationDelete']

const PE_STATUS_NAMES: Readonly<Record<number, string>> = {
  0: 'ok',
  1: 'pe-not-supported',
  2: 'memory-failure',
  3: 'bad-values',
  4: 'not-enough-memory',
  5: 'invalid-request-format',
  6: 'invalid-parameter',
  7: 'runtime-not-supported',
  8: 'lib-not-supported',
  9: 'template-not-supported',
  10: 'feature-not-supported',
  11: 'pin-code-missing',
  31: 'unsupported-profile-version',
}

/** What a status of PEStatus is called (TCA Interoperable Profile): a name, a status word of ISO 7816, or the manufacturer's own. */
export const peStatusName = (status: number): string =>
  PE_STATUS_NAMES[status] ?? (status >= 0x6000 && status < 0xa000 ? `status word ${status.toString(16)}` : 'proprietary')
