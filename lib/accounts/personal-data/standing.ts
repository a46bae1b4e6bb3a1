import type { Subscription } from '@/lib/db/personal/subscription-rows'

/** What a subscription needs its data for; undefined when it is over. */
export type StillNeeded = 'order' | 'installation'

/** Whether an order of it is open, or the profile is on a device that did not report its deletion. */
export function stillNeeded({ latest, openOrderId, state, runtimeState, claimedEid }: Subscription): StillNeeded | undefined {
  if (openOrderId) return 'order'
  return latest && state === 'Installed' && runtimeState !== 'Deleted' && claimedEid !== null ? 'installation' : undefined
}

/** Sentences that say why something cannot be erased yet, and what to do. */
export const neededSentence = (subscription: Subscription): string | undefined => {
  switch (stillNeeded(subscription)) {
    case 'order':
      return `${subscription.iccid} has an open order (${subscription.state}). Cancel it first.`
    case 'installation':
      return `${subscription.iccid} is on a device that has not reported its deletion. Ask the customer to delete the eSIM, or replace the profile, first.`
    default:
      return undefined
  }
}

/** Of one of a subscription that is over: whether its phone number goes with it. */
export const numberEnds = ({ latest, state }: Subscription): boolean => latest && (state === 'Unavailable' || state === 'Installed')

/** Why a phone number stays; undefined when it goes, or there is none. */
export function numberStays(subscription: Subscription, { anyLive, unsent }: { anyLive: boolean; unsent: boolean }): string | undefined {
  const { iccid, msisdns, latest, state } = subscription
  if (msisdns.length === 0 || !latest) return undefined
  if (anyLive) return `The phone number of ${iccid} stays: the subscription lives, and the number is how it is reached.`
  if (unsent) return `The phone number that moved to ${iccid} stays until the exchange file with it has been taken.`
  if (!numberEnds(subscription))
    return `The phone number of ${iccid} stays with the profile, which is ${state === 'Available' ? 'in stock again' : 'not used up'}: it is the next customer’s.`
  return undefined
}
