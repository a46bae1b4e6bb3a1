import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Actor, NotAllowed } from '@/lib/accounts/actor'
import type { Role } from '@/lib/accounts/roles'
import { Device } from '@/lib/smdp/testing/device'
import { Laboratory } from '@/lib/smdp/testing/laboratory'
import { lookAtEvent } from './look'

const imei = '356938035643809'

let lab: Laboratory
let iccid: string
let matchingId: string
let eid: string
let id: string
beforeAll(async () => {
  lab = await Laboratory.open()
  const issued = await lab.issued()
  iccid = issued.iccid
  matchingId = issued.matchingId
  const device = new Device(lab, lab.card({ settings: { imei } }))
  eid = device.euicc.eid
  await device.authenticate(matchingId)
  const [row] = await lab.sql(`SELECT id::text FROM profile_event WHERE iccid = $1 AND kind = 'authenticateClient'`, [iccid])
  id = String(row?.id)
})
afterAll(() => lab.close())

const actorOf = (role: Role): Actor => ({ kind: 'account', name: `${role}@example.com`, role })
const looks = (role: Role) => lab.sql('SELECT action, target FROM audit WHERE actor = $1 ORDER BY id', [`${role}@example.com`])

test('support reads request and answer with EID, IMEI and code masked, and nobody has to know', async () => {
  const shown = JSON.stringify(await lookAtEvent(lab.db, actorOf('support'), { iccid, id }))
  expect(shown).toContain('"name":"freeNonVolatileMemory"')
  expect(shown).toContain('"name":"profileMetadata"')
  expect(shown).toContain(`"name":"imei","value":"••••${imei.slice(-4)}"`)
  for (const hidden of [eid, imei, matchingId]) expect(shown).not.toContain(hidden)
  expect(await looks('support')).toEqual([])
})

test('support asks for the device: EID and IMEI whole, the code not, and the audit has it', async () => {
  const shown = await lookAtEvent(lab.db, actorOf('support'), { iccid, id }, { reveal: true })
  expect(shown?.event).toMatchObject({ eid, data: { imei } })
  expect(JSON.stringify(shown?.exchange)).toContain(`"value":"${imei}"`)
  expect(JSON.stringify(shown)).not.toContain(matchingId)
  expect(await looks('support')).toEqual([{ action: 'identity:reveal', target: iccid }])
})

test('an operator sees them at once, and that is on the audit too', async () => {
  const shown = JSON.stringify(await lookAtEvent(lab.db, actorOf('operator'), { iccid, id }))
  for (const whole of [eid, imei, matchingId]) expect(shown).toContain(whole)
  expect(await looks('operator')).toEqual([{ action: 'identity:read', target: iccid }])
})

test('an approver may not ask, and sees neither device nor code', async () => {
  await expect(async () => lookAtEvent(lab.db, actorOf('approver'), { iccid, id }, { reveal: true })).rejects.toThrow(NotAllowed)
  const shown = JSON.stringify(await lookAtEvent(lab.db, actorOf('approver'), { iccid, id }))
  for (const hidden of [eid, imei, matchingId]) expect(shown).not.toContain(hidden)
})

test('a step without a message has no exchange, an unknown one is not there', async () => {
  const [row] = await lab.sql(`SELECT id::text FROM profile_event WHERE iccid = $1 AND kind = 'confirmOrder'`, [iccid])
  expect(await lookAtEvent(lab.db, actorOf('support'), { iccid, id: String(row?.id) })).toMatchObject({ exchange: null })
  expect(await lookAtEvent(lab.db, actorOf('support'), { iccid, id: '999999' })).toBeUndefined()
})
