'use server'

import { z } from 'zod'
import { operatorAction } from '@/lib/action'
import { addWebhook, changeWebhook, pauseWebhook, removeWebhook, rotateSecret, WebhookInput } from '@/lib/partners/webhooks/webhook'

/** A secret that was just made: it is in this answer and nowhere else. */
export interface MadeSecret {
  name: string
  secret: string
}

const OfWebhook = z.object({ id: z.uuid() })

export const addNewWebhook = operatorAction(
  'endpoint:write',
  WebhookInput,
  async (input, { db, actor, now, vault }): Promise<MadeSecret> => {
    const { name, secret } = await addWebhook(db, { actor, now, vault }, input)
    return { name, secret }
  },
)

export const saveWebhook = operatorAction(
  'endpoint:write',
  z.object({ id: z.uuid(), webhook: WebhookInput }),
  async ({ id, webhook }, { db, actor, now, vault }) => {
    await changeWebhook(db, { actor, now, vault }, id, webhook)
    return {}
  },
)

export const holdWebhook = operatorAction(
  'endpoint:write',
  z.object({ id: z.uuid(), paused: z.boolean() }),
  async ({ id, paused }, { db, actor, now, vault }) => {
    await pauseWebhook(db, { actor, now, vault }, id, paused)
    return { paused }
  },
)

export const newSecret = operatorAction('endpoint:write', OfWebhook, async ({ id }, { db, actor, now, vault }): Promise<MadeSecret> => {
  const { name, secret } = await rotateSecret(db, { actor, now, vault }, id)
  return { name, secret }
})

export const endWebhook = operatorAction('endpoint:write', OfWebhook, async ({ id }, { db, actor, now, vault }) => {
  await removeWebhook(db, { actor, now, vault }, id)
  return {}
})
