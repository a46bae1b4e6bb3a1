import { z } from 'zod'
import { refusalOf, requireRoute } from '@/lib/action'
import { database } from '@/lib/db/pool'
import { FormError } from '@/lib/form-error'
import { exchangeFile } from '@/lib/orders/reuse/exchange-file'

export const dynamic = 'force-dynamic'

const dayMs = 86_400_000
/** A day of UTC */
const Day = z.iso.date('A date is expected.').transform(day => new Date(`${day}T00:00:00Z`))

/** What is in no file yet, or what happened from one day to another, both included. */
const ExchangeInput = z.union([
  z.strictObject({ notExported: z.literal(true) }),
  z
    .strictObject({ from: Day.optional(), to: Day.transform(day => new Date(day.getTime() + dayMs)).optional() })
    .refine(({ from, to }) => !from || !to || from < to, 'The first day lies behind the last one.'),
])

/** POST /api/replacements: the exchange file as CSV. It marks what is in it as handed over, so it is no GET. */
export async function POST(request: Request): Promise<Response> {
  const allowed = await requireRoute(request, 'order:replace')
  if (allowed instanceof Response) return allowed
  const now = new Date()
  try {
    const wanted = ExchangeInput.parse(await request.json().catch(() => undefined))
    const db = database()
    const lines = exchangeFile(db, { actor: allowed.actor, now }, wanted)
    // What cannot be given is said before anything is.
    let first: IteratorResult<string> | undefined = await lines.next()
    const encoder = new TextEncoder()
    const body = new ReadableStream<Uint8Array>(
      {
        // Read only when the part before was taken: at its end the file counts as handed over.
        async pull(controller) {
          const { value, done } = first ?? (await lines.next())
          first = undefined
          if (done) controller.close()
          else controller.enqueue(encoder.encode(value))
        },
        cancel: async () => {
          await lines.return(undefined)
        },
      },
      { highWaterMark: 0 },
    )
    return new Response(body, {
      headers: {
        'content-type': 'text/csv; charset=utf-8',
        'content-disposition': `attachment; filename="replacements-${now.toISOString().slice(0, 10)}.csv"`,
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      },
    })
  } catch (error) {
    const { message } = refusalOf(error, 'exchange file')
    return Response.json({ message }, { status: error instanceof FormError || error instanceof z.ZodError ? 409 : 500 })
  }
}
