import { randomBytes } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { refusalOf, requireRoute } from '@/lib/action'
import { database } from '@/lib/db/pool'
import { env } from '@/lib/env'
import { FormError } from '@/lib/form-error'
import { importPackages } from '@/lib/inventory/import-packages'
import { defaultTypeName } from '@/lib/inventory/types'
import { packagesFromUpload } from '@/lib/inventory/zip'
import { vault } from '@/lib/vault/vault'
import type { UploadLine } from '../../(portal)/batches/upload/upload-lines'

export const dynamic = 'force-dynamic'

const maxBytes = 512 * 1024 * 1024
const tooLarge = `This file is larger than ${maxBytes / 1024 / 1024} MB. Split it and upload the parts.`

/** Between two lines about progress */
const progressEveryMs = 200

const line = (value: UploadLine): string => `${JSON.stringify(value)}\n`

const problem = (status: number, message: string): Response =>
  new Response(line({ kind: 'problem', message }), { status, headers: { 'content-type': 'application/x-ndjson' } })

/** Counts what passes. @throws FormError when it is too much */
async function* limited(source: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  let bytes = 0
  for await (const chunk of source) {
    bytes += chunk.length
    if (bytes > maxBytes) throw new FormError(tooLarge)
    yield chunk
  }
}

/** Puts the body into a file of our own in the data folder. @throws FormError */
async function keep(body: ReadableStream<Uint8Array>, path: string): Promise<void> {
  const source = Readable.fromWeb(body as Parameters<typeof Readable.fromWeb>[0])
  await pipeline(limited(source), createWriteStream(path, { flags: 'wx', mode: 0o600 }))
}

/**
 * POST /api/upload?type=NAME&name=FILE with a .der package or a .zip of them as the body. The answer is NDJSON (UploadLine):
 * how many packages were read, again and again, and at the end the report.
 */
export async function POST(request: Request): Promise<Response> {
  const allowed = await requireRoute(request, 'profile:upload')
  if (allowed instanceof Response) return allowed
  if (!request.body) return problem(400, 'The file is empty.')
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) return problem(413, tooLarge)

  const parameters = new URL(request.url).searchParams
  const name = (parameters.get('name') ?? '').slice(0, 255) || 'upload'
  const typeName = parameters.get('type') || defaultTypeName
  const folder = join(env().dataDir, 'uploads')
  const path = join(folder, randomBytes(16).toString('hex'))
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await keep(request.body, path)
  } catch (error) {
    await rm(path, { force: true })
    return problem(error instanceof FormError ? 413 : 500, refusalOf(error, 'upload').message)
  }

  const context = { actor: allowed.actor, now: new Date(), vault: vault() }
  const encoder = new TextEncoder()
  let gone = false
  const stream = new ReadableStream<Uint8Array>({
    async start(controller) {
      const write = (value: UploadLine) => {
        if (!gone) controller.enqueue(encoder.encode(line(value)))
      }
      let toldAt = 0
      const onProgress = (read: number) => {
        if (Date.now() - toldAt < progressEveryMs) return
        toldAt = Date.now()
        write({ kind: 'progress', read })
      }
      try {
        const files = packagesFromUpload(path, name)
        write({ kind: 'report', report: await importPackages(database(), context, { typeName, files, onProgress }) })
      } catch (error) {
        write({ kind: 'problem', message: refusalOf(error, 'upload').message })
      } finally {
        await rm(path, { force: true })
        if (!gone) controller.close()
      }
    },
    cancel: () => {
      gone = true
    },
  })
  return new Response(stream, {
    headers: { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store, no-transform', 'x-accel-buffering': 'no' },
  })
}
