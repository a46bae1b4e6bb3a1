import { LpaError, type LpaStep, refusalSentence } from './lpa-error'

export interface HttpAnswer {
  status: number
  /** names in lower case */
  headers: Record<string, string | string[] | undefined>
  /** the parsed body; undefined when empty */
  json: unknown
}

/** Carries an ES9+ request: over HTTPS, or straight to a server in this process. */
export interface Transport {
  post(path: string, body: Record<string, unknown>): Promise<HttpAnswer>
}

export interface InitiateAuthenticationOk {
  /** hexadecimal */
  transactionId: string
  serverSigned1: Buffer
  serverSignature1: Buffer
  euiccCiPKIdToBeUsed: Buffer
  serverCertificate: Buffer
}

export interface AuthenticateClientOk {
  transactionId: string
  profileMetadata: Buffer
  smdpSigned2: Buffer
  smdpSignature2: Buffer
  smdpCertificate: Buffer
}

/** What waits for the device: an SM-DP+ and the MatchingID to show there. */
export interface EventEntry {
  eventId: string
  rspServerAddress: string
}

/** The functions of ES9+ and ES11 in their JSON binding, SGP.22 §6.5.2. Each throws `LpaError` when the server refuses or answers nonsense. */
export class Es9Client {
  constructor(private readonly transport: Transport) {}

  async initiateAuthentication(request: {
    euiccChallenge: Buffer
    euiccInfo1: Buffer
    smdpAddress: string
  }): Promise<InitiateAuthenticationOk> {
    const answer = await this.call('initiateAuthentication', {
      euiccChallenge: request.euiccChallenge.toString('base64'),
      euiccInfo1: request.euiccInfo1.toString('base64'),
      smdpAddress: request.smdpAddress,
    })
    return {
      transactionId: answer.transactionId(),
      serverSigned1: answer.octets('serverSigned1'),
      serverSignature1: answer.octets('serverSignature1'),
      euiccCiPKIdToBeUsed: answer.octets('euiccCiPKIdToBeUsed'),
      serverCertificate: answer.octets('serverCertificate'),
    }
  }

  async authenticateClient(request: { transactionId: string; authenticateServerResponse: Buffer }): Promise<AuthenticateClientOk> {
    const answer = await this.call('authenticateClient', {
      transactionId: request.transactionId,
      authenticateServerResponse: request.authenticateServerResponse.toString('base64'),
    })
    return {
      transactionId: answer.transactionId(request.transactionId),
      profileMetadata: answer.octets('profileMetadata'),
      smdpSigned2: answer.octets('smdpSigned2'),
      smdpSignature2: answer.octets('smdpSignature2'),
      smdpCertificate: answer.octets('smdpCertificate'),
    }
  }

  /** ES11.AuthenticateClient, SGP.22 §5.8.2: the same request, but an SM-DS answers what waits for the eUICC. */
  async eventsFor(request: { transactionId: string; authenticateServerResponse: Buffer }): Promise<EventEntry[]> {
    const answer = await this.call('authenticateClient', {
      transactionId: request.transactionId,
      authenticateServerResponse: request.authenticateServerResponse.toString('base64'),
    })
    answer.transactionId(request.transactionId)
    return answer.eventEntries()
  }

  async getBoundProfilePackage(request: { transactionId: string; prepareDownloadResponse: Buffer }): Promise<Buffer> {
    const answer = await this.call('getBoundProfilePackage', {
      transactionId: request.transactionId,
      prepareDownloadResponse: request.prepareDownloadResponse.toString('base64'),
    })
    answer.transactionId(request.transactionId)
    return answer.octets('boundProfilePackage')
  }

  /** Resolves once the server has taken the notification (2xx); the eUICC may forget it then. */
  async handleNotification(pendingNotification: Buffer): Promise<void> {
    const answer = await this.post('handleNotification', { pendingNotification: pendingNotification.toString('base64') })
    if (answer.status < 200 || answer.status > 299) throw httpFault('handleNotification', answer.status)
  }

  async cancelSession(request: { transactionId: string; cancelSessionResponse: Buffer }): Promise<void> {
    await this.call('cancelSession', {
      transactionId: request.transactionId,
      cancelSessionResponse: request.cancelSessionResponse.toString('base64'),
    })
  }

  private async call(step: LpaStep, body: Record<string, unknown>) {
    const answer = await this.post(step, body)
    if (answer.status !== 200) throw httpFault(step, answer.status)
    if (!/^gsma\/rsp\/v\d+\.\d+\.\d+$/.test(String(answer.headers['x-admin-protocol']))) {
      throw new LpaError(step, 'The answer has no header X-Admin-Protocol, so it is not from an SM-DP+.')
    }
    const fields = asRecord(answer.json)
    const execution = asRecord(asRecord(fields.header).functionExecutionStatus)
    if (execution.status !== 'Executed-Success' && execution.status !== 'Executed-WithWarning') throw refusalOf(step, execution)
    return {
      octets(name: string): Buffer {
        const text = fields[name]
        if (
          typeof text !== 'string' ||
          !/^(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$|^[A-Za-z0-9+/]{2}==$|^[A-Za-z0-9+/]{3}=$/.test(text)
        ) {
          throw new LpaError(step, `The answer has no usable ${name}.`)
        }
        return Buffer.from(text, 'base64')
      },
      eventEntries(): EventEntry[] {
        if (!Array.isArray(fields.eventEntries)) throw new LpaError(step, 'The answer has no usable eventEntries.')
        return fields.eventEntries.map(entry => {
          const { eventId, rspServerAddress } = asRecord(entry)
          if (typeof eventId !== 'string' || typeof rspServerAddress !== 'string') throw new LpaError(step, 'An event cannot be read.')
          return { eventId, rspServerAddress }
        })
      },
      transactionId(expected?: string): string {
        const text = fields.transactionId
        if (typeof text !== 'string' || !/^([0-9A-F]{2}){1,16}$/.test(text))
          throw new LpaError(step, 'The answer has no usable transactionId.')
        if (expected !== undefined && text !== expected) throw new LpaError(step, 'The answer is of another transaction.')
        return text
      },
    }
  }

  private async post(step: LpaStep, body: Record<string, unknown>): Promise<HttpAnswer> {
    try {
      return await this.transport.post(`/gsma/rsp2/es9plus/${step}`, body)
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'unknown'
      throw new LpaError(step, `The SM-DP+ cannot be reached: ${reason}.`, { cause: error })
    }
  }
}

function refusalOf(step: LpaStep, execution: Record<string, unknown>): LpaError {
  const { subjectCode, reasonCode, message } = asRecord(execution.statusCodeData)
  if (typeof subjectCode !== 'string' || typeof reasonCode !== 'string') {
    return new LpaError(step, 'The SM-DP+ refused without saying why.', { httpStatus: 200 })
  }
  const serverMessage = typeof message === 'string' ? { serverMessage: message } : {}
  return new LpaError(step, refusalSentence(subjectCode, reasonCode), { subjectCode, reasonCode, httpStatus: 200, ...serverMessage })
}

const httpFault = (step: LpaStep, httpStatus: number) => new LpaError(step, `The SM-DP+ answered with HTTP ${httpStatus}.`, { httpStatus })

const asRecord = (value: unknown): Record<string, unknown> => (typeof value === 'object' && value !== null ? { ...value } : {})
