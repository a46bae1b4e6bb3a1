import type { Situation } from '@/lib/customer-page/model'
import type { LinkFacts } from '@/lib/db/customer-link-rows'
import { qrText } from '@/lib/rsp/activation-code'
import { orderActivationCode } from '../activation-code'

const endOf = (eid: string | null): { eidEnd?: string } => (eid ? { eidEnd: eid.slice(-4) } : {})

/** The one thing that the page of a link has to say. The activation code is in it only while a phone can use it. */
export function situationOf(facts: LinkFacts, now: Date): Situation {
  if (facts.revokedAt) {
    if (facts.replaced) return { situation: 'replaced' }
    return facts.outcome === 'cancelled' ? { situation: 'cancelled' } : { situation: 'unknown' }
  }
  return facts.open ? ofOpenOrder(facts, now) : ofClosedOrder(facts)
}

function ofOpenOrder(facts: LinkFacts, now: Date): Situation {
  if (facts.state === 'Downloaded') return { situation: 'downloaded', at: facts.stateSince, ...endOf(facts.eid) }
  if (facts.expiresAt && facts.expiresAt <= now) return { situation: 'expired', at: facts.expiresAt }
  return facts.state === 'Released' ? ready(facts) : { situation: 'notReady' }
}

function ready(facts: LinkFacts): Situation {
  const { matchingId, smdpAddress, confirmationCodeRequired, expiresAt, orderEid } = facts
  if (matchingId === null || smdpAddress === null) return { situation: 'notReady' }
  const activationCode = orderActivationCode({ matchingId, smdpAddress, confirmationCodeRequired })
  return {
    situation: 'ready',
    activationCode,
    qrText: qrText(activationCode),
    smdpAddress,
    matchingId,
    confirmationCodeRequired,
    ...(confirmationCodeRequired ? { confirmationCodeTriesLeft: Math.max(0, facts.confirmationLimit - facts.confirmationAttempts) } : {}),
    ...(expiresAt ? { expiresAt } : {}),
    ...(orderEid ? { boundEidEnd: orderEid.slice(-4) } : {}),
  }
}

function ofClosedOrder(facts: LinkFacts): Situation {
  const at = facts.closedAt ? { at: facts.closedAt } : {}
  switch (facts.outcome) {
    case 'installed':
      return ofInstalled(facts)
    case 'downloadAttemptsExceeded':
      return { situation: 'usedUp', reason: 'downloads' }
    case 'confirmationCodeAttemptsExceeded':
      return { situation: 'usedUp', reason: 'confirmationCode' }
    case 'failed':
    case 'rejected':
      return { situation: 'failed', ...at }
    default:
      return { situation: 'cancelled' }
  }
}

/** What the phone told later is told as long as nobody else has the profile: then it is no business of whoever has this link. */
function ofInstalled(facts: LinkFacts): Situation {
  const { latestOrder, state, runtimeState, runtimeSince, eid, closedAt, stateSince } = facts
  if (latestOrder && state === 'Unavailable') return { situation: 'cancelled' }
  if (!latestOrder || state !== 'Installed') return { situation: 'deleted' }
  if (runtimeState === 'Deleted') return { situation: 'deleted', ...(runtimeSince ? { at: runtimeSince } : {}), ...endOf(eid) }
  return { situation: 'installed', at: closedAt ?? stateSince, ...endOf(eid), ...(runtimeState ? { runtime: runtimeState } : {}) }
}
