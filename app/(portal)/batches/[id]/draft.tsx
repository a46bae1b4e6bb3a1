import Link from 'next/link'
import { countWords, numberWords } from '@/components/number-words'
import { Button } from '@/components/ui/button'
import { Notice } from '@/components/ui/notice'
import { RelativeTime } from '@/components/ui/relative-time'
import { may } from '@/lib/accounts/roles'
import { Approve } from './approve'
import { Discard } from './discard'
import { FaultyRowsButton } from './faulty-rows-button'
import { BatchMapping } from './mapping/batch-mapping'
import { Recheck } from './recheck'
import { Report } from './report'
import { SecondPerson } from './second-person'
import type { StateProps } from './state-props'

export interface DraftProps extends StateProps {
  /** Somebody wants to read the file otherwise. */
  remap: boolean
}

/** A checked batch: its report, and the decision. */
export function Draft({ batch, actor, remap }: DraftProps) {
  const { id, name, report, request, table } = batch
  if (!report) return null
  const mayCheck = may(actor.role, 'batch:upload')
  if (remap && table && mayCheck) {
    return (
      <div className="flex flex-col gap-4">
        <Notice tone="info" title="This report goes when the file is checked again.">
          <Link href={`/batches/${id}`} className="text-accent underline underline-offset-2">
            Back to the report
          </Link>
        </Notice>
        <BatchMapping batch={batch} again />
      </div>
    )
  }
  const failed = report.preflight?.result === 'failed'
  const mayDecide = may(actor.role, 'batch:decide')
  const faulty = mayCheck ? <FaultyRowsButton batchId={id} rows={report.refused + report.warned} /> : null
  if (request) {
    const { detail, requestedBy, requestedAt } = request
    const mine = requestedBy === actor.name
    return (
      <Report
        report={report}
        actions={
          <>
            <SecondPerson approvalId={request.id} mine={mine} mayDecide={may(actor.role, 'approval:decide')}>
              <p>
                {mine ? 'You' : requestedBy} asked <RelativeTime at={requestedAt} /> to approve{' '}
                {detail.how === 'all'
                  ? `all ${numberWords(report.good + report.warned)} rows`
                  : `the ${countWords(report.good, 'good row')} only`}
                .{mine ? ' Anybody else who may decide about batches can approve it, on this page.' : ''}
              </p>
            </SecondPerson>
            {faulty}
          </>
        }
      />
    )
  }
  return (
    <Report
      report={report}
      actions={
        <>
          {mayDecide && !failed ? (
            <Approve
              batchId={id}
              good={report.good}
              warned={report.warned}
              refused={report.refused}
              wholeError={report.whole.some(({ severity }) => severity === 'error')}
              byTwo={batch.byTwo}
            />
          ) : null}
          {faulty}
          {mayCheck && failed ? <Recheck batchId={id} again look="outline" /> : null}
          <span className="flex flex-wrap gap-2 sm:ml-auto">
            {mayCheck && table ? (
              <Button asChild variant="ghost">
                <Link href={`/batches/${id}?mapping=change`}>Read it differently</Link>
              </Button>
            ) : null}
            {mayCheck && !table && !failed ? <Recheck batchId={id} again look="ghost" /> : null}
            {mayDecide ? <Discard batchId={id} name={name} /> : null}
          </span>
        </>
      }
    />
  )
}
