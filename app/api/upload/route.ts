import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { refusalOf, requireRoute } from '@/lib/action'
import { perProcess } from '@/lib/db/per-process'
import { database } from '@/lib/db/pool'
import { env } from '@/lib/env'
import { FormError } from '@/lib/form-error'
import { Places } from '@/lib/front-door/limits/places'
import { importPackages } from '@/lib/inventory/import-packages'
import { defaultTypeName } from '@/lib/inventory/types'
import { newUploadPath } from '@/lib/inventory/upload-files'
import { packagesFromUpload } from '@/lib/inventory/zip'
import { vault } from '@/lib/vault/vault'
import type { UploadLine } from '../../(portal)/batches/upload/upload-lines'

export const dynamic = 'force-dynamic'

const maxBytes = 512 * 1024 * 1024
const tooLarge = `This file is larger than ${maxBytes / 1024 / 1024} MB. Split it and upload the parts.`

/** Of each kind, in the report; the numbers count all. */
const maxListed = 1_000

const places = () => perProcess('upload-places', () => new Places(4))

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
  const allowed = await requireRoute(request, 'batch:upload')
  if (allowed instanceof Response) return allowed
  if (!request.body) return problem(400, 'The file is empty.')
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) return problem(413, tooLarge)

  const parameters = new URL(request.url).searchParams
  const named = (parameter: string) => (parameters.get(parameter) ?? '').replace(/\p{Cc}/gu, '').slice(0, 255)
  const name = named('name') || 'upload'
  const typeName = named('type') || defaultTypeName
  const leave = places().take('')
  if (!leave) return problem(429, 'Several uploads are under way already. Wait for one to end, then send the file again.')
  let path: string | undefined
  const cleanUp = async () => {
    leave()
    if (path !== undefined) await rm(path, { force: true })
  }
  try {
    path = await newUploadPath(env().dataDir)
    await keep(request.body, path)
  } catch (error) {
    await cleanUp()
    return problem(error instanceof FormError ? 413 : 500, refusalOf(error, 'upload').message)
  }

  const kept = path
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
        const files = packagesFromUpload(kept, name)
        write({ kind: 'report', report: await importPackages(database(), context, { typeName, files, onProgress, maxListed }) })
      } catch (error) {
        write({ kind: 'problem', message: refusalOf(error, 'upload').message })
      } finally {
        await cleanUp()
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
