import type { AttemptResult } from '@/lib/db/attempts/tally'
import { type Attempt, type AttemptStep, attemptOfUnproved } from '@/lib/rsp/explain/attempt'
import { explain } from '@/lib/rsp/explain/explain'
import { STATUS, type StatusName } from '@/lib/rsp/status'

/** Where the sentence about one attempt says more than is known of many. */
const OF_MANY: Record<string, string> = {
  eidRefused: 'The code was for another phone, or no order waited for the phone.',
  profileNotReleased: 'The order had not been released when the phone asked.',
  'cancel:0': 'Somebody at the phone said no; many phones say so as well when they could not install the eSIM.',
  'install:12': 'The phone could not process a part of the eSIM.',
}

const STEPS: Partial<Record<AttemptResult, AttemptStep>> = { cancelled: 'cancelled', failed: 'notInstalled' }

const isStatus = (name: string): name is StatusName => Object.hasOwn(STATUS, name)

/** Why attempts of this kind did not end with an installation, in the words of the support page. */
export function reasonWords(result: AttemptResult, reason: string): string {
  const known = OF_MANY[reason]
  if (known) return known
  if (result === 'noResult') return 'The phone asked, and nothing more was heard of it.'
  if (isStatus(reason)) return sentenceOf({}, reason)
  const code = Number(reason.split(':')[1] || Number.NaN)
  const step = STEPS[result]
  if (!step) return 'The phone was turned away.'
  return sentenceOf({ step, data: Number.isNaN(code) ? null : { reason: code, errorReason: code } })
}

/** Of a attempt of which nothing is known but how it went. */
function sentenceOf(
  { step = 'refused', data = null }: { step?: AttemptStep; data?: Attempt['decisive']['data'] },
  status?: StatusName,
): string {
  const bare = attemptOfUnproved({ at: new Date(0), function: 'authenticateClient', status: status ?? 'transactionUnknown' })
  const decisive = { ...bare.decisive, status: status ?? null, data }
  return explain({ ...bare, step, decisive, events: [decisive] }, { now: new Date(0) }).sentence
}
