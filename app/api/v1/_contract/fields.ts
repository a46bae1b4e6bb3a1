import { z } from 'zod'
import { Iccid } from '@/lib/rsp/identifiers'
import { RUNTIME_STATES, STATE_MEANING, PROFILE_STATES as STATES } from '@/lib/rsp/lifecycle'

/** A moment in an answer, in UTC. */
export const Moment = z.iso.datetime()

/** A moment in a request. */
export const AskedMoment = z.iso
  .datetime({ offset: true, error: 'It is a moment in ISO 8601 with its offset, such as 2031-05-04T09:30:00Z.' })
  .transform(text => new Date(text))

export const State = z
  .enum(STATES)
  .describe('State of a profile on the SM-DP+ (SGP.22 §3.1.6)')
  .meta({ id: 'ProfileState', enumDescriptions: STATE_MEANING })

export const RuntimeState = z.enum(RUNTIME_STATES).describe('What the eUICC last told of an installed profile').meta({ id: 'RuntimeState' })

export const IccidParam = z.strictObject({
  iccid: Iccid.describe('18 to 20 digits').meta({ examples: ['8949990000000000017'] }),
})

export const pageFields = {
  limit: z.coerce
    .number('It is a number.')
    .int('It is a whole number.')
    .min(1, 'At least 1.')
    .max(200, 'At most 200.')
    .default(50)
    .describe('How many at most'),
}

/** Values with commas between them. */
export const listOf = <Value extends string>(values: readonly [Value, ...Value[]], description: string) =>
  z
    .string()
    .transform(text => text.split(',').filter(part => part !== ''))
    .pipe(z.array(z.enum(values, { error: `It is one or more of: ${values.join(', ')}; with commas between.` })))
    .default([])
    .describe(`${description}; several with commas between: ${values.join(', ')}`)

/** One page of a list. */
export const pageOf = <Row extends z.ZodType>(row: Row) =>
  z.object({
    data: z.array(row),
    next: z.string().nullable().describe('Give it as `after` for the next page; null: this is the last one'),
  })
