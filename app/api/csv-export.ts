import type { Actor } from '@/lib/accounts/actor'
import { audit } from '@/lib/accounts/audit'
import type { Verb } from '@/lib/accounts/roles'
import { refusalOf } from '@/lib/action'
import { csvLine } from '@/lib/csv'
import type { Database } from '@/lib/db/pool'
import type { Places } from '@/lib/front-door/limits/places'
import { reportIncident } from '@/lib/incident'

interface CsvExport<Row> {
  actor: Actor
  db: Database
  /** How many one person may have under way */
  places: Places
  verb: Verb
  /** As the audit names it */
  target: string
  detail: Record<string, unknown>
  /** For the log and for what is said when the database is away */
  where: string
  /** Begins the file's name; the date follows */
  name: string
  columns: readonly string[]
  steps(): Promise<AsyncGenerator<Row[], void>> | AsyncGenerator<Row[], void>
  cells(row: Row): readonly string[]
}

/**
 * The answer to who takes away a list as CSV: sent as fast as it is taken, so memory stays the same however long it is; audited when it begins
 * and when it ends. One that breaks off ends in an error, never short.
 */
export async function csvExport<Row>(wanted: CsvExport<Row>): Promise<Response> {
  const { actor, db, verb, target, detail, where, columns } = wanted
  const leave = wanted.places.take(actor.name)
  if (!leave)
    return Response.json({ message: 'You have several exports under way already. Wait for one to end, then try again.' }, { status: 429 })
  let exported = 0
  let over = false
  const finish = async (result: string) => {
    if (over) return
    over = true
    leave()
    await audit(db, actor, verb, { target, result, detail: { ...detail, rows: exported } })
  }
  let steps: AsyncGenerator<Row[], void>
  try {
    await audit(db, actor, verb, { target, result: 'begun', detail })
    steps = await wanted.steps()
  } catch (error) {
    leave()
    return Response.json({ message: refusalOf(error, where).message }, { status: 503 })
  }

  const encoder = new TextEncoder()
  const stream = new ReadableStream<Uint8Array>(
    {
      start: controller => controller.enqueue(encoder.encode(csvLine(columns))),
      async pull(controller) {
        try {
          const { value: rows, done } = await steps.next()
          if (rows) {
            exported += rows.length
            controller.enqueue(encoder.encode(rows.map(row => csvLine(wanted.cells(row))).join('')))
          }
          if (!done) return
          await finish('ok')
          controller.close()
        } catch (error) {
          reportIncident(error, where)
          await finish('failed').catch(() => undefined)
          controller.error(error)
        }
      },
      async cancel() {
        await steps.return(undefined)
        await finish('broken off').catch(() => undefined)
      },
    },
    { highWaterMark: 1 },
  )
  return new Response(stream, {
    headers: {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="${wanted.name}-${new Date().toISOString().slice(0, 10)}.csv"`,
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    },
  })
}
