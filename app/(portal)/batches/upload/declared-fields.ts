import { z } from 'zod'
import { Iccid } from '@/lib/rsp/identifiers'

const empty = z
  .string()
  .regex(/^\s*$/)
  .transform(() => undefined)

const Quantity = z
  .string()
  .trim()
  .regex(/^[0-9]{1,3}([., ]?[0-9]{3}){0,2}$/, 'A whole number is needed.')
  .transform(text => Number(text.replace(/[., ]/g, '')))

const fields = { quantity: Quantity, firstIccid: Iccid, lastIccid: Iccid }
type Name = keyof typeof fields

/** What the vendor declared, as it is typed; empty texts declare nothing. */
export const DeclaredFields = z.object({
  quantity: empty.or(fields.quantity),
  firstIccid: empty.or(fields.firstIccid),
  lastIccid: empty.or(fields.lastIccid),
})

/** A sentence for each field that cannot be used. */
export function declaredProblems(typed: Record<Name, string>): Partial<Record<Name, string>> {
  const problems: Partial<Record<Name, string>> = {}
  for (const name of Object.keys(fields) as Name[]) {
    const { error } = fields[name].safeParse(typed[name])
    if (error && typed[name].trim() !== '') problems[name] = error.issues[0]?.message ?? 'This cannot be used.'
  }
  return problems
}
