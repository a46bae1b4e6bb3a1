import { z } from 'zod'
import { type Actor, requireMay } from '@/lib/accounts/actor'
import { audit } from '@/lib/accounts/audit'
import { defineTask, startTask } from '@/lib/accounts/tasks'
import { countUnmailedLinks, lockUnmailedLinks, markLinksMailed } from '@/lib/db/customer-link-rows'
import { type Database, transaction } from '@/lib/db/pool'
import { FormError } from '@/lib/form-error'
import { isMailAddress } from '@/lib/mail/mail-settings'
import { readBrand } from '../brand'
import { writeMail } from './mail-link'

const MailRunInput = z.object({ runId: z.uuid(), count: z.int().min(0) })

const perStep = 200

const words = (count: number): string => `${count.toLocaleString('en-GB')} ${count === 1 ? 'link' : 'links'}`

/** Writes the mails of a run: to every order with an address whose link can be opened and was not mailed yet. */
export const mailRunLinks = defineTask<z.infer<typeof MailRunInput>>({
  kind: 'link:mail',
  schema: MailRunInput,
  title: ({ count }) => `Mail ${words(count)} to customers`,
  verb: 'link:write',
  run: async ({ db, actor, now }, { runId }, report) => {
    const brand = await readBrand(db)
    report.total(await countUnmailedLinks(db, runId, now()))
    let [mailed, left, after] = [0, 0, '']
    while (!(await report.cancelled())) {
      const at = now()
      const step = await transaction(db, async tx => {
        const links = await lockUnmailedLinks(tx, { runId, at, after, limit: perStep })
        const written = links.flatMap(link =>
          link.customerEmail && isMailAddress(link.customerEmail) ? { ...link, to: link.customerEmail } : [],
        )
        for (const link of written) await writeMail(tx, brand, link, link.to)
        await markLinksMailed(tx, written, actor.name, at)
        const [first, last] = [written[0]?.iccid, written.at(-1)?.iccid]
        if (first)
          await audit(tx, actor, 'link:write', { target: words(written.length), detail: { mailed: written.length, runId, first, last } })
        return { last: links.at(-1)?.iccid, written: written.length, unusable: links.length - written.length }
      })
      if (step.last === undefined) break
      after = step.last
      mailed += step.written
      left += step.unusable
      report.done(step.written)
      report.failed(step.unusable)
    }
    const bad = left > 0 ? ` ${words(left)} had an address to which no mail can be sent.` : ''
    report.result({ sentence: `${words(mailed)} mailed.${bad}`, link: { href: '/mail', name: 'Outbox' } })
  },
})

/** Begins to mail the links of a run. @returns the task's id. @throws FormError when there is nobody to write to, NotAllowed */
export async function startMailingLinks(db: Database, { actor, now }: { actor: Actor; now: Date }, runId: string): Promise<string> {
  requireMay(actor, 'link:write')
  const count = await countUnmailedLinks(db, runId, now)
  if (count === 0) throw new FormError('There is no link left to mail: every order with an e-mail address has had its mail, or has ended.')
  return transaction(db, tx => startTask(tx, actor, mailRunLinks, { runId, count }))
}
