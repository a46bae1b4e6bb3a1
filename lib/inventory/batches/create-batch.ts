import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { requireMay } from '@/lib/accounts/actor'
import { audit } from '@/lib/accounts/audit'
import { type Declared, insertBatch } from '@/lib/db/batches/batch-rows'
import { readVendorMapping } from '@/lib/db/batches/vendor-rows'
import { type Database, transaction } from '@/lib/db/pool'
import { type ProfileTypeRow, readProfileType } from '@/lib/db/type-rows'
import { FormError } from '@/lib/form-error'
import { newDataKey } from '@/lib/vault/data-keys'
import { FileError } from '../formats/file-error'
import { adaptMapping, CsvMapping } from '../formats/mapping'
import { openUpload, type Upload } from '../formats/open-upload'
import { pgpPrivateKeys } from '../pgp-keys'
import { defaultTypeName, ensureDefaultType } from '../types'
import { auditTarget, type BatchContext } from './context'
import type { KeptFacts } from './facts'
import { type KeptUpload, keepUpload } from './sealed-upload'
import { besideOf, newUploadName, uploadsFolder } from './uploads-folder'

export interface NewUpload {
  /** What the person calls the file */
  name: string
  typeName: string
  /** Who made it; their mapping and transport keys are used */
  vendor?: string | undefined
  declared?: Declared | undefined
  source: AsyncIterable<Uint8Array>
  /** A table that belongs to a ZIP file of packages */
  beside?: AsyncIterable<Uint8Array> | undefined
  /** Is told how many octets have come. */
  onProgress?: ((bytes: number) => void) | undefined
}

const maxNameLength = 255

/** A file's name as it can be shown and stored: not endless, no control characters, no halves of surrogate pairs. */
const readable = (name: string): string =>
  Buffer.from(name.slice(0, maxNameLength), 'utf8')
    .toString('utf8')
    .replace(/\p{Cc}/gu, '')
    .trim() || 'upload'

/**
 * Takes a file in: keeps it sealed in the data folder and looks at its beginning. Where anything is wrong with it, or this process ends before it has come
 * whole, nothing of it is left.
 * @throws FormError when there is no such type, or the file cannot be read; NotAllowed
 */
export async function createBatch(db: Database, ctx: BatchContext, upload: NewUpload): Promise<{ batchId: string }> {
  requireMay(ctx.actor, 'batch:upload')
  const type = await typeNamed(db, ctx, upload.typeName)
  const file = await newUploadName(ctx.dataDir)
  const paths = [file, besideOf(file)].map(name => join(uploadsFolder(ctx.dataDir), name)) as [string, string]
  const kept: KeptUpload[] = []
  try {
    kept.push(await keepUpload(paths[0], upload.source, upload.onProgress))
    if (upload.beside) kept.push(await keepUpload(paths[1], upload.beside))
    const batchId = await keepBatch(db, ctx, { upload, type, file, kept })
    return { batchId }
  } catch (error) {
    for (const path of paths) await rm(path, { force: true })
    throw error instanceof FileError ? new FormError(error.message) : error
  } finally {
    for (const each of kept) await each.close()
  }
}

async function typeNamed(db: Database, { actor }: BatchContext, name: string): Promise<ProfileTypeRow> {
  if (name === defaultTypeName) await ensureDefaultType(db, actor)
  const type = await readProfileType(db, name)
  if (!type) throw new FormError(`There is no profile type named ${name}. Create it first.`, { type: 'Unknown type' })
  return type
}

async function keepBatch(
  db: Database,
  ctx: BatchContext,
  { upload, type, file, kept: [main, beside] }: { upload: NewUpload; type: ProfileTypeRow; file: string; kept: KeptUpload[] },
): Promise<string> {
  if (!main) throw new Error('Nothing was kept.')
  const vendor = upload.vendor?.trim() || null
  const pgpPrivateKey = await pgpPrivateKeys(db, ctx.vault)
  const opened = await openUpload(main.source, {
    ...(pgpPrivateKey ? { pgpPrivateKey } : {}),
    ...(beside ? { beside: beside.source } : {}),
    spoolFolder: uploadsFolder(ctx.dataDir),
  })
  let found: ReturnType<typeof factsOf>
  try {
    requireTemplate(opened, type)
    found = factsOf(opened, vendor === null ? undefined : await readVendorMapping(db, vendor))
  } finally {
    await opened.close()
  }
  const { facts, mapping, quantity } = found
  return transaction(db, async tx => {
    const dataKeyId = await newDataKey(tx, ctx.vault)
    await main.sealKey(ctx.vault, file, dataKeyId)
    await beside?.sealKey(ctx.vault, besideOf(file), dataKeyId)
    const name = readable(upload.name)
    const batchId = await insertBatch(tx, {
      typeId: type.id,
      dataKeyId,
      name,
      vendor,
      format: opened.format,
      facts,
      mapping: mapping ?? null,
      declared: { ...(quantity === undefined ? {} : { quantity }), ...upload.declared },
      file,
      fileBytes: main.bytes,
      rowsTotal: facts.packages || quantity || null,
      createdAt: ctx.now,
      createdBy: ctx.actor.name,
    })
    await audit(tx, ctx.actor, 'batch:upload', {
      target: auditTarget(batchId),
      detail: { file: name, type: type.name, bytes: main.bytes, format: opened.format, ...(vendor ? { vendor } : {}) },
    })
    return batchId
  })
}

/** Values without packages need a template to become profiles. @throws FormError */
export function requireTemplate(
  { format, facts }: { format: string; facts: { packages?: number } },
  type: { name: string; templateId: string | null },
): void {
  if (type.templateId !== null || facts.packages || format === 'der') return
  throw new FormError(
    `The file has values of subscribers and no packages, and the type ${type.name} has no template to put them into. Give the type a template, or upload packages.`,
    { type: 'No template' },
  )
}

function factsOf(upload: Upload, remembered: unknown): { facts: KeptFacts; mapping?: CsvMapping; quantity?: number } {
  const { facts, columns, mapping: guessed } = upload
  const known = guessed ? fitting(remembered, guessed) : undefined
  const mapping = known ?? guessed
  const quantity = facts.declared
  return {
    facts: { ...facts, remembered: known !== undefined, ...(columns ? { columns } : {}) },
    ...(mapping ? { mapping } : {}),
    ...(quantity === undefined ? {} : { quantity }),
  }
}

/** The meanings of the vendor's last file for the columns of this one; undefined where they do not fit. */
function fitting(remembered: unknown, guessed: CsvMapping): CsvMapping | undefined {
  const { data: known } = CsvMapping.safeParse(remembered)
  if (!known) return undefined
  const headers = guessed.columns.map(({ header }) => header)
  const isNamed = headers.every(header => header !== undefined)
  const columns = isNamed
    ? adaptMapping(known, headers.map(String))?.columns
    : known.columns.length === headers.length && known.columns.every(({ header }) => header === undefined)
      ? known.columns
      : undefined
  if (!columns) return undefined
  const { transport: _, ...rest } = guessed
  return { ...rest, columns, ...(known.transport ? { transport: known.transport } : {}) }
}
