'use client'

import { FileUp } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { type DragEvent, useCallback, useId, useRef, useState } from 'react'
import { toast } from 'sonner'
import { classNames } from '@/components/class-names'
import { byteWords, countWords } from '@/components/number-words'
import { Button } from '@/components/ui/button'
import { Notice } from '@/components/ui/notice'
import { Progress } from '@/components/ui/progress'
import { type ActionAnswer, useAction } from '@/components/use-action'
import type { TemplateReport } from '@/lib/inventory/templates'
import { putTemplate, readTemplate } from '../actions'
import { TemplateContents } from './template-contents'

/** What the server takes; a larger body would not reach it. */
const maxBytes = 1_000_000

interface TemplateUploadProps {
  typeId: string
  /** The template that the type has now */
  replaces: string | null
}

interface Chosen {
  name: string
  bytes: Uint8Array<ArrayBuffer>
}

/** What the server found in a file: another may have been chosen since. */
interface Looked {
  file: Chosen
  report?: TemplateReport
  refusal?: string
}

async function lookAt(file: Chosen): Promise<ActionAnswer<Looked>> {
  const answer = await readTemplate({ bytes: file.bytes })
  return { ok: true, data: answer.ok ? { file, report: answer.data } : { file, refusal: answer.message } }
}

/** Takes a file, shows what is in it, and on a person's word makes it the template. */
export function TemplateUpload({ typeId, replaces }: TemplateUploadProps) {
  const router = useRouter()
  const id = useId()
  const input = useRef<HTMLInputElement>(null)
  const [over, setOver] = useState(false)
  const [chosen, setChosen] = useState<Chosen>()
  const [looked, setLooked] = useState<Looked>()
  const reading = useAction(lookAt, setLooked)
  const saving = useAction(
    putTemplate,
    useCallback(() => {
      toast.success('The template is in use for batches from now on.')
      setChosen(undefined)
      router.refresh()
    }, [router]),
  )
  const { report, refusal } = looked && looked.file === chosen ? looked : {}
  const problem = refusal ?? reading.message

  const choose = async ([file]: File[]) => {
    if (!file || saving.pending) return
    leave()
    if (file.size > maxBytes) {
      reading.refuse(`${file.name} has ${byteWords(file.size)}; a template may have ${byteWords(maxBytes)}.`)
      return
    }
    const next = { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) }
    setChosen(next)
    reading.run(next)
  }
  const drag = (inside: boolean) => (event: DragEvent) => {
    event.preventDefault()
    setOver(inside && !saving.pending)
  }
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    choose([...event.dataTransfer.files])
  }
  const leave = () => {
    setChosen(undefined)
    reading.refuse('')
    saving.refuse('')
  }

  return (
    <div className="flex flex-col gap-4">
      <section
        aria-label="Another template"
        onDragOver={drag(true)}
        onDragLeave={drag(false)}
        onDrop={drop}
        className={classNames(
          'flex flex-wrap items-center gap-3 rounded-lg border-2 border-control/50 border-dashed px-4 py-4',
          over && 'border-accent bg-accent-soft',
        )}
      >
        <FileUp className="size-6 text-quiet" aria-hidden />
        <p className="min-w-0 flex-1 basis-48">
          Drop a profile package (.der) here to {replaces ? 'look at another template' : 'look at it'}.{' '}
          <span className="text-quiet">Nothing is kept before you say so.</span>
        </p>
        <Button disabled={saving.pending} onClick={() => input.current?.click()}>
          Choose a file…
        </Button>
        <label htmlFor={id} className="sr-only">
          Template
        </label>
        <input
          ref={input}
          id={id}
          type="file"
          accept=".der,.bin,application/octet-stream"
          className="sr-only"
          tabIndex={-1}
          disabled={saving.pending}
          onChange={event => {
            choose([...(event.target.files ?? [])])
            event.target.value = ''
          }}
        />
      </section>
      {reading.pending && !report ? <Progress label="Reading the template" value={undefined} /> : null}
      {problem ? (
        <Notice tone="bad" title={chosen ? `${chosen.name} cannot be a template.` : 'This cannot be a template.'} live>
          {problem}
        </Notice>
      ) : null}
      {chosen && report ? (
        <section aria-label="The chosen file" className="flex flex-col gap-4 rounded-lg border p-4">
          <Verdict name={chosen.name} report={report} replaces={replaces} />
          {saving.message ? (
            <Notice tone="bad" title="The template was not changed." live>
              {saving.message}
            </Notice>
          ) : null}
          <footer className="flex flex-wrap gap-2">
            {report.errors.length === 0 ? (
              <Button variant="primary" disabled={saving.pending} onClick={() => saving.run({ typeId, replaces, file: chosen })}>
                {saving.pending ? 'Saving…' : 'Use this template'}
              </Button>
            ) : null}
            <Button disabled={saving.pending} onClick={leave}>
              {report.errors.length === 0 ? 'Not now' : 'Put it away'}
            </Button>
          </footer>
          <TemplateContents report={report} />
        </section>
      ) : null}
    </div>
  )
}

function Verdict({ name, report: { tree, values, errors }, replaces }: { name: string; report: TemplateReport; replaces: string | null }) {
  if (errors.length > 0)
    return (
      <Notice tone="bad" title={`A device could not install packages of ${name}, so it cannot be the template.`} live>
        <ul className="list-disc pl-5">
          {errors.map(error => (
            <li key={error}>{error}</li>
          ))}
        </ul>
      </Notice>
    )
  const taken = values.filter(({ places }) => places.length > 0).length
  return (
    <Notice tone="good" title={`${name} can be the template.`} live>
      {countWords(tree.elements.length, 'element')}, {byteWords(tree.sizeBytes)}, and it takes {countWords(taken, 'value')} of a row.{' '}
      {replaces ? 'Batches that are checked from now on would use it; those that were checked keep the present one.' : ''}
    </Notice>
  )
}
