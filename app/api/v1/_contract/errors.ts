import { z } from 'zod'
import type { StatusName } from '@/lib/rsp/status'

/** What an answer that is a "no" is called, beside the names of the statuses of SGP.22. */
export const REFUSALS = {
  inputInvalid: { status: 400, meaning: 'A field is missing, unknown or cannot be read. `fields` says which.' },
  idempotencyKeyMissing: { status: 400, meaning: 'This call makes something new, so it needs the header Idempotency-Key.' },
  keyRefused: { status: 401, meaning: 'No key, or one that is not in force.' },
  notAllowed: { status: 403, meaning: 'The role of the key does not allow this.' },
  notFound: { status: 404, meaning: 'There is no such thing.' },
  changedMeanwhile: { status: 409, meaning: 'Somebody else was quicker. Look again, and repeat it if it still makes sense.' },
  notPossible: { status: 422, meaning: 'It can be read, but not done. `message` says why, `fields` what to change.' },
  idempotencyKeyReused: { status: 422, meaning: 'The same Idempotency-Key came with another body before. Nothing was done.' },
  tooManyRefused: { status: 429, meaning: 'There were many refused requests from this network. Wait for Retry-After seconds.' },
  internal: { status: 500, meaning: 'Something went wrong on our side; `message` carries a number for whoever runs this server.' },
  unavailable: { status: 503, meaning: 'The database does not answer at the moment. Send the same again in a while.' },
} as const
export type RefusalCode = keyof typeof REFUSALS

/** Statuses that say that something named does not exist; the others say that it is in no state for this. */
const unknownThings: readonly StatusName[] = ['iccidUnknown', 'profileTypeUnknown']
export const httpStatusOf = (name: StatusName): 404 | 409 => (unknownThings.includes(name) ? 404 : 409)

/** "No", of the API itself. */
export class ApiRefusal extends Error {
  override name = 'ApiRefusal'
  constructor(
    readonly code: RefusalCode,
    message: string = REFUSALS[code].meaning,
    readonly fields: Record<string, string> = {},
  ) {
    super(message)
  }
}

export const RefusalAnswer = z
  .object({
    error: z.object({
      code: z.string().describe('A word for programs: of the table of errors, or the name of a status, such as iccidInUse'),
      message: z.string().describe('For people: what happened and what to do'),
      fields: z.record(z.string(), z.string()).optional().describe('What is wrong with which field'),
      detail: z.string().optional().describe('What exactly did not fit'),
      status: z
        .object({ subjectCode: z.string(), reasonCode: z.string() })
        .optional()
        .describe('Where SGP.22 §5.2.6 has codes for it: those that ES2+ answers in this case'),
    }),
  })
  .meta({ id: 'Error' })
