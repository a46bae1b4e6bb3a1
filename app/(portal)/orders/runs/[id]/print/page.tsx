import type { Metadata } from 'next'
import Link from 'next/link'
import { notFound } from 'next/navigation'
import { z } from 'zod'
import { numberWords } from '@/components/number-words'
import { PageHeader } from '@/components/shell/page-header'
import { Button } from '@/components/ui/button'
import { Notice } from '@/components/ui/notice'
import { audit } from '@/lib/accounts/audit'
import { requirePage } from '@/lib/action'
import { database } from '@/lib/db/pool'
import { runDetail } from '@/lib/db/run-rows'
import type { Label } from '@/lib/orders/documents/label'
import { runLabels } from '@/lib/orders/documents/run-labels'
import { orderContext } from '@/lib/orders/order-context'
import { vault } from '@/lib/vault/vault'
import { PrintButton } from './print-button'
import { PrintLabel } from './print-label'

export const metadata: Metadata = { title: 'Codes to print' }

const perPage = 120

// On paper there are only the codes, on white, whatever the theme.
const paper = `@media print {
  html { scrollbar-gutter: auto !important }
  body header, body [data-screen] { display: none !important }
  body, body main { background: #fff !important; padding: 0 2mm 0 0 !important }
  body main > div { max-width: none !important }
}
@page { margin: 10mm }`

const Query = z.object({
  after: z
    .string()
    .regex(/^[0-9]{18,20}$/)
    .optional()
    .catch(undefined),
})

interface Props {
  params: Promise<{ id: string }>
  searchParams: Promise<Record<string, string | string[] | undefined>>
}

/** A run's codes as a page of the browser to print, some at a time. Whoever opens it has taken them: it is on the audit. */
export default async function PrintPage({ params, searchParams }: Props) {
  const { actor } = await requirePage('order:codes')
  const runId = z.uuid().safeParse((await params).id)
  const db = database()
  const run = runId.success ? await runDetail(db, runId.data) : undefined
  if (!run) notFound()
  const { after } = Query.parse(await searchParams)
  const ctx = await orderContext({ db, vault: vault(), actor, now: new Date() })
  const labels: Label[] = []
  for await (const label of runLabels(db, ctx, run.id, { after, most: perPage })) labels.push(label)
  const withCodes = labels.filter(({ confirmationCode }) => confirmationCode).length
  await audit(db, actor, 'order:codes', {
    target: `run ${run.id}`,
    detail: { file: 'print view', codes: labels.length, confirmationCodes: withCodes },
  })
  const last = labels.length === perPage ? labels.at(-1)?.iccid : undefined
  const self = `/orders/runs/${run.id}`
  return (
    <>
      <style>{paper}</style>
      <div data-screen className="mb-5 flex flex-col gap-3">
        <PageHeader title="Codes to print" description={`${run.title}: ${numberWords(run.open)} codes can be used.`} />
        {run.open > perPage ? (
          <Notice tone="info" title={`${numberWords(perPage)} codes are shown at a time.`}>
            For all of them on sheets of labels or on cards, make the PDF on the page of the run.
          </Notice>
        ) : null}
        <div className="flex flex-wrap gap-2">
          {labels.length > 0 ? <PrintButton /> : null}
          {last ? (
            <Button asChild>
              <Link prefetch={false} href={`${self}/print?after=${last}`}>
                Next {numberWords(perPage)}
              </Link>
            </Button>
          ) : null}
          <Button asChild variant="ghost">
            <Link href={self}>Back to the run</Link>
          </Button>
        </div>
      </div>
      {labels.length > 0 ? (
        <ul aria-label="Codes" className="grid grid-cols-1 gap-2 sm:grid-cols-2 xl:grid-cols-3 print:grid-cols-3">
          {labels.map(label => (
            <PrintLabel key={label.iccid} label={label} />
          ))}
        </ul>
      ) : (
        <p data-screen>There are no more codes that could be used: all were taken by phones, cancelled, or are on the pages before.</p>
      )}
    </>
  )
}
