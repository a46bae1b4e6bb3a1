'use client'

import { ChevronRight } from 'lucide-react'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { useCallback, useId, useState } from 'react'
import { countWords } from '@/components/number-words'
import { TypeOptions } from '@/components/profile/type-options'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { Field } from '@/components/ui/field'
import { Input, Select } from '@/components/ui/input'
import { declaredProblems } from './declared-fields'
import { DropZone } from './drop-zone'
import type { UploadParameters } from './upload-answer'
import { UploadRow } from './upload-row'
import { isToSend, type Upload, useUploads } from './use-uploads'

export interface UploadType {
  /** Null: it will be made with the first upload */
  id: string | null
  name: string
  live: boolean
  /** Without one, tables cannot become packages. */
  hasTemplate: boolean
}

interface UploadRoomProps {
  types: UploadType[]
  vendors: string[]
}

const nothing = { vendor: '', quantity: '', firstIccid: '', lastIccid: '' }

/** Files on their way to become batches, with what is known about them beside what they say. */
export function UploadRoom({ types, vendors }: UploadRoomProps) {
  const router = useRouter()
  const list = useId()
  const [declaring, setDeclaring] = useState(false)
  const [problems, setProblems] = useState<ReturnType<typeof declaredProblems>>({})
  const [parameters, setParameters] = useState<UploadParameters>({ ...nothing, type: types[0]?.name ?? '' })
  const onAllDone = useCallback(
    (done: Upload[]) => {
      const [only] = done
      if (done.length === 1 && only?.batchId) router.push(`/batches/${only.batchId}`)
      else router.refresh()
    },
    [router],
  )
  const { uploads, running, add, remove, start, stop } = useUploads(onAllDone)
  const waiting = uploads.filter(isToSend).length
  const set = (name: keyof typeof nothing | 'type') => (event: { target: { value: string } }) =>
    setParameters({ ...parameters, [name]: event.target.value })
  const send = () => {
    const found = declaredProblems(parameters)
    setProblems(found)
    if (Object.keys(found).length > 0) setDeclaring(true)
    else start(parameters)
  }
  const chosen = types.find(({ name }) => name === parameters.type)

  return (
    <div className="flex max-w-3xl flex-col gap-4">
      <Card>
        <div className="flex flex-col gap-4">
          <div className="grid gap-4 sm:grid-cols-2">
            <Field
              label="Type"
              hint={
                chosen?.hasTemplate ? (
                  'It has a template: tables become packages of it. Ready packages are taken too.'
                ) : (
                  <>
                    It has no template, so it takes ready packages only. For tables,{' '}
                    <Link href={chosen?.id ? `/types/${chosen.id}` : '/types'} className="text-accent underline underline-offset-2">
                      {chosen?.id ? 'give it a template' : 'give a type a template'}
                    </Link>
                    .
                  </>
                )
              }
            >
              {control => (
                <Select {...control} value={parameters.type} disabled={running} onChange={set('type')}>
                  <TypeOptions types={types} />
                </Select>
              )}
            </Field>
            <Field label="Vendor" optional hint="How a vendor's tables are read is remembered, and its transport keys are used.">
              {control => (
                <>
                  <Input
                    {...control}
                    list={list}
                    autoComplete="off"
                    maxLength={100}
                    disabled={running}
                    value={parameters.vendor}
                    onChange={set('vendor')}
                  />
                  <datalist id={list}>
                    {vendors.map(vendor => (
                      <option key={vendor} value={vendor} />
                    ))}
                  </datalist>
                </>
              )}
            </Field>
          </div>
          <DropZone disabled={running} onFiles={add} />
          {uploads.length > 0 ? (
            <ul aria-label="Chosen files" className="divide-y rounded-md border">
              {uploads.map(upload => (
                <UploadRow key={upload.id} upload={upload} onRemove={running ? undefined : () => remove(upload.id)} />
              ))}
            </ul>
          ) : null}
          <details className="group" open={declaring} onToggle={event => setDeclaring(event.currentTarget.open)}>
            <summary className="inline-flex items-center gap-1 rounded text-quiet marker:content-none hover:text-foreground">
              <ChevronRight className="size-4 shrink-0 transition-transform group-open:rotate-90" aria-hidden />
              What the vendor declared
            </summary>
            <div className="mt-3 grid gap-4 sm:grid-cols-3">
              <Field label="Quantity" optional error={problems.quantity}>
                {control => (
                  <Input {...control} inputMode="numeric" disabled={running} value={parameters.quantity} onChange={set('quantity')} />
                )}
              </Field>
              <Field label="First ICCID" optional error={problems.firstIccid}>
                {control => (
                  <Input
                    {...control}
                    className="identifier"
                    inputMode="numeric"
                    disabled={running}
                    value={parameters.firstIccid}
                    onChange={set('firstIccid')}
                  />
                )}
              </Field>
              <Field label="Last ICCID" optional error={problems.lastIccid}>
                {control => (
                  <Input
                    {...control}
                    className="identifier"
                    inputMode="numeric"
                    disabled={running}
                    value={parameters.lastIccid}
                    onChange={set('lastIccid')}
                  />
                )}
              </Field>
            </div>
            <p className="mt-2 text-quiet text-xs">
              From the delivery note: the report says where the file differs. It holds for each file.
            </p>
          </details>
          <div className="flex flex-wrap items-center gap-2">
            <Button variant="primary" disabled={running || waiting === 0} onClick={send}>
              {running ? 'Uploading…' : waiting > 0 ? `Upload ${countWords(waiting, 'file')}` : 'Upload'}
            </Button>
            {running ? <Button onClick={stop}>Stop</Button> : null}
            {!running && uploads.some(({ batchId }) => batchId) ? (
              <Button asChild variant="ghost">
                <Link href="/batches">See all batches</Link>
              </Button>
            ) : null}
          </div>
        </div>
      </Card>
    </div>
  )
}
