import { csvLine } from '@/lib/csv'
import type { Label } from './label'
import { Turns } from './turns'

const HEADING = [
  'iccid',
  'activation_code',
  'smdp_address',
  'matching_id',
  'confirmation_code',
  'valid_until',
  'page',
  'reference',
  'email',
  'eid',
  'state',
]

const cellsOf = (label: Label): string[] => [
  label.iccid,
  label.activationCode,
  label.smdpAddress,
  label.matchingId,
  label.confirmationCode ?? '',
  label.expiresAt?.toISOString() ?? '',
  label.page ?? '',
  label.reference ?? '',
  label.customerEmail ?? '',
  label.eid ?? '',
  label.state,
]

const linesAtOnce = 200

/** The codes as CSV in UTF-8, written as it is taken. */
export async function* csvOfLabels(labels: AsyncIterable<Label>): AsyncGenerator<Buffer, void> {
  const turns = new Turns()
  let lines = [csvLine(HEADING)]
  for await (const label of labels) {
    lines.push(csvLine(cellsOf(label)))
    if (lines.length < linesAtOnce) continue
    yield Buffer.from(lines.join(''))
    lines = []
    await turns.next()
  }
  if (lines.length > 0) yield Buffer.from(lines.join(''))
}
