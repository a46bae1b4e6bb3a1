import type { DeviceImport, ImportMode } from '@/lib/inventory/devices/import-devices'
import type { DeviceListAnswer } from './device-list-answer'

const lost = 'The connection broke before all of the file was here. Nothing of it was kept: send it again.'

/**
 * Sends a table of TACs.
 * @param onSent is told which share of it is on its way, 0 to 1
 * @throws Error whose message is for people
 */
export function sendDeviceList(file: File, mode: ImportMode, onSent: (share: number) => void): Promise<DeviceImport> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    const fail = (message: string) => reject(new Error(message))
    request.responseType = 'json'
    request.upload.onprogress = ({ loaded, total }) => onSent(total > 0 ? loaded / total : 0)
    request.onload = () => {
      const answer = request.response as DeviceListAnswer | null
      if (answer && 'taken' in answer) resolve(answer)
      else fail(answer?.message ?? lost)
    }
    request.onerror = () => fail(lost)
    request.open('POST', `/api/devices?${new URLSearchParams({ mode, name: file.name })}`)
    request.setRequestHeader('content-type', 'application/octet-stream')
    request.send(file)
  })
}
