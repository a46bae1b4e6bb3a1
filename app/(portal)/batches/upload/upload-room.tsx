'use client'

import { Plus } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useCallback, useState } from 'react'
import { countWords } from '@/components/number-words'
import { TypeOptions } from '@/components/profile/type-options'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { Dialog } from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { Select } from '@/components/ui/input'
import { TypeForm } from '../../types/type-form'
import { DropZone } from './drop-zone'
import type { UploadReport } from './upload-lines'
import { UploadReportCard } from './upload-report'
import { UploadRow } from './upload-row'
import { type Upload, useUploads } from './use-uploads'

interface UploadRoomProps {
  /** Without any the server makes one named `default`. */
  types: { name: string; live: boolean }[]
}

const fallback = 'default'

const wholeReport = (uploads: Upload[]): UploadReport => ({
  addedCount: uploads.reduce((sum, upload) => sum + (upload.report?.addedCount ?? 0), 0),
  refusedCount: uploads.reduce((sum, upload) => sum + (upload.report?.refusedCount ?? 0), 0),
  added: uploads.flatMap(upload => upload.report?.added ?? []),
  refused: uploads.flatMap(upload => upload.report?.refused ?? []),
})

export function UploadRoom({ types }: UploadRoomProps) {
  const router = useRouter()
  const known = types.some(each => each.name === fallback) ? types : [{ name: fallback, live: false }, ...types]
  const [type, setType] = useState(fallback)
  const [making, setMaking] = useState(false)
  const onAllDone = useCallback(() => router.refresh(), [router])
  const { uploads, running, add, remove, start, stop } = useUploads(onAllDone)
  const waiting = uploads.filter(upload => upload.state === 'waiting').length
  const report = wholeReport(uploads)
  const options = known.some(each => each.name === type) ? known : [...known, { name: type, live: false }]

  return (
    <div className="flex max-w-3xl flex-col gap-4">
      <Card>
        <div className="flex flex-col gap-4">
          <div className="flex flex-wrap items-start gap-2">
            <Field label="Type" className="w-64 max-w-full" hint="What these profiles have in common: name shown, class, limits.">
              {control => (
                <Select {...control} value={type} disabled={running} onChange={event => setType(event.target.value)}>
                  <TypeOptions types={options} />
                </Select>
              )}
            </Field>
            <Dialog
              open={making}
              onOpenChange={setMaking}
              wide
              title="New type"
              trigger={
                <Button disabled={running} className="sm:mt-6">
                  <Plus aria-hidden /> New type…
                </Button>
              }
            >
              <TypeForm
                onMade={name => {
                  setMaking(false)
                  setType(name)
                  router.refresh()
                }}
              />
            </Dialog>
          </div>
          <DropZone disabled={running} onFiles={add} />
          {uploads.length > 0 ? (
            <ul className="divide-y rounded-md border">
              {uploads.map(upload => (
                <UploadRow key={upload.id} upload={upload} onRemove={running ? undefined : () => remove(upload.id)} />
              ))}
            </ul>
          ) : null}
          <div className="flex flex-wrap items-center gap-2">
            <Button variant="primary" disabled={running || waiting === 0} onClick={() => start(type)}>
              {running ? 'Uploading…' : waiting > 0 ? `Upload ${countWords(waiting, 'file')}` : 'Upload'}
            </Button>
            {running ? <Button onClick={stop}>Stop</Button> : null}
          </div>
        </div>
      </Card>
      {!running && report.addedCount + report.refusedCount > 0 ? <UploadReportCard report={report} type={type} /> : null}
    </div>
  )
}
