import type { UploadLine, UploadReport } from './upload-lines'

export interface SendProgress {
  sentBytes: number
  /** Packages that the server has read so far */
  read: number
}

/** The upload did not end in a report; the message is for people. */
export class UploadFailure extends Error {
  override name = 'UploadFailure'
}

const lost = 'The connection broke. Packages that were added so far are in stock; send the file again for the rest.'

/** Sends one file as the body of a request and reads the answer line by line. @throws UploadFailure */
export function sendFile(
  file: File,
  type: string,
  onProgress: (progress: SendProgress) => void,
  signal: AbortSignal,
): Promise<UploadReport> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    const progress: SendProgress = { sentBytes: 0, read: 0 }
    let seen = 0
    let report: UploadReport | undefined
    let problem: string | undefined

    const readLines = (whole: boolean) => {
      const end = whole ? request.responseText.length : request.responseText.lastIndexOf('\n') + 1
      for (const text of request.responseText.slice(seen, end).split('\n')) {
        if (!text.trim()) continue
        const line: UploadLine = JSON.parse(text)
        if (line.kind === 'progress') onProgress(Object.assign(progress, { read: line.read }))
        else if (line.kind === 'report') report = line.report
        else problem = line.message
      }
      seen = Math.max(seen, end)
    }

    request.upload.onprogress = event => onProgress(Object.assign(progress, { sentBytes: event.loaded }))
    request.onprogress = () => readLines(false)
    request.onload = () => {
      try {
        readLines(true)
      } catch {
        problem = request.status === 401 ? 'You are signed out. Sign in and send the file again.' : lost
      }
      if (report) resolve(report)
      else reject(new UploadFailure(problem ?? lost))
    }
    request.onerror = () => reject(new UploadFailure(lost))
    request.onabort = () => reject(new UploadFailure('Stopped.'))
    signal.addEventListener('abort', () => request.abort())
    request.open('POST', `/api/upload?${new URLSearchParams({ type, name: file.name })}`)
    request.setRequestHeader('content-type', 'application/octet-stream')
    request.send(file)
  })
}
