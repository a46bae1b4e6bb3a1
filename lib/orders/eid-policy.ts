import { z } from 'zod'
import { type Actor, requireMay } from '@/lib/accounts/actor'
import { audit } from '@/lib/accounts/audit'
import { type Database, type Queryable, transaction } from '@/lib/db/pool'
import { readSetting, writeSetting } from '@/lib/db/setting-rows'
import { FormError } from '@/lib/form-error'
import { type Eid, eidCheckDigitsHold } from '@/lib/rsp/identifiers'
import { SpacedEid } from './order-fields'

const setting = 'eid-check-digits'

/** What becomes of an EID whose check digits do not hold: a mistyped one is refused; a test laboratory's cards carry such and lets them pass. */
export const EID_POLICIES = ['refuse', 'warn'] as const
export const EidPolicy = z.enum(EID_POLICIES)
export type EidPolicy = z.infer<typeof EidPolicy>

export async function readEidPolicy(db: Queryable): Promise<EidPolicy> {
  const row = await readSetting(db, setting)
  return (row?.value as { policy?: unknown } | undefined)?.policy === 'warn' ? 'warn' : 'refuse'
}

/** @throws NotAllowed */
export async function writeEidPolicy(db: Database, actor: Actor, policy: EidPolicy): Promise<void> {
  requireMay(actor, 'settings:write')
  await transaction(db, async tx => {
    await writeSetting(tx, setting, { policy }, actor.name)
    await audit(tx, actor, 'settings:write', { target: 'EID check digits', detail: { policy } })
  })
}

/** What is wrong with an EID under a policy, in a sentence; undefined when nothing is. */
export const eidProblem = (eid: string, policy: EidPolicy): string | undefined =>
  policy === 'warn' || eidCheckDigitsHold(eid) ? undefined : 'The last two digits of this EID do not fit the rest: one digit is mistyped.'

/** An EID as a person or a file writes it, checked as the policy in force wants it. */
export async function typedEid(db: Queryable): Promise<z.ZodType<Eid, string>> {
  const policy = await readEidPolicy(db)
  return SpacedEid.superRefine((eid, context) => {
    const message = eidProblem(eid, policy)
    if (message) context.addIssue({ code: 'custom', message })
  })
}

/** Lets an EID pass that a person or a file brought, as the policy in force has it. @throws FormError by the field `eid` */
export async function requireEid(db: Queryable, eid: Eid | undefined): Promise<void> {
  if (eid === undefined || eidCheckDigitsHold(eid)) return
  const problem = eidProblem(eid, await readEidPolicy(db))
  if (!problem) return
  throw new FormError(`${problem} A test laboratory can let such EIDs pass, in the settings.`, { eid: problem })
}
