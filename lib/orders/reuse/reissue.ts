import { audit } from '@/lib/accounts/audit'
import { moveProfile } from '@/lib/db/move-profile'
import type { Transaction } from '@/lib/db/pool'
import { addEvent, type ProfileEvent } from '@/lib/db/profile-events'
import type { FormerInstallation, ReuseRow } from '@/lib/db/reuse-rows'
import type { Eid } from '@/lib/rsp/identifiers'
import { Iccid } from '@/lib/rsp/identifiers'
import type { OrderContext } from '../context'
import type { Issued } from '../issue'
import { revokeLinks } from '../links/customer-links'
import { factsOf } from './facts'
import { type CustomerWishes, nextOrder } from './next-order'
import type { ReuseRule } from './policy'

/** A move that nothing stands against any more. */
export interface Reissue extends CustomerWishes {
  eid?: Eid | undefined
  insteadOf?: string | undefined
  /** What was passed over, and who asked for it where another one agreed */
  past?: { reason: string; rules: ReuseRule[]; requestedBy?: string } | undefined
}

/**
 * Frees the profile, kills the old code, its links and what the old phone holds of the download, and orders it anew: all in one transaction, so
 * that it is never seen in stock. The caller holds the profile.
 */
export async function reissue(
  tx: Transaction,
  ctx: OrderContext,
  row: ReuseRow,
  { eid, past, insteadOf, ...wishes }: Reissue,
): Promise<Issued> {
  const { installedEid, deviceErased, deletedAt, failed } = factsOf(row)
  const iccid = Iccid.parse(row.iccid)
  const former: FormerInstallation = {
    eid: installedEid,
    deletedAt: deletedAt?.toISOString() ?? null,
    failed,
    ...(deviceErased ? { erased: true } : {}),
  }
  const timeline: ProfileEvent = {
    at: ctx.now,
    iccid,
    ...(row.last ? { orderId: row.last.id } : {}),
    ...(installedEid ? { eid: installedEid } : {}),
    actor: ctx.actor.name,
    kind: 'reissue',
    outcome: 'ok',
    data: { ...former, from: row.state, ...(past ? { reason: past.reason, rules: past.rules, requestedBy: past.requestedBy } : {}) },
  }
  if (insteadOf) {
    await endOpenMove(tx, ctx, row, insteadOf)
    await addEvent(tx, timeline)
  } else
    await moveProfile(tx, {
      iccid,
      orderId: null,
      from: ['Installed', 'Error'],
      event: 'reissue',
      at: ctx.now,
      forgetDevice: true,
      timeline,
    })
  await revokeLinks(tx, { iccid, by: ctx.actor.name, at: ctx.now })
  const issued = await nextOrder(tx, ctx, { iccid, eid, reason: 'reissue', last: row.last, wishes })
  await audit(tx, ctx.actor, 'order:reissue', {
    target: iccid,
    detail: {
      orderId: issued.orderId,
      fromEid: installedEid,
      eid,
      insteadOf,
      confirmationCodeRequired: issued.confirmationCodeRequired,
      expiresAt: issued.expiresAt,
      ...(past ? { pastPolicy: past } : {}),
    },
  })
  return issued
}

const endOpenMove = (tx: Transaction, ctx: OrderContext, { iccid, state }: ReuseRow, orderId: string) =>
  moveProfile(tx, {
    iccid,
    orderId,
    from: [state],
    event: 'cancelToAvailable',
    at: ctx.now,
    closeAs: 'cancelled',
    forgetDevice: true,
    timeline: { at: ctx.now, iccid, orderId, actor: ctx.actor.name, kind: 'cancelOrder', outcome: 'ok', data: { from: state } },
  })
