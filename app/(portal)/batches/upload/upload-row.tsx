'use client'

import { CircleAlert, CircleCheck, Clock, X } from 'lucide-react'
import { byteWords, countWords } from '@/components/number-words'
import { Button } from '@/components/ui/button'
import { Progress } from '@/components/ui/progress'
import type { Upload } from './use-uploads'

/** "about 40 seconds left", from how fast it went so far. */
function timeLeft(upload: Upload): string | undefined {
  const elapsedMs = Date.now() - upload.startedAt
  if (upload.sentBytes === 0 || elapsedMs < 2_000) return undefined
  const seconds = Math.ceil(((upload.file.size - upload.sentBytes) * elapsedMs) / upload.sentBytes / 1000)
  return seconds < 90 ? `about ${countWords(seconds, 'second')} left` : `about ${countWords(Math.round(seconds / 60), 'minute')} left`
}

function words(upload: Upload): string {
  const size = byteWords(upload.file.size)
  if (upload.state === 'waiting') return size
  if (upload.state === 'sending') return [`${byteWords(upload.sentBytes)} of ${size} sent`, timeLeft(upload)].filter(Boolean).join(', ')
  if (upload.state === 'reading') return `${countWords(upload.read, 'package')} read…`
  if (upload.state === 'failed') return upload.problem ?? 'It did not work.'
  const { addedCount = 0, refusedCount = 0 } = upload.report ?? {}
  return `${countWords(addedCount, 'package')} added${refusedCount ? `, ${refusedCount} refused` : ''}`
}

/** One file on its way. */
export function UploadRow({ upload, onRemove }: { upload: Upload; onRemove: (() => void) | undefined }) {
  const { state, file } = upload
  const refused = upload.report?.refusedCount ?? 0
  return (
    <li className="flex flex-col gap-1.5 px-3 py-2.5">
      <div className="flex items-center gap-2.5">
        {state === 'done' && refused === 0 ? (
          <CircleCheck className="size-4 shrink-0 text-good" aria-hidden />
        ) : state === 'failed' || state === 'done' ? (
          <CircleAlert className={`size-4 shrink-0 ${state === 'failed' ? 'text-bad' : 'text-warn'}`} aria-hidden />
        ) : (
          <Clock className="size-4 shrink-0 text-quiet" aria-hidden />
        )}
        <span className="min-w-0 flex-1 truncate font-medium" title={file.name}>
          {file.name}
        </span>
        {state === 'waiting' && onRemove ? (
          <Button variant="ghost" size="icon" aria-label={`Leave out ${file.name}`} onClick={onRemove} className="-my-1">
            <X aria-hidden />
          </Button>
        ) : null}
      </div>
      <p className={state === 'failed' ? 'text-bad' : 'text-quiet'}>{words(upload)}</p>
      {state === 'sending' || state === 'reading' ? (
        <Progress label={`Upload of ${file.name}`} value={state === 'sending' ? upload.sentBytes / Math.max(file.size, 1) : undefined} />
      ) : null}
    </li>
  )
}
