import { z } from 'zod'
import { ViewInput } from '@/lib/db/portal/view-input'
import { ConfirmationCode } from '@/lib/rsp/confirmation-code'
import { Iccid } from '@/lib/rsp/identifiers'
import { ConfirmationLimit, customerFields, OrderLanguage, Reference, SpacedEid } from '../order-fields'

export const mostInRun = 100_000
export const mostRunRows = 20_000

/** A code for whom: a profile by its ICCID, or one that is drawn from the type; for one eUICC, or whichever comes first. */
export const IssueRunRow = z.object({ iccid: Iccid.optional(), eid: SpacedEid.optional(), ...customerFields })
export type IssueRunRow = z.infer<typeof IssueRunRow>

/** What all orders of a run have in common. */
const terms = {
  /** Left out: made from what is issued */
  title: z.string().trim().min(1).max(120).optional(),
  /** asType: where the profile type asks for one, each order gets its own; each: each gets its own; same: this one for all */
  confirmationCode: z.union([z.enum(['none', 'asType', 'each']), z.object({ same: ConfirmationCode })]).default('asType'),
  /** Wrong codes after which an order ends; left out: as the profile type has it */
  confirmationLimit: ConfirmationLimit.optional(),
  /** Null: without end. Left out: as the profile type has it. */
  expiresAt: z.coerce.date().nullish(),
  /** False: confirmed, to be released later */
  release: z.boolean().default(true),
  /** Orders with an empty matching ID, found by the EID that each must have */
  defaultSmdp: z.boolean().default(false),
  /** Of orders whose row says nothing */
  reference: Reference.optional(),
  language: OrderLanguage.optional(),
}
export const IssueRunTerms = z.object(terms)
export type IssueRunTerms = z.infer<typeof IssueRunTerms>

const TypeName = z.string().min(1).max(200)

const ofType = { type: TypeName, count: z.int().min(1).max(mostInRun) }
const ofView = { view: ViewInput, asOf: z.coerce.date() }
const ofRows = { rows: z.array(IssueRunRow).min(1).max(mostRunRows), type: TypeName.optional() }

/** What is issued: a number of a type, what a view shows, or rows of a file (`type`: where stock is drawn for those that name no ICCID). */
export const IssueRunInput = z.union([
  z.object({ ...ofType, ...terms }).strict(),
  z.object({ ...ofView, ...terms }).strict(),
  z.object({ ...ofRows, ...terms }).strict(),
])
export type IssueRunInput = z.infer<typeof IssueRunInput>

/** What the task takes. A code for all is no part of it: it is kept sealed, with the run. */
export const IssueRunTask = z.object({
  runId: z.uuid(),
  title: z.string(),
  wanted: z.int(),
  terms: IssueRunTerms.omit({ title: true, confirmationCode: true }).extend({
    confirmationCode: z.enum(['none', 'asType', 'each', 'same']),
  }),
  what: z.union([z.object(ofType), z.object(ofView), z.object(ofRows)]),
})
export type IssueRunTask = z.infer<typeof IssueRunTask>
