'use client'

import { ArrowRight, CircleAlert, CircleCheck, Clock, X } from 'lucide-react'
import Link from 'next/link'
import { durationWords } from '@/components/batch/duration-words'
import { byteWords } from '@/components/number-words'
import { Button } from '@/components/ui/button'
import { Progress } from '@/components/ui/progress'
import type { Upload } from './use-uploads'

/** "12.4 MB a second, about 40 seconds left", from how fast it went so far. */
function pace({ sentBytes, startedAt, file }: Upload): string[] {
  const seconds = (Date.now() - startedAt) / 1000
  if (sentBytes === 0 || seconds < 1) return []
  const rate = sentBytes / seconds
  return [`${byteWords(Math.round(rate))} a second`, `about ${durationWords((file.size - sentBytes) / rate)} left`]
}

function words(upload: Upload): string {
  const size = byteWords(upload.file.size)
  if (upload.state === 'waiting') return size
  if (upload.state === 'sending') return [`${byteWords(upload.sentBytes)} of ${size} sent`, ...pace(upload)].join(', ')
  if (upload.state === 'reading') return 'All of it is sent. The server looks what it is…'
  if (upload.state === 'failed') return upload.problem || 'It did not work.'
  return `${size}, uploaded`
}

interface UploadRowProps {
  upload: Upload
  /** Undefined while files are being sent */
  onRemove: (() => void) | undefined
}

/** One file on its way. */
export function UploadRow({ upload, onRemove }: UploadRowProps) {
  const { state, file, batchId } = upload
  return (
    <li className="flex flex-col gap-1.5 px-3 py-2.5">
      <div className="flex items-center gap-2.5">
        {state === 'done' ? (
          <CircleCheck className="size-4 shrink-0 text-good" aria-hidden />
        ) : state === 'failed' ? (
          <CircleAlert className="size-4 shrink-0 text-bad" aria-hidden />
        ) : (
          <Clock className="size-4 shrink-0 text-quiet" aria-hidden />
        )}
        <span className="min-w-0 flex-1 truncate font-medium" title={file.name}>
          {file.name}
        </span>
        {(state === 'waiting' || state === 'failed') && onRemove ? (
          <Button variant="ghost" size="icon" aria-label={`Leave out ${file.name}`} onClick={onRemove} className="-my-1">
            <X aria-hidden />
          </Button>
        ) : null}
        {batchId ? (
          <Button asChild size="sm" className="-my-1">
            <Link href={`/batches/${batchId}`} aria-label={`Open the batch of ${file.name}`}>
              Open <ArrowRight aria-hidden />
            </Link>
          </Button>
        ) : null}
      </div>
      <p className={state === 'failed' ? 'text-bad' : 'text-quiet tabular-nums'}>{words(upload)}</p>
      {state === 'sending' || state === 'reading' ? (
        <Progress label={`Upload of ${file.name}`} value={state === 'sending' ? upload.sentBytes / Math.max(file.size, 1) : undefined} />
      ) : null}
    </li>
  )
}
