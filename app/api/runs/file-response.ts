import { refusalOf } from '@/lib/action'
import { perProcess } from '@/lib/db/per-process'
import { FormError } from '@/lib/form-error'
import { Places } from '@/lib/front-door/limits/places'
import { reportIncident } from '@/lib/incident'
import type { TakenFile } from '@/lib/orders/documents/documents'

const places = () => perProcess('run-file-places', () => new Places(3))

/**
 * Sends a file as fast as it is taken; one that breaks off ends in an error, never short. What cannot be given is said before anything is.
 * @param take finds the file, or throws what a person is to be told
 */
export async function fileResponse(person: string, take: () => Promise<TakenFile>): Promise<Response> {
  const leave = places().take(person)
  if (!leave) return no(429, 'You are fetching several files already. Wait for one to end, then try again.')
  try {
    const { name, mediaType, bytes, octets } = await take()
    const first = await octets.next()
    return new Response(streamOf(first, octets, leave), {
      headers: {
        'content-type': mediaType,
        'content-disposition': `attachment; filename="${name}"`,
        'cache-control': 'no-store, no-transform',
        'x-accel-buffering': 'no',
        ...(bytes === undefined ? {} : { 'content-length': String(bytes) }),
      },
    })
  } catch (error) {
    leave()
    const { message } = refusalOf(error, 'file of a run')
    return no(error instanceof FormError ? 409 : 500, message)
  }
}

const no = (status: number, message: string): Response => Response.json({ message }, { status, headers: { 'cache-control': 'no-store' } })

function streamOf(
  first: IteratorResult<Buffer, void>,
  octets: AsyncGenerator<Buffer, void>,
  leave: () => void,
): ReadableStream<Uint8Array> {
  let next: IteratorResult<Buffer, void> | undefined = first
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { value, done } = next ?? (await octets.next())
          next = undefined
          if (value) controller.enqueue(value)
          if (!done) return
          leave()
          controller.close()
        } catch (error) {
          leave()
          reportIncident(error, 'file of a run')
          controller.error(error)
        }
      },
      async cancel() {
        leave()
        await octets.return().catch(() => undefined)
      },
    },
    { highWaterMark: 1 },
  )
}
