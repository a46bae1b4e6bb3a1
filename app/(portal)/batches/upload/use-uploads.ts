'use client'

import { useCallback, useRef, useState } from 'react'
import { sendFile, UploadFailure } from './send-file'
import type { UploadParameters } from './upload-answer'

export interface Upload {
  id: number
  file: File
  state: 'waiting' | 'sending' | 'reading' | 'done' | 'failed'
  sentBytes: number
  startedAt: number
  batchId?: string
  problem?: string
}

/** Those that failed are sent again. */
export const isToSend = ({ state }: Upload): boolean => state === 'waiting' || state === 'failed'

/** Sends the chosen files one after the other and keeps what became of each. */
export function useUploads(onAllDone: (uploads: Upload[]) => void) {
  const [uploads, setUploads] = useState<Upload[]>([])
  const [running, setRunning] = useState(false)
  const nextId = useRef(1)
  const abort = useRef<AbortController>(undefined)

  const update = useCallback(
    (id: number, change: Partial<Upload>) =>
      setUploads(before => before.map(upload => (upload.id === id ? { ...upload, ...change } : upload))),
    [],
  )

  const add = useCallback((files: File[]) => {
    const added = files.map((file): Upload => ({ id: nextId.current++, file, state: 'waiting', sentBytes: 0, startedAt: 0 }))
    setUploads(before => [...before, ...added])
  }, [])

  const remove = useCallback((id: number) => setUploads(before => before.filter(upload => upload.id !== id)), [])

  const start = useCallback(
    async (parameters: UploadParameters) => {
      const controller = new AbortController()
      abort.current = controller
      setRunning(true)
      const done: Upload[] = []
      for (const upload of uploads.filter(isToSend)) {
        if (controller.signal.aborted) break
        const { id, file } = upload
        update(id, { state: 'sending', sentBytes: 0, startedAt: Date.now() })
        const onSent = (sentBytes: number) => update(id, { sentBytes, state: sentBytes < file.size ? 'sending' : 'reading' })
        try {
          const batchId = await sendFile(file, parameters, onSent, controller.signal)
          update(id, { state: 'done', batchId })
          done.push({ ...upload, state: 'done', batchId })
        } catch (error) {
          if (!(error instanceof UploadFailure)) throw error
          update(id, { state: 'failed', problem: error.message })
          done.push({ ...upload, state: 'failed', problem: error.message })
        }
      }
      setRunning(false)
      onAllDone(done)
    },
    [onAllDone, update, uploads],
  )

  const stop = useCallback(() => abort.current?.abort(), [])
  return { uploads, running, add, remove, start, stop }
}
