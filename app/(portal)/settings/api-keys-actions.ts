'use server'

import { z } from 'zod'
import { CreateApiKeyInput, createApiKey, revokeApiKey } from '@/lib/accounts/api-keys'
import { operatorAction } from '@/lib/action'

/** Ends with the day that was chosen, in UTC. */
const endOfDay = z.iso
  .date('Choose a day.')
  .transform(day => new Date(`${day}T23:59:59.999Z`))
  .optional()

const { name, role } = CreateApiKeyInput.shape

/** A new key: it is in this answer and nowhere else. */
export interface MadeKey {
  name: string
  key: string
}

export const makeKey = operatorAction(
  'api-key:write',
  z.object({ name, role, expiresAt: endOfDay }),
  async (input, { db, actor, now }): Promise<MadeKey> => {
    const { expiresAt, ...wanted } = input
    const { key } = await createApiKey(db, actor, { ...wanted, ...(expiresAt ? { expiresAt } : {}) }, now)
    return { name: input.name, key }
  },
)

export const endKey = operatorAction('api-key:write', z.object({ id: z.uuid() }), ({ id }, { db, actor, now }) =>
  revokeApiKey(db, actor, id, now),
)
