import { sessionAccount } from '@/lib/accounts/sessions'
import { database } from '@/lib/db/pool'

const heartbeatMs = 15_000
const sessionCheckMs = 10_000

/** What a look at the followed things brought. */
export interface Look {
  /** Events as they are written: `data: …`, several lines for one event */
  events: string[]
  /** There will be no more of them. */
  over?: boolean
}

interface Following {
  sid: string
  pollMs: number
  look: () => Promise<Look>
  /** The event after which the browser does not come back: nothing more will happen, or the session has ended. */
  last: string
  /** Gives the stream's place back. */
  leave: () => void
}

const wait = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise(resolve => {
    const timer = setTimeout(done, ms)
    function done() {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    signal.addEventListener('abort', done)
  })

/** Server-sent events about what `look` finds, again and again, until it is over, the session ends or the page is left. */
export function eventStream(request: Request, { sid, pollMs, look, last, leave }: Following): Response {
  const closed = new AbortController()
  request.signal.addEventListener('abort', () => closed.abort())
  const encoder = new TextEncoder()
  const stream = new ReadableStream<Uint8Array>({
    async start(controller) {
      let wroteAt = Date.now()
      const write = (text: string) => {
        wroteAt = Date.now()
        if (!closed.signal.aborted) controller.enqueue(encoder.encode(`${text}\n\n`))
      }
      let checkedAt = Date.now()
      write(': here\nretry: 2000')
      try {
        while (!closed.signal.aborted) {
          const { events, over } = await look()
          for (const event of events) write(event)
          let ended = over === true
          if (!ended && Date.now() - checkedAt > sessionCheckMs) {
            checkedAt = Date.now()
            ended = !(await sessionAccount(database(), sid, new Date()))
          }
          if (ended) {
            write(`event: ${last}\ndata: {}`)
            break
          }
          if (Date.now() - wroteAt > heartbeatMs) write(': still here')
          await wait(pollMs, closed.signal)
        }
      } catch {
        // The database is away: the browser connects again by itself and goes on where it was.
      }
      leave()
      if (!closed.signal.aborted) controller.close()
    },
    cancel: () => closed.abort(),
  })
  return new Response(stream, {
    headers: {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    },
  })
}
