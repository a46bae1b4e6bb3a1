'use server'

import { z } from 'zod'
import { audit } from '@/lib/accounts/audit'
import { operatorAction } from '@/lib/action'
import { removeUnsentMail, retryMails } from '@/lib/db/outbox-rows'
import { transaction } from '@/lib/db/pool'
import { FormError } from '@/lib/form-error'
import { sendMail } from '@/lib/mail/send-mail'

const One = z.object({ id: z.uuid() })

/** Tries one mail again, or with no id all that were not sent. */
export const tryAgain = operatorAction('settings:write', One.partial(), ({ id }, { db, actor, env }): Promise<{ count: number }> => {
  if (!env.mail) throw new FormError('No mail server is set: SMTP_URL names it, in the environment of the server.')
  return transaction(db, async tx => {
    const count = await retryMails(tx, id)
    if (id && count === 0) throw new FormError('This mail has been sent or removed meanwhile.')
    await audit(tx, actor, 'settings:write', { target: 'mail', result: 'tried again', detail: { count, mail: id } })
    return { count }
  })
})

export const remove = operatorAction(
  'settings:write',
  One,
  ({ id }, { db, actor }): Promise<void> =>
    transaction(db, async tx => {
      if (!(await removeUnsentMail(tx, id))) throw new FormError('This mail has been sent or removed meanwhile.')
      await audit(tx, actor, 'settings:write', { target: 'mail', result: 'removed', detail: { mail: id } })
    }),
)

/** Sends a mail to whoever asks, to see whether mail arrives. */
export const sendTest = operatorAction('settings:write', z.object({}), (_, { db, actor, env, now }): Promise<{ to: string }> => {
  if (!env.mail) throw new FormError('No mail server is set: SMTP_URL names it, in the environment of the server.')
  return transaction(db, async tx => {
    const text = `This mail was sent from ${env.portalUrl} on ${now.toUTCString()} to see whether mail arrives. It does.`
    await sendMail(tx, { to: actor.name, subject: 'Mail from Slipway arrives', text })
    await audit(tx, actor, 'settings:write', { target: 'mail', result: 'test sent' })
    return { to: actor.name }
  })
})
