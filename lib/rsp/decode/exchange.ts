import { STATUS, type StatusName } from '../status'
import { EXCHANGE_KINDS, type ExchangeKind } from './exchange-kinds'
import { element, type Field, octets, sequence } from './field'
import { decodeStoreMetadata } from './metadata'
import { DOWNLOAD_ERROR_NAMES } from './names'
import { decodeNotification } from './notification'
import { decodeCancelSessionSigned, decodeEuiccSigned1, decodeEuiccSigned2 } from './signed'

/** A request of a device and what it was answered. */
export interface Exchange {
  /** Of ES9+ */
  function: string
  request: Field[]
  answer: Field[]
}

/** What the database still holds of an exchange. */
export interface ExchangeMatter {
  kind: ExchangeKind
  outcome: 'ok' | 'refused' | 'warning'
  status: StatusName | null
  eid: string | null
  transactionId: string | null
  data: Record<string, unknown> | null
  /** See `ProfileEvent.evidence` */
  evidence: Buffer | null
  /** The notification as it arrived */
  notification: Buffer | null
  /** StoreMetadataRequest of the session */
  metadata: Buffer | null
  smdpSigned2: Buffer | null
  /** Of the binding that the session was given */
  otPkDp: Buffer | null
}

const notKept = (name: string): Field => ({ name, note: 'not kept, or no longer' })
const verified = (name: string): Field => ({ name, note: 'verified, not kept' })
const text = (name: string, value: string | null | undefined, note?: string): Field[] =>
  value ? [{ name, value, ...(note ? { note } : {}) }] : []

/** What a step of the timeline was as a message: fields decoded, secrets never. */
export function exchangeOf(matter: ExchangeMatter): Exchange {
  const { request, answer } = READERS[matter.kind]
  return { function: EXCHANGE_KINDS[matter.kind], request: request(matter), answer: answer(matter) }
}

interface Readers {
  request: (matter: ExchangeMatter) => Field[]
  answer: (matter: ExchangeMatter) => Field[]
}

/** Header of SGP.22 §6.5.1.4: what JSON answers begin with. */
const header = (...children: Field[]): Field => ({ name: 'header', children: [{ name: 'functionExecutionStatus', children }] })
const executed = header({ name: 'status', value: 'Executed-Success' })

function failed(status: StatusName | null): Field[] {
  const row = status && STATUS[status]
  const codes = row
    ? [
        { name: 'subjectCode', value: row.subjectCode },
        { name: 'reasonCode', value: row.reasonCode },
        { name: 'message', value: row.message },
      ]
    : []
  return [header({ name: 'status', value: 'Failed' }, ...(row ? [{ name: 'statusCodeData', children: codes }] : []))]
}

const notificationReaders: Readers = {
  request: ({ notification }) => [
    notification ? { name: 'pendingNotification', children: [decodeNotification(notification)] } : notKept('pendingNotification'),
  ],
  // §6.5.2.4: the eUICC forgets the notification.
  answer: () => [{ name: 'HTTP status', value: '204', note: 'no content: the device forgets the notification' }],
}

const READERS: Record<ExchangeKind, Readers> = {
  authenticateClient: {
    request: ({ transactionId, evidence, eid }) => [
      ...text('transactionId', transactionId),
      {
        name: 'authenticateServerResponse',
        children: [
          {
            name: 'authenticateResponseOk',
            children: [
              evidence ? decodeEuiccSigned1(evidence) : notKept('euiccSigned1'),
              verified('euiccSignature1'),
              { ...verified('euiccCertificate'), children: text('serialNumber', eid, 'EID') },
              verified('eumCertificate'),
            ],
          },
        ],
      },
    ],
    answer: ({ outcome, status, transactionId, metadata, smdpSigned2 }) =>
      outcome === 'refused'
        ? failed(status)
        : [
            executed,
            ...text('transactionId', transactionId),
            metadata ? decodeStoreMetadata('profileMetadata', metadata) : notKept('profileMetadata'),
            smdpSigned2 ? decodeSmdpSigned2(smdpSigned2) : notKept('smdpSigned2'),
            { name: 'smdpSignature2', note: '64 octets' },
            { name: 'smdpCertificate', note: 'CERT.DPpb.ECDSA' },
          ],
  },
  getBoundProfilePackage: {
    request: matter => [
      ...text('transactionId', matter.transactionId),
      { name: 'prepareDownloadResponse', children: [prepareDownloadResponse(matter)] },
    ],
    answer: matter =>
      matter.outcome === 'refused'
        ? failed(matter.status)
        : [executed, ...text('transactionId', matter.transactionId), boundProfilePackage(matter)],
  },
  cancelSession: {
    request: ({ transactionId, evidence }) => [
      ...text('transactionId', transactionId),
      {
        name: 'cancelSessionResponse',
        children: [
          {
            name: 'cancelSessionResponseOk',
            children: [
              evidence ? decodeCancelSessionSigned(evidence) : notKept('euiccCancelSessionSigned'),
              verified('euiccCancelSessionSignature'),
            ],
          },
        ],
      },
    ],
    answer: ({ outcome, status }) => (outcome === 'refused' ? failed(status) : [executed]),
  },
  installationResult: notificationReaders,
  notification: notificationReaders,
}

/** SmdpSigned2 ::= SEQUENCE { transactionId [0], ccRequiredFlag BOOLEAN, bppEuiccOtpk [APPLICATION 73] OPTIONAL } */
const decodeSmdpSigned2 = (bytes: Buffer): Field =>
  element(
    'smdpSigned2',
    0x30,
    bytes,
    sequence([
      [0x80, 'transactionId', octets],
      [0x01, 'ccRequiredFlag', value => ({ value: value[0] ? 'true' : 'false' })],
      [0x5f49, 'bppEuiccOtpk', octets],
    ]),
  )

function prepareDownloadResponse({ evidence, transactionId, data }: ExchangeMatter): Field {
  const code = data?.downloadErrorCode
  if (typeof code === 'number') {
    const value = `${DOWNLOAD_ERROR_NAMES[code] ?? 'unknown'} (${code})`
    return { name: 'downloadResponseError', children: [...text('transactionId', transactionId), { name: 'downloadErrorCode', value }] }
  }
  return {
    name: 'downloadResponseOk',
    children: [evidence ? decodeEuiccSigned2(evidence) : notKept('euiccSigned2'), verified('euiccSignature2')],
  }
}

/** BoundProfilePackage ::= [54] SEQUENCE, SGP.22 §2.5.4, as far as it is not secret. */
function boundProfilePackage({ transactionId, metadata, otPkDp, data }: ExchangeMatter): Field {
  const encrypted = (name: string, what: string): Field => ({ name, children: [{ name: what, note: 'encrypted' }] })
  const bytes = typeof data?.bytes === 'number' ? `${data.bytes} octets, encrypted` : 'encrypted'
  return {
    name: 'boundProfilePackage',
    children: [
      {
        name: 'initialiseSecureChannelRequest',
        children: [
          { name: 'remoteOpId', value: 'installBoundProfilePackage (1)' },
          ...text('transactionId', transactionId),
          { name: 'controlRefTemplate', note: 'AES-128' },
          otPkDp ? { name: 'smdpOtpk', ...octets(otPkDp) } : notKept('smdpOtpk'),
          { name: 'smdpSign', note: '64 octets' },
        ],
      },
      encrypted('firstSequenceOf87', 'configureISDPRequest'),
      {
        name: 'sequenceOf88',
        children: [metadata ? decodeStoreMetadata('storeMetadataRequest', metadata) : notKept('storeMetadataRequest')],
      },
      ...(data?.protection === 'random' ? [encrypted('secondSequenceOf87', 'replaceSessionKeysRequest')] : []),
      { name: 'sequenceOf86', children: [{ name: 'profile package', note: bytes }] },
    ],
  }
}
