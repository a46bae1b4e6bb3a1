import type { Actor } from '@/lib/accounts/actor'
import { readProfileType } from '@/lib/db/type-rows'
import { inputOf, type TypeInput, updateType } from '@/lib/inventory/types'
import { type Moved, type MoveInput, moveToNewPhone } from '@/lib/orders/reuse/move'
import type { Card } from '@/lib/phone/card'
import type { Lpa } from '@/lib/phone/lpa'
import { Iccid } from '@/lib/rsp/identifiers'
import { actor, type Laboratory } from './laboratory'

export interface OnPhone {
  iccid: Iccid
  orderId: string
  matchingId: string
  activationCode: string
  page: string
  card: Card
  phone: Lpa
}

/** A profile that a phone has installed and not yet enabled. */
export async function onPhone(lab: Laboratory, options: { type?: string; card?: Card } = {}): Promise<OnPhone> {
  const { iccid, ...issued } = await lab.issued(options.type ? { type: options.type } : {})
  const card = options.card ?? lab.card()
  const phone = lab.phone(card)
  await phone.download({ activationCode: issued.activationCode })
  return { ...issued, iccid: Iccid.parse(iccid), card, phone }
}

/** The same, and the phone has reported that it deleted the profile. */
export async function deletedOnPhone(lab: Laboratory, options: { type?: string; card?: Card } = {}): Promise<OnPhone> {
  const installed = await onPhone(lab, options)
  installed.phone.deleteProfile(installed.iccid)
  await installed.phone.sendNotifications()
  return installed
}

export const move = (lab: Laboratory, iccid: string, more: Partial<MoveInput> = {}, by: Actor = actor): Promise<Moved> =>
  moveToNewPhone(lab.db, { ...lab.orderContext(), actor: by }, { iccid: Iccid.parse(iccid), ...more })

/** Moves a profile; a request for a second person is none. */
export async function moved(lab: Laboratory, iccid: string, more: Partial<MoveInput> = {}) {
  const answer = await move(lab, iccid, more)
  if ('waiting' in answer) throw new Error('it waits for a second person')
  return answer
}

/** Gives a type other settings. */
export async function changeType(lab: Laboratory, name: string, changes: Partial<TypeInput>): Promise<void> {
  const type = await readProfileType(lab.db, name)
  if (!type) throw new Error(`no type ${name}`)
  await updateType(lab.db, actor, { ...inputOf(type), ...changes, id: type.id, version: type.version })
}

export const ordersOf = (lab: Laboratory, iccid: string) =>
  lab.sql(
    'SELECT id, reason, eid, outcome, customer_email, reference, language, partner_id, created_by FROM download_order WHERE iccid = $1 ORDER BY created_at, reason',
    [iccid],
  )

/** Which links of a profile are good. */
export const goodLinks = async (lab: Laboratory, iccid: string) =>
  (await lab.sql('SELECT order_id FROM customer_link WHERE iccid = $1 AND revoked_at IS NULL', [iccid])).map(({ order_id }) => order_id)

/** What became of the notifications about a profile, in the order in which they came. */
export const verdictsOf = async (lab: Laboratory, iccid: string) =>
  (await lab.sql('SELECT verdict FROM notification WHERE iccid = $1 ORDER BY received_at, sequence_number', [iccid])).map(
    ({ verdict }) => verdict,
  )
