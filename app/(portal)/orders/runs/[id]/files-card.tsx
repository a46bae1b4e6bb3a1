'use client'

import { Download, FileArchive, FileSpreadsheet, FileText, Printer } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { type ReactNode, useCallback, useState } from 'react'
import { byteWords, countWords } from '@/components/number-words'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { Field } from '@/components/ui/field'
import { Select } from '@/components/ui/input'
import { Notice } from '@/components/ui/notice'
import { RelativeTime } from '@/components/ui/relative-time'
import { problemTitle, useAction } from '@/components/use-action'
import {
  type DocumentKind,
  LABEL_LANGUAGE_NAMES,
  LABEL_LANGUAGES,
  LAYOUT_NAMES,
  LAYOUTS,
  type LabelOptions,
  labelLanguageHint,
} from '@/lib/orders/documents/document-options'
import type { TaskView } from '../../../tasks/snapshot'
import { makeFile } from '../../actions'
import { RunTask } from './run-task'

/** A file of a run that was made in the background, or is being made. */
export interface MadeFile {
  id: string
  name: string
  bytes: number
  /** It holds confirmation codes. */
  hasCodes: boolean
  readyAt: Date | null
  expiresAt: Date
  task: TaskView | undefined
}

interface FilesCardProps {
  runId: string
  /** Codes that can still be used: those are in the files. */
  open: number
  /** They are few: files are made while they are sent. */
  atOnce: boolean
  issuing: boolean
  files: MadeFile[]
  withCodes: boolean
}

interface RowProps {
  icon: typeof FileText
  title: string
  about: string
  action: ReactNode
  children?: ReactNode
}

const Row = ({ icon: Icon, title, about, action, children }: RowProps) => (
  <li className="flex flex-col gap-3 py-3 first:pt-0 last:pb-0">
    <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
      <div className="flex min-w-0 flex-1 basis-60 items-start gap-2.5">
        <Icon className="mt-0.5 size-4 shrink-0 text-quiet" aria-hidden />
        <div className="min-w-0">
          <h3 className="font-medium">{title}</h3>
          <p className="text-quiet text-xs">{about}</p>
        </div>
      </div>
      {action}
    </div>
    {children}
  </li>
)

/** The codes of a run as files: small ones at once, large ones made in the background. */
export function FilesCard({ runId, open, atOnce, issuing, files, withCodes }: FilesCardProps) {
  const router = useRouter()
  const [options, setOptions] = useState<LabelOptions>({ layout: 'a4-grid', language: 'en' })
  const { run, pending, message } = useAction(
    makeFile,
    useCallback(() => router.refresh(), [router]),
  )
  if (open === 0 || issuing)
    return (
      <Card title="Files">
        <p className="text-quiet">
          {issuing
            ? 'QR codes, labels and lists can be taken as soon as all of them are issued.'
            : 'None of these codes can be used any more, so there is nothing to hand out.'}
        </p>
      </Card>
    )
  const take = (kind: DocumentKind, what: string) => {
    const query = kind === 'labels' ? `?${new URLSearchParams(options)}` : ''
    return atOnce || kind === 'csv' ? (
      <Button asChild>
        <a href={`/api/runs/${runId}/files/${kind}${query}`} download>
          <Download aria-hidden /> {what}
        </a>
      </Button>
    ) : (
      <Button disabled={pending} onClick={() => run({ runId, kind, ...(kind === 'labels' ? { options } : {}) })}>
        Make {what}
      </Button>
    )
  }
  return (
    <Card
      title="Files"
      description={`${countWords(open, 'code')} that can still be used${withCodes ? ', with their confirmation codes' : ''}. Who takes a file is recorded.`}
    >
      <div className="flex flex-col gap-4">
        <ul className="divide-y">
          <Row icon={FileText} title="Labels and cards" about="QR codes to print, with ICCID and reference." action={take('labels', 'PDF')}>
            <div className="grid gap-3 sm:grid-cols-[3fr_2fr]">
              <Field label="Paper">
                {control => (
                  <Select
                    {...control}
                    value={options.layout}
                    onChange={event => {
                      const layout = LAYOUT_NAMES.find(each => each === event.target.value)
                      if (layout) setOptions({ ...options, layout })
                    }}
                  >
                    {LAYOUT_NAMES.map(layout => (
                      <option key={layout} value={layout}>
                        {LAYOUTS[layout]}
                      </option>
                    ))}
                  </Select>
                )}
              </Field>
              <Field label="Language" hint={<span title={labelLanguageHint}>Of what is printed beside the codes.</span>}>
                {control => (
                  <Select
                    {...control}
                    value={options.language}
                    onChange={event => {
                      const language = LABEL_LANGUAGE_NAMES.find(each => each === event.target.value)
                      if (language) setOptions({ ...options, language })
                    }}
                  >
                    {LABEL_LANGUAGE_NAMES.map(language => (
                      <option key={language} value={language}>
                        {LABEL_LANGUAGES[language]}
                      </option>
                    ))}
                  </Select>
                )}
              </Field>
            </div>
          </Row>
          <Row
            icon={FileArchive}
            title="Pictures"
            about="Each QR code as PNG and SVG, named by its ICCID, with the CSV."
            action={take('zip', 'ZIP')}
          />
          <Row icon={FileSpreadsheet} title="List" about="ICCIDs, activation codes, references and links." action={take('csv', 'CSV')} />
          <Row
            icon={Printer}
            title="Print view"
            about="The codes on a page, for the browser’s own printing."
            action={
              <Button asChild>
                <a href={`/orders/runs/${runId}/print`} target="_blank" rel="noreferrer">
                  Open
                </a>
              </Button>
            }
          />
        </ul>
        {message ? (
          <Notice tone="bad" title={problemTitle('The file is not being made.', message)} live>
            {message}
          </Notice>
        ) : null}
        {files.length > 0 ? <MadeFiles runId={runId} files={files} /> : null}
      </div>
    </Card>
  )
}

const MadeFiles = ({ runId, files }: { runId: string; files: MadeFile[] }) => (
  <section aria-label="Files that were made" className="flex flex-col gap-2 border-t pt-4">
    {files.map(({ id, name, bytes, hasCodes, readyAt, expiresAt, task }) =>
      readyAt ? (
        <div key={id} className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 rounded-md bg-good-soft/60 px-3 py-2">
          <div className="min-w-0 flex-1 basis-60">
            <p className="break-words font-medium">{name}</p>
            <p className="text-quiet text-xs">
              {byteWords(bytes)}
              {hasCodes ? ', with confirmation codes' : ''}, made <RelativeTime at={readyAt} />, goes <RelativeTime at={expiresAt} />
            </p>
          </div>
          <Button asChild variant="primary" size="sm">
            <a href={`/api/runs/${runId}/documents/${id}`} download>
              <Download aria-hidden /> Download
            </a>
          </Button>
        </div>
      ) : task ? (
        <RunTask key={id} task={task} />
      ) : null,
    )}
  </section>
)
