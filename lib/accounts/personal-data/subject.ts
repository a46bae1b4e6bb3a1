import { z } from 'zod'
import type { SubjectKind } from '@/lib/db/personal/subscription-rows'
import { Eid, Iccid } from '@/lib/rsp/identifiers'

/** By what a subscriber can be found, and what it is called. */
export const SUBJECT_KINDS = {
  iccid: 'ICCID',
  email: 'E-mail address',
  msisdn: 'Phone number',
  eid: 'EID',
  imsi: 'IMSI',
} as const satisfies Record<SubjectKind, string>
export const SUBJECT_KIND_NAMES = ['iccid', 'email', 'msisdn', 'eid', 'imsi'] as const satisfies readonly SubjectKind[]

const withoutSpaces = z.string().transform(text => text.replace(/[\s()/.-]/g, ''))

const VALUES = {
  iccid: Iccid,
  eid: withoutSpaces.pipe(Eid),
  email: z.string().trim().toLowerCase().pipe(z.email('This is no e-mail address.')),
  msisdn: withoutSpaces.pipe(
    z
      .string()
      .regex(/^(\+|00)?[0-9]{5,15}$/, 'A phone number has 5 to 15 digits, with the country code.')
      .transform(text => text.replace(/^(\+|00)/, '')),
  ),
  imsi: withoutSpaces.pipe(z.string().regex(/^[0-9]{6,15}$/, 'An IMSI has 6 to 15 digits.')),
} satisfies Record<SubjectKind, z.ZodType<string, string>>

/** Whose data is meant. The value is as the database has it; a phone number has digits only. */
export interface Subject {
  by: SubjectKind
  value: string
}

export const SubjectInput = z
  .object({ by: z.enum(SUBJECT_KIND_NAMES), value: z.string().min(1, 'Say whose data is meant.') })
  .transform(({ by, value }, context): Subject => {
    const read = VALUES[by].safeParse(value)
    if (read.success) return { by, value: read.data }
    context.issues.push({ code: 'custom', message: read.error.issues[0]?.message ?? 'This cannot be read.', path: ['value'], input: value })
    return z.NEVER
  })

/** The ways in which a value may stand in the database. */
export const writings = ({ by, value }: Subject): string[] => (by === 'msisdn' ? [value, `+${value}`] : [value])
