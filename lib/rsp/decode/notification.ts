import {
  bits,
  element,
  type Field,
  integer,
  type Members,
  named,
  octets,
  oid,
  type Reading,
  rows,
  sequence,
  sizeOnly,
  swappedDigits,
  utf8,
} from './field'
import { BPP_COMMAND_NAMES, ERROR_REASON_NAMES, NOTIFICATION_EVENT_NAMES, peStatusName } from './names'

/** NotificationMetadata ::= [47] SEQUENCE */
const NOTIFICATION_METADATA: Members = [
  [0x80, 'seqNumber', integer],
  [0x81, 'profileManagementOperation', bits(NOTIFICATION_EVENT_NAMES)],
  [0x0c, 'notificationAddress', utf8],
  [0x5a, 'iccid', swappedDigits],
]

const peStatus: Reading = value => {
  const { value: status } = integer(value)
  return { value: `${peStatusName(Number(status))} (${status})` }
}

/** PEStatus ::= SEQUENCE { status, identification OPTIONAL, additional-information OPTIONAL, offset OPTIONAL } */
const PE_STATUS: Members = [
  [0x80, 'status', peStatus],
  [0x81, 'identification', integer],
  [0x82, 'additional-information', integer],
  [0x83, 'offset', integer],
]

/** EUICCResponse ::= SEQUENCE { peStatus, profileInstallationAborted OPTIONAL, statusMessage OPTIONAL } (TCA Interoperable Profile) */
const EUICC_RESPONSE: Members = [
  [0xa0, 'peStatus', rows('PEStatus', PE_STATUS)],
  [0x81, 'profileInstallationAborted', () => ({ value: 'yes' })],
  [0x82, 'statusMessage', utf8],
]

/** Cards send it nearly empty or worse. */
const simaResponse: Reading = value =>
  value[0] === 0x30 ? { children: [element('EUICCResponse', 0x30, value, sequence(EUICC_RESPONSE))] } : octets(value)

/** FinalResult ::= CHOICE { successResult [0], errorResult [1] } */
const FINAL_RESULT: Members = [
  [
    0xa0,
    'successResult',
    sequence([
      [0x4f, 'aid', octets],
      [0x04, 'simaResponse', simaResponse],
    ]),
  ],
  [
    0xa1,
    'errorResult',
    sequence([
      [0x80, 'bppCommandId', named(BPP_COMMAND_NAMES)],
      [0x81, 'errorReason', named(ERROR_REASON_NAMES)],
      [0x82, 'simaResponse', simaResponse],
    ]),
  ],
]

const verified = sizeOnly('verified')

/** ProfileInstallationResult ::= [55] SEQUENCE { profileInstallationResultData [39], euiccSignPIR [APPLICATION 55] } */
const PROFILE_INSTALLATION_RESULT: Members = [
  [
    0xbf27,
    'profileInstallationResultData',
    sequence([
      [0x80, 'transactionId', octets],
      [0xbf2f, 'notificationMetadata', sequence(NOTIFICATION_METADATA)],
      [0x06, 'smdpOid', oid],
      [0xa2, 'finalResult', sequence(FINAL_RESULT)],
    ]),
  ],
  [0x5f37, 'euiccSignPIR', verified],
]

/** OtherSignedNotification ::= SEQUENCE { tbsOtherNotification [47], euiccNotificationSignature, euiccCertificate, eumCertificate } */
const OTHER_SIGNED_NOTIFICATION: Members = [
  [0xbf2f, 'tbsOtherNotification', sequence(NOTIFICATION_METADATA)],
  [0x5f37, 'euiccNotificationSignature', verified],
  [0x30, 'euiccCertificate', verified],
  [0x30, 'eumCertificate', verified],
]

/** PendingNotification as it arrived: ProfileInstallationResult or OtherSignedNotification. */
export const decodeNotification = (bytes: Buffer): Field =>
  bytes[0] === 0x30
    ? element('otherSignedNotification', 0x30, bytes, sequence(OTHER_SIGNED_NOTIFICATION))
    : element('profileInstallationResult', 0xbf37, bytes, sequence(PROFILE_INSTALLATION_RESULT))
