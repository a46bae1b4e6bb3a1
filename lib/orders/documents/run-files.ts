import type { Queryable } from '@/lib/db/pool'
import { type RunDetail, runDetail } from '@/lib/db/run-rows'
import { readProfileType } from '@/lib/db/type-rows'
import { FormError } from '@/lib/form-error'
import { readBrand } from '../brand'
import { csvOfLabels } from './csv-of-labels'
import type { DocumentKind, LabelOptions } from './document-options'
import type { Label, LabelBrand } from './label'
import { pdfOfLabels } from './pdf-of-labels'
import { type DocumentContext, runLabels } from './run-labels'
import { zipOfLabels } from './zip-of-labels'

/** A run whose codes can be given out. @throws FormError without one, or without codes */
export async function runWithCodes(db: Queryable, runId: string): Promise<RunDetail> {
  const run = await runDetail(db, runId)
  if (!run) throw new FormError('There is no such run of orders.')
  if (run.open === 0) throw new FormError('This run has no codes that could still be used: all were taken by phones, or cancelled.')
  return run
}

/** As customers know the operator; where nothing else is set, by the service provider's name of the type. */
export async function labelBrand(db: Queryable, run: Pick<RunDetail, 'type'>): Promise<LabelBrand> {
  const { name, colour, logo, helpUrl, helpText } = await readBrand(db)
  const type = name || !run.type ? undefined : await readProfileType(db, run.type)
  return {
    name: name || (type?.serviceProviderName ?? ''),
    colour,
    ...(logo ? { logo: Buffer.from(logo.bytes) } : {}),
    ...(helpUrl ? { helpUrl } : {}),
    ...(helpText ? { helpText } : {}),
  }
}

interface Watched {
  /** Is told of each label that is put into the file. */
  onLabel?: (label: Label) => void
}

async function* watched(labels: AsyncIterable<Label>, { onLabel }: Watched): AsyncGenerator<Label, void> {
  for await (const label of labels) {
    onLabel?.(label)
    yield label
  }
}

/** The codes of a run as CSV. Who takes it is the caller's to audit, here and below: see `takeCodes`. */
export const codesCsv = (db: Queryable, ctx: DocumentContext, runId: string, watch: Watched = {}): AsyncGenerator<Buffer, void> =>
  csvOfLabels(watched(runLabels(db, ctx, runId), watch))

/** A ZIP archive of QR codes as PNG and SVG, named by ICCID, and codes.csv. */
export const codesZip = (db: Queryable, ctx: DocumentContext, runId: string, watch: Watched = {}): AsyncGenerator<Buffer, void> =>
  zipOfLabels({ forCsv: runLabels(db, ctx, runId), forPictures: watched(runLabels(db, ctx, runId), watch) }, ctx.now)

/** Labels or cards as a PDF. @throws FormError without such a run */
export async function* labelsPdf(
  db: Queryable,
  ctx: DocumentContext,
  runId: string,
  { onLabel, ...options }: LabelOptions & Watched,
): AsyncGenerator<Buffer, void> {
  const run = await runDetail(db, runId)
  if (!run) throw new FormError('There is no such run of orders.')
  const labels = watched(runLabels(db, ctx, runId), onLabel ? { onLabel } : {})
  yield* pdfOfLabels(labels, { ...options, brand: await labelBrand(db, run), title: run.title, createdAt: ctx.now })
}

/** A file of a run, of any kind. */
export function runFile(
  db: Queryable,
  ctx: DocumentContext,
  { runId, kind, options, ...watch }: { runId: string; kind: DocumentKind; options: LabelOptions } & Watched,
): AsyncGenerator<Buffer, void> {
  if (kind === 'csv') return codesCsv(db, ctx, runId, watch)
  if (kind === 'zip') return codesZip(db, ctx, runId, watch)
  return labelsPdf(db, ctx, runId, { ...options, ...watch })
}
