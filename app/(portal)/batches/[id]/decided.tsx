import { CircleCheck, Trash2, Undo2 } from 'lucide-react'
import Link from 'next/link'
import { countWords } from '@/components/number-words'
import { Button } from '@/components/ui/button'
import { RelativeTime } from '@/components/ui/relative-time'
import { may, type Role } from '@/lib/accounts/roles'
import { FaultyRowsButton } from './faulty-rows-button'
import { Outcome } from './outcome'
import { RollBack } from './roll-back'
import type { ShownBatch } from './shown-batch'
import type { StateProps } from './state-props'

const Decided = ({ batch: { decidedAt, decidedBy }, word }: { batch: ShownBatch; word: string }) => (
  <>
    {word} {decidedAt ? <RelativeTime at={decidedAt} /> : null}
    {decidedBy ? ` by ${decidedBy}` : ''}.
  </>
)

/** A batch that is stock. */
export function Approved({ batch, actor }: StateProps) {
  const { id, typeName, kept: profiles, report } = batch
  const left = report ? report.rows - profiles : 0
  return (
    <Outcome
      tone="good"
      icon={CircleCheck}
      title={`In stock: ${countWords(profiles, 'profile')} of ${typeName}.`}
      actions={
        <>
          <Button asChild variant="primary">
            <Link href={`/profiles?${new URLSearchParams({ batch: id })}`}>See its profiles</Link>
          </Button>
          {may(actor.role, 'batch:upload') ? <FaultyRowsButton batchId={id} rows={report ? report.refused + report.warned : 0} /> : null}
          {may(actor.role, 'batch:decide') ? <RollBack batchId={id} profiles={profiles} /> : null}
        </>
      }
    >
      <p>
        <Decided batch={batch} word="Approved" />
        {left > 0 ? ` ${countWords(left, 'row')} ${left === 1 ? 'was' : 'were'} left out.` : ''}
      </p>
    </Outcome>
  )
}

const uploadAgain = (role: Role) =>
  may(role, 'batch:upload') ? (
    <Button asChild>
      <Link href="/batches/upload">Upload a file</Link>
    </Button>
  ) : null

/** A batch that never became stock. */
export const Discarded = ({ batch, actor }: StateProps) => (
  <Outcome tone="plain" icon={Trash2} title="Discarded: nothing of it became stock." actions={uploadAgain(actor.role)}>
    <Decided batch={batch} word="Discarded" />
  </Outcome>
)

/** A batch that was stock. */
export const RolledBack = ({ batch, actor }: StateProps) => (
  <Outcome tone="plain" icon={Undo2} title="Taken out of stock again." actions={uploadAgain(actor.role)}>
    <Decided batch={batch} word="Rolled back" /> Its profiles and keys are deleted.
  </Outcome>
)
