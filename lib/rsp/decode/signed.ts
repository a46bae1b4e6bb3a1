import { EUICC_INFO2 } from './euicc-info'
import { bits, type Field, integer, type Members, named, octets, oid, readBeginning, sequence, swappedDigits, utf8, version } from './field'
import { CANCEL_REASON_NAMES } from './names'

/** DeviceCapabilities ::= SEQUENCE, SGP.22 §5.7.13 */
const DEVICE_CAPABILITIES: Members = [
  [0x80, 'gsmSupportedRelease', version],
  [0x81, 'utranSupportedRelease', version],
  [0x82, 'cdma2000onexSupportedRelease', version],
  [0x83, 'cdma2000hrpdSupportedRelease', version],
  [0x84, 'cdma2000ehrpdSupportedRelease', version],
  [0x85, 'eutranEpcSupportedRelease', version],
  [0x86, 'contactlessSupportedRelease', version],
  [0x87, 'rspCrlSupportedVersion', version],
  [0x88, 'nrEpcSupportedRelease', version],
  [0x89, 'nr5gcSupportedRelease', version],
  [0x8a, 'eutran5gcSupportedRelease', version],
  [0x8b, 'lpaSvn', version],
  [0x8c, 'catSupportedClasses', bits([])],
  [0x8d, 'euiccFormFactorType', integer],
  [0xae, 'deviceAdditionalFeatureSupport', sequence([[0x80, 'naiSupport', version]])],
]

/** DeviceInfo ::= SEQUENCE { tac Octet4, deviceCapabilities, imei Octet8 OPTIONAL } */
const DEVICE_INFO: Members = [
  [0x80, 'tac', swappedDigits],
  [0xa1, 'deviceCapabilities', sequence(DEVICE_CAPABILITIES)],
  [0x82, 'imei', swappedDigits],
]

/** CtxParams1 ::= CHOICE { ctxParamsForCommonAuthentication } */
const CTX_PARAMS: Members = [
  [0x80, 'matchingId', utf8],
  [0xa1, 'deviceInfo', sequence(DEVICE_INFO)],
]

/** EuiccSigned1 ::= SEQUENCE { transactionId [0], serverAddress [3], serverChallenge [4], euiccInfo2 [34], ctxParams1 } */
const EUICC_SIGNED1: Members = [
  [0x80, 'transactionId', octets],
  [0x83, 'serverAddress', utf8],
  [0x84, 'serverChallenge', octets],
  [0xbf22, 'euiccInfo2', sequence(EUICC_INFO2)],
  [0xa0, 'ctxParamsForCommonAuthentication', sequence(CTX_PARAMS)],
]

/** EuiccSigned2 ::= SEQUENCE { transactionId [0], euiccOtpk [APPLICATION 73], hashCc Octet32 OPTIONAL } */
const EUICC_SIGNED2: Members = [
  [0x80, 'transactionId', octets],
  [0x5f49, 'euiccOtpk', octets],
]

/** EuiccCancelSessionSigned ::= SEQUENCE { transactionId [0], smdpOid [1], reason [2] } */
const EUICC_CANCEL_SESSION_SIGNED: Members = [
  [0x80, 'transactionId', octets],
  [0x81, 'smdpOid', oid],
  [0x82, 'reason', named(CANCEL_REASON_NAMES)],
]

const cutOff = (missing: number): Field[] => (missing > 0 ? [{ name: '…', note: `${missing} octets more, not kept` }] : [])

/** EuiccSigned1 as it arrived, or its beginning. */
export function decodeEuiccSigned1(bytes: Buffer): Field {
  const { value, missing } = readBeginning(bytes)
  return { name: 'euiccSigned1', children: [...(sequence(EUICC_SIGNED1)(value).children ?? []), ...cutOff(missing)] }
}

const hashCcOctets = 34

/** The beginning of EuiccSigned2 that is kept: hashCc is never. */
export function decodeEuiccSigned2(bytes: Buffer): Field {
  const { value, missing } = readBeginning(bytes)
  const hidden =
    missing >= hashCcOctets ? [{ name: 'hashCc', note: 'never kept: from it a short confirmation code could be guessed' }] : cutOff(missing)
  return { name: 'euiccSigned2', children: [...(sequence(EUICC_SIGNED2)(value).children ?? []), ...hidden] }
}

/** EuiccCancelSessionSigned as it arrived, or its beginning. */
export function decodeCancelSessionSigned(bytes: Buffer): Field {
  const { value, missing } = readBeginning(bytes)
  return {
    name: 'euiccCancelSessionSigned',
    children: [...(sequence(EUICC_CANCEL_SESSION_SIGNED)(value).children ?? []), ...cutOff(missing)],
  }
}
