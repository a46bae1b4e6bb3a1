import { z } from 'zod'
import { CallbackInput } from './callback-input'

const lineOf = (what: string, max: number) =>
  z
    .string({ error: `${what} is needed.` })
    .trim()
    .min(1, `${what} is needed.`)
    .max(max, `${what} has at most ${max} characters.`)
    .regex(/^\P{Cc}*$/u, `${what} has no control characters.`)

const shape = {
  name: lineOf('A name', 60),
  /** functionRequesterIdentifier: what the partner calls itself in the header of its calls */
  identifier: lineOf('An identifier', 200),
  /** May order of every profile type; else of those of `typeIds` */
  allTypes: z.boolean().default(false),
  typeIds: z.array(z.uuid()).max(1_000).default([]),
  /** Of X-Admin-Protocol: gsma/rsp/v… */
  headerVersion: z
    .string()
    .trim()
    .transform(text => text.replace(/^(gsma\/rsp\/)?v/i, ''))
    .pipe(z.string().regex(/^\d{1,2}\.\d{1,2}\.\d{1,2}$/, 'A version such as 2.2.2 is expected.'))
    .default('2.2.2'),
}

const someType = ({ allTypes, typeIds }: { allTypes: boolean; typeIds: readonly string[] }) => allTypes || typeIds.length > 0
const noType = { path: ['typeIds'], message: 'Choose at least one profile type, or every type.' }

/** A partner as it is added; its certificates come after it or with it. */
export const PartnerInput = z.object({ ...shape, callback: CallbackInput.optional() }).refine(someType, noType)
export type PartnerInput = z.infer<typeof PartnerInput>

/** All settings of a partner but its certificates and its callback, over those of `version`. */
export const PartnerEdit = z.object({ id: z.uuid(), version: z.int(), ...shape }).refine(someType, noType)
export type PartnerEdit = z.infer<typeof PartnerEdit>
