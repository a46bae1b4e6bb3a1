import type { UploadAnswer, UploadParameters } from './upload-answer'

/** The upload did not become a batch; the message is for people. */
export class UploadFailure extends Error {
  override name = 'UploadFailure'
}

const lost = 'The connection broke before all of the file was here. Nothing of it was kept: send it again.'

/**
 * Sends one file as the body of a request.
 * @param onSent is told how many octets are on their way
 * @returns the batch's id
 * @throws UploadFailure
 */
export function sendFile(file: File, parameters: UploadParameters, onSent: (bytes: number) => void, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    const fail = (message: string) => reject(new UploadFailure(message))
    request.responseType = 'json'
    request.upload.onprogress = event => onSent(event.loaded)
    request.onload = () => {
      const answer = request.response as UploadAnswer | null
      if (answer && 'batchId' in answer) resolve(answer.batchId)
      else fail(answer?.message ?? lost)
    }
    request.onerror = () => fail(lost)
    request.onabort = () => fail('Stopped. Nothing of it was kept.')
    signal.addEventListener('abort', () => request.abort())
    request.open('POST', `/api/upload?${new URLSearchParams({ ...parameters, name: file.name })}`)
    request.setRequestHeader('content-type', 'application/octet-stream')
    request.send(file)
  })
}
