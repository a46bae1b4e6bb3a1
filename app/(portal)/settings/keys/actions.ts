'use server'

import { z } from 'zod'
import { operatorAction } from '@/lib/action'
import { makePortalPgpKey, retirePgpKey } from '@/lib/inventory/pgp-keys'
import {
  enterTransportKey,
  enterTransportKeyPart,
  retireTransportKey,
  TransportKeyInput,
  TransportKeyPartInput,
} from '@/lib/inventory/transport-keys'

export const enterKey = operatorAction('transport:write', TransportKeyInput, (input, { db, actor, vault }) =>
  enterTransportKey(db, { actor, vault }, input),
)

export const enterPart = operatorAction('transport:write', TransportKeyPartInput, (input, { db, actor, vault }) =>
  enterTransportKeyPart(db, { actor, vault }, input),
)

export const retireKey = operatorAction('transport:write', z.object({ id: z.uuid() }), async ({ id }, { db, actor }) => {
  await retireTransportKey(db, { actor }, id)
  return { id }
})

export const makePgp = operatorAction('transport:write', z.object({}), async (_, { db, actor, vault, env }) => ({
  fingerprint: await makePortalPgpKey(db, { actor, vault }, `Slipway ${new URL(env.portalUrl).host}`),
}))

const Fingerprint = z.object({ fingerprint: z.string().regex(/^[0-9A-F]{40,64}$/) })

export const retirePgp = operatorAction('transport:write', Fingerprint, async ({ fingerprint }, { db, actor }) => {
  await retirePgpKey(db, { actor }, fingerprint)
  return { fingerprint }
})
