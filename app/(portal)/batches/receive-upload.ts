import { Readable } from 'node:stream'
import type { Database } from '@/lib/db/pool'
import { FormError } from '@/lib/form-error'
import type { BatchContext } from '@/lib/inventory/batches/context'
import { createBatch } from '@/lib/inventory/batches/create-batch'
import { mappingOf } from '@/lib/inventory/batches/mapping-of'
import { startCheck } from '@/lib/inventory/batches/start-check'
import { DeclaredFields, declaredProblems } from './upload/declared-fields'

const maxBytes = 8 * 1024 ** 3
const tooLarge = 'This file is larger than 8 GB. Split it and upload the parts.'

/** What came with a file; empty texts say nothing. */
export interface UploadFields {
  name: string
  typeName: string
  vendor: string
  quantity: string
  firstIccid: string
  lastIccid: string
}

/** Counts what passes. @throws FormError when it is too much */
async function* limited(source: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  let bytes = 0
  for await (const chunk of source) {
    bytes += chunk.length
    if (bytes > maxBytes) throw new FormError(tooLarge)
    yield chunk
  }
}

/**
 * A vendor's file becomes a batch; one whose columns need not be looked at is checked at once.
 * @returns the batch's id
 * @throws FormError, NotAllowed
 */
export async function receiveUpload(
  db: Database,
  ctx: BatchContext,
  body: ReadableStream<Uint8Array>,
  { name, typeName, vendor, ...typed }: UploadFields,
): Promise<string> {
  const problems = declaredProblems(typed)
  const [problem] = Object.values(problems)
  if (problem) throw new FormError(`What the vendor declared cannot be used. ${problem}`, problems)
  const declared = DeclaredFields.parse(typed)
  const source = Readable.fromWeb(body as Parameters<typeof Readable.fromWeb>[0])
  const { batchId } = await createBatch(db, ctx, {
    name,
    typeName,
    source: limited(source),
    declared: Object.fromEntries(Object.entries(declared).filter(([, value]) => value !== undefined)),
    ...(vendor ? { vendor } : {}),
  })
  const { mapping } = await mappingOf(db, ctx, batchId)
  if (!mapping) await startCheck(db, ctx, batchId)
  return batchId
}
