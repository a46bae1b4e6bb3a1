/** Steps of a download, in their order. */
export type LpaStep =
  | 'initiateAuthentication'
  | 'authenticateServer'
  | 'authenticateClient'
  | 'confirmation'
  | 'prepareDownload'
  | 'getBoundProfilePackage'
  | 'loadBoundProfilePackage'
  | 'handleNotification'
  | 'cancelSession'

/** A step that failed on the LPA's side of things: the server's refusal, its transport, or an answer that cannot be. */
export class LpaError extends Error {
  override name = 'LpaError'
  readonly step: LpaStep
  readonly subjectCode: string | undefined
  readonly reasonCode: string | undefined
  /** the server's own text, if it sent one */
  readonly serverMessage: string | undefined
  readonly httpStatus: number | undefined
  /** the message: what happened, for people */
  readonly sentence: string

  constructor(
    step: LpaStep,
    sentence: string,
    details: { subjectCode?: string; reasonCode?: string; serverMessage?: string; httpStatus?: number; cause?: unknown } = {},
  ) {
    super(sentence, { cause: details.cause })
    this.step = step
    this.sentence = sentence
    this.subjectCode = details.subjectCode
    this.reasonCode = details.reasonCode
    this.serverMessage = details.serverMessage
    this.httpStatus = details.httpStatus
  }
}

const MEANING: Record<string, string> = {
  '8.8.1/3.8': 'the SM-DP+ says that this is not its address',
  '8.8.2/3.1': 'the SM-DP+ trusts none of the CIs under which this eUICC has a certificate',
  '8.8.3/3.1': 'the SM-DP+ does not serve this version of the specification',
  '8.8.4/3.7': 'the SM-DP+ has no certificate that this eUICC could verify',
  '8.10.1/3.9': 'the SM-DP+ does not know this transaction (any more)',
  '8.1.2/6.1': 'the SM-DP+ does not accept the certificate of the eUICC manufacturer',
  '8.1.2/6.3': 'the certificate of the eUICC manufacturer has expired',
  '8.1.3/6.1': "the SM-DP+ does not accept the eUICC's certificate",
  '8.1.3/6.3': "the eUICC's certificate has expired",
  '8.11.1/3.9': "the SM-DP+ does not know the CI of the eUICC's certificate",
  '8.1/6.1': "the eUICC's signature does not verify",
  '8.1/4.8': 'the eUICC has not enough free memory',
  '8.2.6/3.8': 'the activation code is not known, or no longer usable',
  '8.1.1/3.8': 'the profile is meant for another eUICC',
  '8.2/1.2': 'the profile is not released for download',
  '8.2/3.7': 'the profile cannot be bound again',
  '8.2.5/4.3': 'no profile fits this device',
  '8.2.7/2.2': 'a confirmation code is needed',
  '8.2.7/3.8': 'the confirmation code is wrong',
  '8.2.7/6.4': 'the confirmation code was wrong too often',
  '8.8.5/4.10': 'the order has expired',
  '8.8.5/6.4': 'the download was tried too often',
  '8.8/3.10': 'the SM-DP+ has another OID',
}

/** A refusal in words: from our own list, the bare codes otherwise. */
export function refusalSentence(subjectCode: string, reasonCode: string): string {
  const meaning = MEANING[`${subjectCode}/${reasonCode}`]
  return meaning ? `Refused: ${meaning} (${subjectCode}/${reasonCode}).` : `The SM-DP+ refused with ${subjectCode}/${reasonCode}.`
}
