import { z } from 'zod'
import { NotAllowed } from '@/lib/accounts/actor'
import { hide, type Sight } from '@/lib/accounts/sight'
import { refusalOf } from '@/lib/action'
import { isDatabaseAway } from '@/lib/db/failures'
import { StaleState } from '@/lib/db/move-profile'
import { FormError } from '@/lib/form-error'
import { CallDiffers } from '@/lib/orders/once/repeatable-call'
import { RspError, STATUS } from '@/lib/rsp/status'
import { ApiRefusal, httpStatusOf, REFUSALS, type RefusalAnswer, type RefusalCode } from '../_contract/errors'

type ErrorOf = z.infer<typeof RefusalAnswer>['error']

const noStore = { 'cache-control': 'no-store' }

const answer = (status: number, error: ErrorOf, headers: Record<string, string> = {}): Response =>
  Response.json({ error } satisfies z.infer<typeof RefusalAnswer>, { status, headers: { ...noStore, ...headers } })

function codeOf(error: unknown): RefusalCode {
  if (error instanceof ApiRefusal) return error.code
  if (error instanceof CallDiffers) return 'idempotencyKeyReused'
  if (error instanceof z.ZodError) return 'inputInvalid'
  if (error instanceof FormError) return 'notPossible'
  if (error instanceof StaleState) return 'changedMeanwhile'
  if (error instanceof NotAllowed) return 'notAllowed'
  return isDatabaseAway(error) ? 'unavailable' : 'internal'
}

/** What was thrown, as an answer. @param sight of whoever asked: EIDs and codes in it are masked as everywhere */
export function refusalAnswer(error: unknown, where: string, sight: Sight): Response {
  if (error instanceof RspError) {
    const { subjectCode, reasonCode, meaning } = STATUS[error.status]
    const detail = error.detail ? { detail: hide(error.detail, sight) } : {}
    return answer(httpStatusOf(error.status), { code: error.status, message: meaning, ...detail, status: { subjectCode, reasonCode } })
  }
  const code = codeOf(error)
  const { message, fields } = saidOf(error, code, where)
  const more = Object.keys(fields).length > 0 ? { fields } : {}
  return answer(REFUSALS[code].status, hide({ code, message, ...more }, sight), code === 'unavailable' ? { 'retry-after': '5' } : {})
}

function saidOf(error: unknown, code: RefusalCode, where: string): { message: string; fields: Record<string, string> } {
  if (error instanceof ApiRefusal) return error
  if (error instanceof CallDiffers) return { message: REFUSALS[code].meaning, fields: {} }
  if (error instanceof z.ZodError) return unreadable(error)
  return refusalOf(error, where)
}

function unreadable(error: z.ZodError): { message: string; fields: Record<string, string> } {
  const fields: Record<string, string> = {}
  for (const issue of error.issues) {
    // A field that is not known is named itself, not what it stands in.
    const names = issue.code === 'unrecognized_keys' ? issue.keys : [undefined]
    for (const name of names) {
      const path = [...issue.path, ...(name === undefined ? [] : [name])].join('.')
      fields[path || 'body'] ??= name === undefined ? issue.message : 'There is no such field.'
    }
  }
  return { message: `This cannot be used: ${Object.keys(fields).join(', ')}. See fields.`, fields }
}

const codes: Record<number, RefusalCode> = { 401: 'keyRefused', 403: 'notAllowed', 429: 'tooManyRefused' }

/** What was said to a key that is none or may not, in the form of all refusals. */
export async function keyRefused(refused: Response): Promise<Response> {
  const code = codes[refused.status] ?? 'internal'
  const said = z.object({ message: z.string() }).safeParse(await refused.json().catch(() => undefined))
  const headers: Record<string, string> = {}
  for (const name of ['www-authenticate', 'retry-after']) {
    const value = refused.headers.get(name)
    if (value) headers[name] = value
  }
  return answer(refused.status, { code, message: said.data?.message ?? REFUSALS[code].meaning }, headers)
}
