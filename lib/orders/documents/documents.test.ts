import { randomBytes } from 'node:crypto'
import jsQR from 'jsqr'
import { PNG } from 'pngjs'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { fromBufferPromise } from 'yauzl'
import { rasterise, readLabels, textOf } from '@/e2e/pdf'
import type { Actor } from '@/lib/accounts/actor'
import type { TaskContext } from '@/lib/accounts/tasks'
import { listDocuments, removeDocumentsWithCodes, removeOldDocuments } from '@/lib/db/document-rows'
import { createTestDatabase, type TestDatabase } from '@/lib/db/embedded/test-database'
import { type Database, openDatabase, transaction } from '@/lib/db/pool'
import { FormError } from '@/lib/form-error'
import { ServerStops } from '@/lib/jobs/failure'
import type { Report } from '@/lib/jobs/task'
import { parseActivationCode } from '@/lib/rsp/activation-code'
import { createVault } from '@/lib/vault/vault'
import type { OrderContext } from '../context'
import { orderContext } from '../order-context'
import { forgetRunCodes } from '../runs/run-codes'
import { DocumentRequest } from './document-options'
import { makeDocument } from './document-task'
import { documentStream, startDocument, takeCodes, takeDocument } from './documents'
import { SHEETS } from './label-sheets'
import { codesCsv, codesZip, labelsPdf } from './run-files'
import { iccidOf, runOfCodes } from './testing/run-of-codes'

let server: TestDatabase
let db: Database
let ctx: OrderContext
const actor: Actor = { kind: 'cli', name: 'cli:test', role: 'administrator' }
const now = new Date('2026-05-01T12:00:00Z')
const vault = createVault(new Map([[1, randomBytes(32)]]))
const addresses = { smdpAddress: 'smdp.example.com', customerUrl: 'https://esim.example.com' }

beforeAll(async () => {
  server = await createTestDatabase()
  db = openDatabase(server.url)
})
afterAll(async () => {
  await db?.close()
  await server?.close()
})
beforeEach(async () => {
  await db.query({
    text: 'TRUNCATE profile, download_order, issue_run, issue_run_code, document, document_piece, customer_link, audit, task',
  })
  ctx = await orderContext({ db, vault, actor, now }, addresses)
})

async function whole(octets: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = []
  for await (const some of octets) all.push(some)
  return Buffer.concat(all)
}

async function unzip(archive: Buffer): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>()
  const zip = await fromBufferPromise(archive, { lazyEntries: true, validateEntrySizes: true, strictFileNames: true })
  for await (const entry of zip.eachEntry()) files.set(entry.fileName, await whole(await zip.openReadStreamPromise(entry)))
  return files
}

const readPng = (png: Buffer) => {
  const { data, width, height } = PNG.sync.read(png)
  return jsQR(new Uint8ClampedArray(data), width, height)?.data
}

const rowsOf = (csv: Buffer) =>
  csv
    .toString()
    .trimEnd()
    .split('\r\n')
    .map(line => line.split(','))

const order = async (n: number) =>
  (await db.query<{ code: string }>({ text: `SELECT matching_id AS code FROM download_order WHERE iccid = $1`, values: [iccidOf(n)] }))
    .rows[0]?.code
const audits = async () => (await db.query({ text: `SELECT result, detail FROM audit WHERE action = 'order:codes' ORDER BY id` })).rows
const pieces = async () => (await db.query<{ n: number }>({ text: 'SELECT count(*)::int AS n FROM document_piece' })).rows[0]?.n

describe('the files of a run', () => {
  test('CSV: a line for each code, confirmation codes while they are kept, cells that are no formulas', async () => {
    const runId = await runOfCodes(db, ctx, { count: 3, withCodes: true })
    await db.query({ text: `UPDATE download_order SET reference = '=HYPERLINK("x")' WHERE iccid = $1`, values: [iccidOf(2)] })
    const [heading, first, , last] = rowsOf(await whole(codesCsv(db, ctx, runId)))
    expect(heading?.slice(0, 5)).toEqual(['iccid', 'activation_code', 'smdp_address', 'matching_id', 'confirmation_code'])
    const code = await order(0)
    expect(first?.slice(0, 5)).toEqual([iccidOf(0), `LPA:1$smdp.example.com$${code}$$1`, 'smdp.example.com', code, '000000'])
    expect(first?.[6]).toMatch(/^https:\/\/esim\.example\.com\/e\/[\w-]{32}$/)
    expect(last?.[7]).toBe(`"'=HYPERLINK(""x"")"`)
  })

  test('codes that a phone has taken, and cancelled ones, are not given out', async () => {
    const runId = await runOfCodes(db, ctx, { count: 4 })
    await db.query({ text: `UPDATE profile SET state = 'Downloaded' WHERE iccid = $1`, values: [iccidOf(0)] })
    await db.query({ text: `UPDATE download_order SET closed_at = now(), outcome = 'cancelled' WHERE iccid = $1`, values: [iccidOf(1)] })
    expect(rowsOf(await whole(codesCsv(db, ctx, runId))).map(([iccid]) => iccid)).toEqual(['iccid', iccidOf(2), iccidOf(3)])
    await db.query({ text: `UPDATE profile SET state = 'Downloaded'` })
    await expect(takeCodes(db, ctx, DocumentRequest.parse({ runId, kind: 'csv' }))).rejects.toThrow(/no codes/)
  })

  test('ZIP: PNG and SVG of each ICCID are read as its code with the host in capitals, and codes.csv is that of the run', async () => {
    const runId = await runOfCodes(db, ctx, { count: 600, withCodes: true })
    const files = await unzip(await whole(codesZip(db, ctx, runId)))
    expect(files.size).toBe(1 + 2 * 600)
    expect(files.get('codes.csv')).toEqual(await whole(codesCsv(db, ctx, runId)))
    for (const n of [0, 7, 599]) {
      const code = `LPA:1$SMDP.EXAMPLE.COM$${await order(n)}$$1`
      expect(readPng(files.get(`${iccidOf(n)}.png`) ?? Buffer.alloc(0))).toBe(code)
      expect(readSvg(files.get(`${iccidOf(n)}.svg`)?.toString() ?? '')).toBe(code)
    }
  })

  test('PDF of 500: every QR code on two of its pages is the code of its ICCID', async () => {
    const runId = await runOfCodes(db, ctx, { count: 500 })
    const pdf = await whole(labelsPdf(db, ctx, runId, { layout: 'a4-grid', language: 'en' }))
    expect((await textOf(pdf))[0]).toContain('Nordsee Mobil')
    const images = await rasterise(pdf, { pages: [1, 20] })
    for (const [i, page] of images.entries()) {
      const codes = readLabels(page, SHEETS['a4-grid'])
      for (const [place, code] of codes.entries()) {
        expect(parseActivationCode(code ?? '').matchingId).toBe(await order((i === 0 ? 0 : 19 * 24) + place))
      }
    }
  })
})

/** Draws the path of one of our SVGs and looks at it. */
function readSvg(svg: string): string | undefined {
  const side = Number(/viewBox="0 0 (\d+) /.exec(svg)?.[1])
  const scale = 8
  const width = side * scale
  const data = new Uint8ClampedArray(width * width * 4).fill(255)
  const path = /fill="#000" d="([^"]+)"/.exec(svg)?.[1] ?? ''
  for (const [, x, y, w, h] of path.matchAll(/M(\d+) (\d+)h(\d+)v(\d+)h-\d+z/g)) {
    for (let row = Number(y) * scale; row < (Number(y) + Number(h)) * scale; row++)
      for (let column = Number(x) * scale; column < (Number(x) + Number(w)) * scale; column++)
        data.fill(0, (row * width + column) * 4, (row * width + column) * 4 + 3)
  }
  return jsQR(data, width, width)?.data
}

describe('taking them away', () => {
  test('at once: on the audit before the first octet and after the last, or where it was broken off', async () => {
    const runId = await runOfCodes(db, ctx, { count: 30, withCodes: true })
    const request = DocumentRequest.parse({ runId, kind: 'labels' })
    const file = await takeCodes(db, ctx, request)
    expect(file).toMatchObject({ name: 'summer-campaign-labels.pdf', mediaType: 'application/pdf' })
    expect(await audits()).toEqual([])
    await whole(file.octets)
    expect(await audits()).toEqual([
      { result: 'begun', detail: { file: file.name } },
      { result: 'ok', detail: { file: file.name, codes: 30, confirmationCodes: 30 } },
    ])
    const again = await takeCodes(db, ctx, request)
    await again.octets.next()
    await again.octets.return()
    expect((await audits()).at(-1)?.result).toBe('broken off')
  })

  test('at once only where it is quick: more than 200 are made in the background, but for CSV', async () => {
    const runId = await runOfCodes(db, ctx, { count: 201 })
    await expect(takeCodes(db, ctx, DocumentRequest.parse({ runId, kind: 'zip' }))).rejects.toThrow(/201 codes.*in the background/)
    await expect(takeCodes(db, ctx, DocumentRequest.parse({ runId, kind: 'labels' }))).rejects.toThrow(FormError)
    const { octets } = await takeCodes(db, ctx, DocumentRequest.parse({ runId, kind: 'csv' }))
    expect(rowsOf(await whole(octets))).toHaveLength(202)
  })
})

class Told implements Report {
  counts = { total: 0, done: 0 }
  asked = 0
  /** Is asked before each piece. */
  constructor(private readonly wantsToEnd: (asked: number) => boolean = () => false) {}
  total = (count: number) => {
    this.counts.total = count
  }
  done = (count = 1) => {
    this.counts.done += count
  }
  failed = () => undefined
  result = () => undefined
  cancelled = async () => this.wantsToEnd(this.asked++)
}

describe('made in the background', () => {
  const context = (): TaskContext => ({ db, vault, dataDir: '/', addresses, actor, now: () => now })
  const perform = (documentId: string, told: Report) => makeDocument.perform(context(), { documentId, title: '' }, told)
  const start = (runId: string, kind: DocumentRequest['kind'] = 'zip') => startDocument(db, ctx, { runId, kind })

  test('it is sealed in pieces, whole, counted, and served from any instance until its day is over', async () => {
    const runId = await runOfCodes(db, ctx, { count: 1_000 })
    const { documentId, taskId } = await start(runId)
    expect(await start(runId)).toEqual({ documentId, taskId })
    await expect(takeDocument(db, ctx, { runId, documentId })).rejects.toThrow(/still being made/)
    const told = new Told()
    await perform(documentId, told)
    expect(told.counts).toEqual({ total: 1_000, done: 1_000 })
    expect(await pieces()).toBeGreaterThan(3)
    const file = await takeDocument(db, ctx, { runId, documentId })
    const archive = await whole(file.octets)
    expect(archive).toHaveLength(file.bytes ?? 0)
    expect((await unzip(archive)).size).toBe(2_001)
    expect((await audits()).map(({ result }) => result)).toEqual(['begun', 'begun', 'ok'])
    const { rows } = await db.query<{ sealed: Buffer }>({ text: 'SELECT sealed FROM document_piece ORDER BY place LIMIT 1' })
    expect(rows[0]?.sealed.includes('codes.csv')).toBe(false)
    expect(await listDocuments(db, runId, now)).toMatchObject([{ id: documentId, name: 'summer-campaign-codes.zip', readyAt: now }])

    const tomorrow = new Date(now.getTime() + 24 * 3_600_000)
    await expect(takeDocument(db, { ...ctx, now: tomorrow }, { runId, documentId })).rejects.toThrow(/kept for a day/)
    expect(await removeOldDocuments(db, tomorrow)).toBe(1)
    expect(await pieces()).toBe(0)
  })

  test('cancelled between two pieces, it leaves nothing', async () => {
    const runId = await runOfCodes(db, ctx, { count: 1_000 })
    const { documentId } = await start(runId)
    let seen = 0
    await perform(
      documentId,
      new Told(asked => {
        seen = asked
        return asked === 2
      }),
    )
    expect(seen).toBe(2)
    expect(await pieces()).toBe(0)
    expect(await listDocuments(db, runId, now)).toEqual([])
  })

  test('killed and begun again it is one whole document, whatever the first attempt left or writes still', async () => {
    const runId = await runOfCodes(db, ctx, { count: 1_000 })
    const { documentId } = await start(runId)
    const stops = new Told(asked => {
      if (asked === 2) throw new ServerStops('The server stopped meanwhile.')
      return false
    })
    await expect(perform(documentId, stops)).rejects.toThrow(ServerStops)
    expect(await pieces()).toBe(2)

    // One that was thought dead goes on while another has begun.
    let take = () => undefined as unknown
    let finish = () => undefined as unknown
    const taken = new Promise<void>(resolve => {
      take = resolve
    })
    const finished = new Promise<void>(resolve => {
      finish = resolve
    })
    const slow = new Told()
    slow.cancelled = async () => {
      if (slow.asked++ === 1) {
        take()
        await finished
      }
      return false
    }
    const loser = perform(documentId, slow)
    loser.catch(() => undefined)
    await taken
    await perform(documentId, new Told())
    finish()
    await expect(loser).rejects.toThrow(/another server began it anew/)
    const archive = await whole(documentStream(db, vault, documentId, now))
    expect((await unzip(archive)).size).toBe(2_001)
  })

  test('with confirmation codes that were forgotten since it is not given out any more', async () => {
    const runId = await runOfCodes(db, ctx, { count: 300, withCodes: true })
    const { documentId } = await start(runId, 'labels')
    await perform(documentId, new Told())
    await whole(documentStream(db, vault, documentId, now))
    await db.query({ text: 'UPDATE issue_run SET codes_forgotten_at = now()' })
    await expect(takeDocument(db, ctx, { runId, documentId })).rejects.toThrow(/codes are forgotten/)
    expect(await listDocuments(db, runId, now)).toEqual([])
    await transaction(db, tx => removeDocumentsWithCodes(tx, runId))
    expect(await pieces()).toBe(0)

    await db.query({ text: 'UPDATE issue_run SET codes_forgotten_at = NULL' })
    const late = await start(runId, 'labels')
    const forgotten = new Told()
    forgotten.cancelled = async () => {
      await db.query({ text: 'UPDATE issue_run SET codes_forgotten_at = now()' })
      return false
    }
    await expect(perform(late.documentId, forgotten)).rejects.toThrow(/forgotten meanwhile/)
    expect(await pieces()).toBe(0)
  })

  test('forgetting the codes of a run takes away its files that hold them, and no others', async () => {
    const runId = await runOfCodes(db, ctx, { count: 300, withCodes: true })
    const withCodes = await start(runId, 'labels')
    await perform(withCodes.documentId, new Told())
    await forgetRunCodes(db, ctx, runId)
    expect((await db.query({ text: 'SELECT id FROM document' })).rows).toEqual([])
    expect(await pieces()).toBe(0)
    await expect(takeDocument(db, ctx, { runId, documentId: withCodes.documentId })).rejects.toThrow(/there no more/)

    const without = await start(runId, 'labels')
    await perform(without.documentId, new Told())
    await forgetRunCodes(db, ctx, runId)
    const { octets } = await takeDocument(db, ctx, { runId, documentId: without.documentId })
    expect((await whole(octets)).subarray(0, 4).toString()).toBe('%PDF')
  })

  test('nobody gets one of a run without codes, or of no run', async () => {
    const runId = await runOfCodes(db, ctx, { count: 1 })
    await db.query({ text: `UPDATE download_order SET closed_at = now(), outcome = 'installed'` })
    await expect(start(runId)).rejects.toThrow(FormError)
    await expect(start('00000000-0000-4000-8000-000000000000')).rejects.toThrow(/no such run/)
  })
})
