/**
 * Subject and reason codes of SGP.22 §5.2.6 that this SM-DP+ answers, one row each.
 * `meaning` is for people: what happened and what to do.
 */
export const STATUS = {
  // ES9+
  smdpAddressRefused: {
    subjectCode: '8.8.1',
    reasonCode: '3.8',
    message: 'Invalid SM-DP+ address',
    meaning: 'The device asked for another SM-DP+ address. Check the address in the activation code.',
  },
  svnUnsupported: {
    subjectCode: '8.8.3',
    reasonCode: '3.1',
    message: 'Specification version not supported',
    meaning: 'The eUICC speaks a version of SGP.22 that this server does not serve (it serves 2.x).',
  },
  signingCiUnsupported: {
    subjectCode: '8.8.2',
    reasonCode: '3.1',
    message: 'None of the proposed CI public keys is supported',
    meaning: 'The eUICC is certified under a CI that this server does not trust. A test device needs a test CI, a real one the GSMA CI.',
  },
  noDpCertificate: {
    subjectCode: '8.8.4',
    reasonCode: '3.7',
    message: 'No SM-DP+ certificate for the CIs that the eUICC verifies',
    meaning: 'This server has no certificate that the eUICC can check. Import one under a CI that the device trusts.',
  },
  transactionUnknown: {
    subjectCode: '8.10.1',
    reasonCode: '3.9',
    message: 'Unknown transactionId',
    meaning: 'The session is unknown or over. The device must start again.',
  },
  ciKeyUnknown: {
    subjectCode: '8.11.1',
    reasonCode: '3.9',
    message: 'Unknown CI public key',
    meaning: 'The eUICC manufacturer certificate belongs to another CI than the one that was chosen.',
  },
  eumCertificateInvalid: {
    subjectCode: '8.1.2',
    reasonCode: '6.1',
    message: 'EUM certificate invalid',
    meaning: 'The certificate of the eUICC manufacturer does not hold: this is no genuine eUICC.',
  },
  eumCertificateExpired: {
    subjectCode: '8.1.2',
    reasonCode: '6.3',
    message: 'EUM certificate expired',
    meaning: 'The certificate of the eUICC manufacturer has expired.',
  },
  euiccCertificateInvalid: {
    subjectCode: '8.1.3',
    reasonCode: '6.1',
    message: 'eUICC certificate invalid',
    meaning: 'The certificate of the eUICC does not hold: this is no genuine eUICC.',
  },
  euiccCertificateExpired: {
    subjectCode: '8.1.3',
    reasonCode: '6.3',
    message: 'eUICC certificate expired',
    meaning: 'The certificate of the eUICC has expired.',
  },
  euiccSignatureInvalid: {
    subjectCode: '8.1',
    reasonCode: '6.1',
    message: 'eUICC signature or server challenge invalid',
    meaning: 'The signature of the eUICC does not hold. The device must start again.',
  },
  matchingIdRefused: {
    subjectCode: '8.2.6',
    reasonCode: '3.8',
    message: 'MatchingID refused',
    meaning: 'No open order has this matching ID: the code is mistyped, used up or cancelled.',
  },
  eidRefused: {
    subjectCode: '8.1.1',
    reasonCode: '3.8',
    message: 'EID does not match the order',
    meaning: 'The order is for another eUICC. Check the EID of the device against the order.',
  },
  profileNotReleased: {
    subjectCode: '8.2',
    reasonCode: '1.2',
    message: 'Profile not released',
    meaning: 'The profile is not ready for download. Release the order first.',
  },
  orderExpired: {
    subjectCode: '8.8.5',
    reasonCode: '4.10',
    message: 'Download order expired',
    meaning: 'The order was valid until a date that has passed. Extend it, or issue a new code.',
  },
  downloadAttemptsExceeded: {
    subjectCode: '8.8.5',
    reasonCode: '6.4',
    message: 'Download attempts exceeded',
    meaning: 'The order was tried more often than its limit allows and has ended. Issue a new code.',
  },
  profileNotEligible: {
    subjectCode: '8.2.5',
    reasonCode: '4.3',
    message: 'No eligible profile for this eUICC or device',
    meaning: 'This eUICC cannot take this profile. The timeline says which rule stood against it.',
  },
  insufficientMemory: {
    subjectCode: '8.1',
    reasonCode: '4.8',
    message: 'Not enough memory on the eUICC',
    meaning: 'The eUICC has too little free memory. Ask the customer to delete an unused eSIM and to try again.',
  },
  confirmationCodeMissing: {
    subjectCode: '8.2.7',
    reasonCode: '2.2',
    message: 'Confirmation code missing',
    meaning: 'The order needs a confirmation code and none was sent.',
  },
  confirmationCodeRefused: {
    subjectCode: '8.2.7',
    reasonCode: '3.8',
    message: 'Confirmation code refused',
    meaning: 'The confirmation code is wrong. The customer may try again until the limit.',
  },
  confirmationCodeAttemptsExceeded: {
    subjectCode: '8.2.7',
    reasonCode: '6.4',
    message: 'Confirmation code attempts exceeded',
    meaning: 'Too many wrong confirmation codes: the order has ended. Issue a new code.',
  },
  bppUnavailable: {
    subjectCode: '8.2',
    reasonCode: '3.7',
    message: 'Bound profile package not available for a new binding',
    meaning: 'The package cannot be bound again for this eUICC.',
  },
  smdpOidMismatch: {
    subjectCode: '8.8',
    reasonCode: '3.10',
    message: 'SM-DP+ OID does not match',
    meaning: 'The eUICC named the OID of another SM-DP+.',
  },
  formatInvalid: {
    subjectCode: '1.3.1',
    reasonCode: '2.1',
    message: 'Invalid format',
    meaning: 'The request cannot be read: a field is not encoded as SGP.22 says.',
  },
  fieldMissing: {
    subjectCode: '1.3.1',
    reasonCode: '2.2',
    message: 'Mandatory element missing',
    meaning: 'The request lacks a field that it must have.',
  },
  // Orders (ES2+, portal, command line)
  iccidUnknown: {
    subjectCode: '8.2.1',
    reasonCode: '3.9',
    message: 'ICCID unknown',
    meaning: 'No profile has this ICCID.',
  },
  iccidInUse: {
    subjectCode: '8.2.1',
    reasonCode: '3.3',
    message: 'Profile not available',
    meaning: 'The profile is not in a state that allows this: it is reserved, downloaded or has ended.',
  },
  iccidNotAllowed: {
    subjectCode: '8.2.1',
    reasonCode: '1.2',
    message: 'Caller may not use this profile',
    meaning: 'The profile belongs to somebody else.',
  },
  releaseNotPossible: {
    subjectCode: '8.2.1',
    reasonCode: '3.5',
    message: 'Invalid transition',
    meaning: 'Only a confirmed order can be released.',
  },
  profileTypeUnknown: {
    subjectCode: '8.2.5',
    reasonCode: '3.9',
    message: 'Profile type unknown',
    meaning: 'No profile type has this name.',
  },
  profileTypeExhausted: {
    subjectCode: '8.2.5',
    reasonCode: '3.7',
    message: 'No more profiles of this type',
    meaning: 'All profiles of this type are in use. Upload more.',
  },
  profileTypeMismatch: {
    subjectCode: '8.2.5',
    reasonCode: '3.8',
    message: 'Profile type does not match the ICCID',
    meaning: 'The profile with this ICCID is of another type.',
  },
  profileTypeNotAllowed: {
    subjectCode: '8.2.5',
    reasonCode: '1.2',
    message: 'Caller may not use this profile type',
    meaning: 'The profile type belongs to somebody else.',
  },
  eidMissing: {
    subjectCode: '8.1.1',
    reasonCode: '2.2',
    message: 'EID missing',
    meaning: 'An order without matching ID is found by its EID alone, so it needs one.',
  },
  eidAssociationInvalid: {
    subjectCode: '8.1.1',
    reasonCode: '3.10',
    message: 'Other EID associated',
    meaning: 'The order is already linked to another EID.',
  },
  matchingIdInUse: {
    subjectCode: '8.2.6',
    reasonCode: '3.3',
    message: 'MatchingID in use',
    meaning: 'Another open order has this matching ID.',
  },
  matchingIdInvalid: {
    subjectCode: '8.2.6',
    reasonCode: '2.1',
    message: 'MatchingID malformed',
    meaning: 'A matching ID has capital letters, digits and dashes only.',
  },
  matchingIdAssociationInvalid: {
    subjectCode: '8.2.6',
    reasonCode: '3.10',
    message: 'Other MatchingID associated',
    meaning: 'The order has another matching ID.',
  },
  // ES2+ alone
  functionRequesterNotAllowed: {
    subjectCode: '1.1',
    reasonCode: '1.2',
    message: 'Function requester not allowed',
    meaning: 'The call names another requester than the partner to whom the certificate belongs.',
  },
  profileFieldMissing: {
    subjectCode: '8.2.1',
    reasonCode: '2.2',
    message: 'Mandatory element missing',
    meaning: 'The call names no ICCID, or does not say what becomes of the profile.',
  },
  matchingIdMissing: {
    subjectCode: '8.2.6',
    reasonCode: '2.2',
    message: 'MatchingID missing',
    meaning: 'The order has a matching ID, so whoever cancels it must name it.',
  },
  smdsInaccessible: {
    subjectCode: '8.9',
    reasonCode: '5.1',
    message: 'SM-DS inaccessible',
    meaning: 'The SM-DS does not answer, or its address is wrong. The order is as it was; try again.',
  },
  smdsError: {
    subjectCode: '8.9',
    reasonCode: '4.2',
    message: 'SM-DS answered with an error',
    meaning: 'The SM-DS has refused. The order is as it was.',
  },
  eventExists: {
    subjectCode: '8.9.5',
    reasonCode: '3.3',
    message: 'Event already registered',
    meaning: 'The SM-DS has an event with this ID already.',
  },
  eventUnknown: {
    subjectCode: '8.9.5',
    reasonCode: '3.9',
    message: 'Event unknown',
    meaning: 'The SM-DS has no event with this ID.',
  },
} as const satisfies Record<string, { subjectCode: string; reasonCode: string; message: string; meaning: string }>

export type StatusName = keyof typeof STATUS

/** "Asked, and the answer is no": on ES9+, ES2+ and in the portal alike. */
export class RspError extends Error {
  override name = 'RspError'
  constructor(
    readonly status: StatusName,
    /** What exactly did not fit, for the timeline and the log; never a secret. */
    readonly detail?: string,
    /** The refusal has been committed with its event: nobody else needs to note it. */
    readonly kept = false,
  ) {
    super(detail ? `${STATUS[status].message}: ${detail}` : STATUS[status].message)
  }
}
