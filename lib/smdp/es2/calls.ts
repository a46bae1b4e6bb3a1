import { createHmac, randomBytes } from 'node:crypto'
import { isDeadlock } from '@/lib/db/failures'
import { StaleState } from '@/lib/db/move-profile'
import { answerFromBefore, type BegunCall, beginCall, type CallKey, finishCall, keepCall } from '@/lib/db/partners/call-rows'
import { type Database, type Transaction, transaction } from '@/lib/db/pool'
import { RspError, type StatusName } from '@/lib/rsp/status'
import { failed } from './json-binding'

/** A call of a partner, as far as it is known before it is answered. */
export interface ReceivedCall {
  key: CallKey
  function: string
  /** As it may be kept */
  request: object
  iccid: string | undefined
  address: string | undefined
  at: Date
  /** Microseconds since it came */
  durationUs: () => number
}

const contentBytes = 32
const mostDepth = 32

/** JSON whose text does not depend on the order of members. @throws RangeError where it is too deep */
function canonical(value: unknown, depth = 0): string {
  if (depth > mostDepth) throw new RangeError('The body is nested too deeply.')
  if (Array.isArray(value)) return `[${value.map(each => canonical(each, depth + 1)).join()}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${members.map(([name, each]) => `${JSON.stringify(name)}:${canonical(each, depth + 1)}`).join()}}`
}

/** By what the same call is known again: keyed, since a confirmation code in it could be guessed from a plain digest. @throws RangeError */
export const contentOf = (key: Buffer, name: string, body: object): Buffer =>
  createHmac('sha256', key).update(name).update('\0').update(canonical(body)).digest()

/** Of a call whose answer is not for its repetition. */
export const contentOfItsOwn = (): Buffer => randomBytes(contentBytes)

/** The order was left as it was by something that may be different in a minute: the same call again is a new try. */
const passing: ReadonlySet<StatusName> = new Set<StatusName>(['smdsInaccessible', 'smdsError'])

const begun = ({ function: name, request, iccid, address, at }: ReceivedCall): BegunCall => ({
  function: name,
  request,
  iccid: iccid ?? null,
  address: address ?? null,
  at,
})

const mostTries = 5

/**
 * Answers a call once: sent again, perhaps at the same moment, it gets the answer of the first time, a refusal too (SGP.22 §5.3 leaves it to the server how
 * a repetition is known: here by partner, functionCallIdentifier and content). What it does, its audit row and its answer are one transaction. Faults of
 * ours and of an SM-DS are not remembered.
 * @returns the answer's body
 */
export async function answerOnce(
  db: Database,
  call: ReceivedCall,
  run: (tx: Transaction) => Promise<{ iccid: string; response: object }>,
): Promise<object> {
  for (let tries = 1; ; tries++) {
    try {
      const done = await transaction(db, async tx => {
        const id = await beginCall(tx, call.key, begun(call))
        if (id === undefined) return undefined
        const { iccid, response } = await run(tx)
        await finishCall(tx, id, { response, iccid, durationUs: call.durationUs() })
        return response
      })
      const response = done ?? (await answerFromBefore(db, call.key, call.at))
      if (response) return response
    } catch (error) {
      if (error instanceof RspError) return keepRefusal(db, call, error.status)
      if (!(error instanceof StaleState || isDeadlock(error)) || tries >= mostTries) throw error
    }
  }
}

/** Keeps a refusal and answers it; where the same call was answered meanwhile, that answer counts. */
export async function keepRefusal(db: Database, call: ReceivedCall, status: StatusName): Promise<object> {
  const key = passing.has(status) ? { ...call.key, content: contentOfItsOwn() } : call.key
  const response = failed(status)
  if (await keepCall(db, key, { ...begun(call), response, status, durationUs: call.durationUs() })) return response
  return (await answerFromBefore(db, key, call.at)) ?? response
}
