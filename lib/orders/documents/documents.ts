import { randomUUID } from 'node:crypto'
import { requireMay } from '@/lib/accounts/actor'
import { audit } from '@/lib/accounts/audit'
import { startTask } from '@/lib/accounts/tasks'
import { type DocumentRow, documentUnderWay, insertDocument, readDocument, readPiece, setDocumentTask } from '@/lib/db/document-rows'
import { type Database, type Queryable, transaction } from '@/lib/db/pool'
import { lockRun } from '@/lib/db/run-rows'
import { FormError } from '@/lib/form-error'
import type { Vault } from '@/lib/vault/vault'
import { type DocumentKind, type DocumentRequest, documentName, LabelOptions, MEDIA_TYPES } from './document-options'
import { makeDocument, pieceIdentity } from './document-task'
import { runFile, runWithCodes } from './run-files'
import type { DocumentContext } from './run-labels'

/** Files of more codes are made in the background; but for CSV, which costs next to nothing. */
export const mostAtOnce = 200

/** How long a file can be fetched. */
const keptMs = 24 * 3_600_000

const WHAT: Record<DocumentKind, string> = { csv: 'Codes', zip: 'QR codes', labels: 'Labels' }

/** A file as it is handed to a person. */
export interface TakenFile {
  name: string
  mediaType: string
  /** Known where it was made before */
  bytes?: number
  octets: AsyncGenerator<Buffer, void>
}

/**
 * Begins to make a file of a run in the background; the same one that is being made already is not made twice.
 * @throws FormError without such a run or codes in it; NotAllowed
 */
export async function startDocument(
  db: Database,
  { actor, now }: Pick<DocumentContext, 'actor' | 'now'>,
  { runId, kind, options: given }: Omit<DocumentRequest, 'options'> & { options?: Partial<LabelOptions> },
): Promise<{ documentId: string; taskId: string }> {
  requireMay(actor, 'order:codes')
  const run = await runWithCodes(db, runId)
  const labelOptions = LabelOptions.parse(given ?? {})
  const options = kind === 'labels' ? labelOptions : {}
  return transaction(db, async tx => {
    await lockRun(tx, runId)
    const before = await documentUnderWay(tx, { runId, kind, options })
    if (before) return before
    const documentId = randomUUID()
    const name = documentName(run.title, kind, labelOptions)
    const expiresAt = new Date(now.getTime() + keptMs)
    await insertDocument(tx, { id: documentId, runId, kind, options, name, expiresAt, createdAt: now, createdBy: actor.name })
    const what = kind === 'labels' && labelOptions.layout === 'card' ? 'Cards' : WHAT[kind]
    const taskId = await startTask(tx, actor, makeDocument, { documentId, title: `${what} of ${run.title}` })
    await setDocumentTask(tx, documentId, taskId)
    return { documentId, taskId }
  })
}

/**
 * Hands a file of a small run out at once. It is on the audit before the first octet, and again with what came of it.
 * @throws FormError when the run is too large for that, or has no codes; NotAllowed
 */
export async function takeCodes(db: Database, ctx: DocumentContext, { runId, kind, options }: DocumentRequest): Promise<TakenFile> {
  requireMay(ctx.actor, 'order:codes')
  const run = await runWithCodes(db, runId)
  if (run.open > mostAtOnce && kind !== 'csv')
    throw new FormError(
      `This run has ${run.open.toLocaleString('en-GB')} codes: its files are made in the background. Start that on the run's page, and fetch it there.`,
    )
  const name = documentName(run.title, kind, options)
  let codes = 0
  let confirmationCodes = 0
  const onLabel = (label: { confirmationCode?: string }) => {
    codes++
    if (label.confirmationCode) confirmationCodes++
  }
  const detail = () => ({ file: name, codes, confirmationCodes })
  const octets = audited(db, ctx, runId, { octets: runFile(db, ctx, { runId, kind, options, onLabel }), detail })
  return { name, mediaType: MEDIA_TYPES[kind], octets }
}

/**
 * Hands out a file that was made in the background, audited as above.
 * @throws FormError when it is not there (any more) or not ready; NotAllowed
 */
export async function takeDocument(
  db: Database,
  ctx: Pick<DocumentContext, 'actor' | 'now' | 'vault'>,
  { runId, documentId }: { runId: string; documentId: string },
): Promise<TakenFile> {
  requireMay(ctx.actor, 'order:codes')
  const document = await readDocument(db, documentId, ctx.now)
  if (document?.runId !== runId)
    throw new FormError('This file is there no more: files are kept for a day, and go when confirmation codes are forgotten.')
  if (!document.readyAt) throw new FormError('This file is still being made. Its progress is on the page of tasks.')
  const { name, bytes, hasCodes } = document
  const detail = () => ({ file: name, document: documentId, confirmationCodes: hasCodes })
  const octets = audited(db, ctx, runId, { octets: piecesOf(db, ctx.vault, document), detail })
  return { name, mediaType: MEDIA_TYPES[document.kind as DocumentKind] ?? 'application/octet-stream', bytes, octets }
}

/** What is in a document that is ready, opened piece by piece. @throws FormError when it is not there */
export async function* documentStream(db: Queryable, vault: Vault, documentId: string, now = new Date()): AsyncGenerator<Buffer, void> {
  const document = await readDocument(db, documentId, now)
  if (!document?.readyAt) throw new FormError('This file is not there (any more).')
  yield* piecesOf(db, vault, document)
}

async function* piecesOf(db: Queryable, vault: Vault, { id, bytes }: Pick<DocumentRow, 'id' | 'bytes'>): AsyncGenerator<Buffer, void> {
  let left = bytes
  for (let place = 0; left > 0; place++) {
    const sealed = await readPiece(db, id, place)
    if (!sealed) throw new Error('A piece of a document is gone: its time was over while it was fetched.')
    await vault.load(sealed)
    const piece = vault.open(sealed, pieceIdentity(id, place))
    left -= piece.length
    yield piece
  }
}

/** Writes who takes codes away: when they begin, and how it ended. */
async function* audited(
  db: Database,
  { actor }: Pick<DocumentContext, 'actor'>,
  runId: string,
  { octets, detail }: { octets: AsyncIterable<Buffer>; detail: () => Record<string, unknown> },
): AsyncGenerator<Buffer, void> {
  const target = `run ${runId}`
  const { file } = detail()
  await audit(db, actor, 'order:codes', { target, result: 'begun', detail: { file } })
  let result = 'broken off'
  try {
    yield* octets
    result = 'ok'
  } catch (error) {
    result = 'failed'
    throw error
  } finally {
    await audit(db, actor, 'order:codes', { target, result, detail: detail() })
  }
}
