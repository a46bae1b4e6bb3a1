import { countOpenApprovals, countPeople, lockApprovalRules } from '@/lib/db/approval-rows'
import { type Database, type Queryable, type Transaction, transaction } from '@/lib/db/pool'
import { readSetting, readSettings, writeSetting } from '@/lib/db/setting-rows'
import { FormError } from '@/lib/form-error'
import { type Actor, requireMay } from '../actor'
import { audit } from '../audit'
import { may, ROLE_NAMES } from '../roles'
import { decideApproval, openApproval, requestApproval } from './approvals'
import { type ApprovalKind, OPTIONAL_KINDS, type OptionalKind } from './kinds'

const prefix = 'approval:'
const isOptional = (kind: string): kind is OptionalKind => (OPTIONAL_KINDS as readonly string[]).includes(kind)

/** Whether a kind needs a second person; off until somebody switches it on. */
export async function approvalRequired(db: Queryable, kind: ApprovalKind): Promise<boolean> {
  if (!isOptional(kind)) return true
  return (await readSetting(db, prefix + kind))?.value === true
}

export interface ApprovalSetting {
  kind: OptionalKind
  required: boolean
  changedAt?: Date
  changedBy?: string
  /** The request to switch it off that waits for a second person. */
  lifting?: { id: string; requestedBy: string; requestedAt: Date }
}

/** All that can be switched, in the order of the table. */
export async function approvalSettings(db: Queryable): Promise<ApprovalSetting[]> {
  const rows = new Map((await readSettings(db, prefix)).map(row => [row.name, row]))
  return Promise.all(
    OPTIONAL_KINDS.map(async kind => {
      const row = rows.get(prefix + kind)
      const open = row?.value === true ? await openApproval(db, 'approval:free', kind) : undefined
      return {
        kind,
        required: row?.value === true,
        ...(row ? { changedAt: row.updatedAt, changedBy: row.updatedBy } : {}),
        ...(open ? { lifting: { id: open.id, requestedBy: open.requestedBy, requestedAt: open.requestedAt } } : {}),
      }
    }),
  )
}

/** What the navigation tells: whether a rule is in force, and how many requests wait. */
export async function approvalsAtHand(db: Queryable): Promise<{ required: boolean; waiting: number }> {
  const [rows, waiting] = await Promise.all([readSettings(db, prefix), countOpenApprovals(db)])
  return { required: rows.some(row => row.value === true), waiting }
}

/** @throws FormError when a rule would leave nobody to approve */
async function requireTwoPeople(tx: Transaction): Promise<void> {
  const roles = ROLE_NAMES.filter(role => may(role, 'approval:decide'))
  if ((await countPeople(tx, roles)) < 2)
    throw new FormError('Only one person can sign in here: nobody could approve. Add a second person first.')
}

/**
 * Switches a rule on, or asks for a second person to switch it off.
 * @throws FormError, NotAllowed
 */
export function requireApproval(
  db: Database,
  actor: Actor,
  kind: OptionalKind,
  required: boolean,
): Promise<{ state: 'on' | 'off' } | { state: 'waiting'; approvalId: string }> {
  requireMay(actor, 'settings:write')
  return transaction(db, async tx => {
    await lockApprovalRules(tx)
    const on = await approvalRequired(tx, kind)
    if (on === required) return { state: required ? 'on' : 'off' }
    if (!required)
      return { state: 'waiting', approvalId: await requestApproval(tx, actor, { kind: 'approval:free', target: kind, detail: {} }) }
    await requireTwoPeople(tx)
    await setRule(tx, actor, kind, true)
    return { state: 'on' }
  })
}

/** Switches a rule off as the second person. @throws FormError, NotAllowed */
export function approveLifting(db: Database, actor: Actor, approvalId: string): Promise<void> {
  return transaction(db, async tx => {
    await lockApprovalRules(tx)
    const { kind, target } = await decideApproval(tx, actor, approvalId, 'approved')
    if (kind !== 'approval:free' || !isOptional(target)) throw new FormError('This request is about something else.')
    await setRule(tx, actor, target, false)
  })
}

/** Leaves the rule on. @throws FormError, NotAllowed */
export const declineLifting = (db: Database, actor: Actor, approvalId: string, decision: 'declined' | 'withdrawn'): Promise<void> =>
  transaction(db, async tx => {
    const { kind } = await decideApproval(tx, actor, approvalId, decision)
    if (kind !== 'approval:free') throw new FormError('This request is about something else.')
  })

async function setRule(tx: Transaction, actor: Actor, kind: OptionalKind, required: boolean): Promise<void> {
  await writeSetting(tx, prefix + kind, required, actor.name)
  await audit(tx, actor, 'settings:write', { target: `second person: ${kind}`, detail: { required } })
}
