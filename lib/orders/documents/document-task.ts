import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { defineTask, type Task } from '@/lib/accounts/tasks'
import { beginDocument, type DocumentRow, finishDocument, removeDocument, writePiece } from '@/lib/db/document-rows'
import { type Database, transaction } from '@/lib/db/pool'
import { FormError } from '@/lib/form-error'
import { mayPass } from '@/lib/jobs/failure'
import type { Report } from '@/lib/jobs/task'
import { orderContext } from '../order-context'
import { DocumentRequest } from './document-options'
import { runFile, runWithCodes } from './run-files'
import type { DocumentContext } from './run-labels'

const pieceBytes = 262_144

/** Under which a piece is sealed. */
export const pieceIdentity = (documentId: string, place: number): string => `document_piece:${documentId}:${place}`

const Input = z.object({ documentId: z.uuid(), title: z.string() })
type Input = z.infer<typeof Input>

/** Makes a document, piece by piece. One that is begun again, because its server ended, leaves nothing of what was there before. */
export const makeDocument: Task<Input> = defineTask<Input>({
  kind: 'order:document',
  verb: 'order:codes',
  schema: Input,
  title: ({ title }) => title,
  run: async ({ db, vault, actor, now, addresses }, { documentId }, report) => {
    const attempt = randomUUID()
    const document = await transaction(db, tx => beginDocument(tx, documentId, attempt))
    if (!document) throw new FormError('This file is there no more: ask for it again.')
    if (!document.readyAt) {
      const ctx = await orderContext({ db, vault, actor, now: now() }, addresses)
      try {
        const isWritten = await writeDocument(db, ctx, { document, attempt, report, now })
        if (!isWritten) {
          await removeDocument(db, documentId, attempt)
          return
        }
      } catch (error) {
        if (!mayPass(error)) await removeDocument(db, documentId, attempt)
        throw error
      }
    }
    report.result({
      sentence: `${document.name} is ready, for a day.`,
      link: { href: `/orders/runs/${document.runId}`, name: 'The run and its files' },
    })
  },
})

/** @returns false when it was cancelled */
async function writeDocument(
  db: Database,
  ctx: DocumentContext,
  { document, attempt, report, now }: { document: DocumentRow; attempt: string; report: Report; now: () => Date },
): Promise<boolean> {
  const { id, runId } = document
  const request = DocumentRequest.parse({ runId, kind: document.kind, options: document.options })
  const run = await runWithCodes(db, runId)
  report.total(run.open)
  let hasCodes = false
  const octets = runFile(db, ctx, {
    ...request,
    onLabel: label => {
      hasCodes ||= label.confirmationCode !== undefined
      report.done()
    },
  })
  let place = 0
  for await (const piece of inPieces(octets)) {
    if (await report.cancelled()) return false
    const sealed = ctx.vault.seal(piece, pieceIdentity(id, place))
    if (!(await writePiece(db, { id, attempt, place: place++, sealed, bytes: piece.length }))) throw new FormError(overtaken)
  }
  if (await report.cancelled()) return false
  if (!(await finishDocument(db, { id, attempt, hasCodes, at: now() }))) throw new FormError(overtaken)
  return true
}

const overtaken =
  'This file was not finished: its time was over, another server began it anew, or its confirmation codes were forgotten meanwhile. Ask for it again.'

async function* inPieces(octets: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  let waiting: Buffer[] = []
  let bytes = 0
  for await (const some of octets) {
    waiting.push(some)
    bytes += some.length
    if (bytes < pieceBytes) continue
    yield Buffer.concat(waiting)
    waiting = []
    bytes = 0
  }
  if (bytes > 0) yield Buffer.concat(waiting)
}
