import type { Lpa } from '@/lib/phone/lpa'
import type { PlainOptions } from './plain-transport'
import { Broken } from './report'
import type { Ordered, Site, SiteType } from './site'

/** A download that goes on however often it is interrupted. */
export interface Running {
  phone: Lpa
  ordered: Ordered
  done: Promise<void>
}

const mostTries = 12

/** Downloads as a patient person does: what fails is tried again, notifications are sent until the server has them. */
export async function finishDownload(phone: Lpa, { activationCode, iccid }: Ordered, confirmationCode?: string): Promise<void> {
  let last: unknown
  for (let tries = 0; tries < mostTries; tries++) {
    try {
      await phone.sendNotifications()
      if (phone.listProfiles().some(profile => profile.iccid === iccid)) return
      await phone.download({ activationCode, ...(confirmationCode ? { confirmationCode } : {}) })
    } catch (error) {
      last = error
    }
  }
  throw new Broken([`${iccid} was not downloaded in ${mostTries} tries: ${last instanceof Error ? last.message : last}`])
}

/** Begins `count` downloads at once, each by a phone of its own. */
export async function beginDownloads(
  site: Site,
  count: number,
  options: Partial<PlainOptions> & { type?: SiteType } = {},
): Promise<Running[]> {
  const { type = 'patient', ...transport } = options
  const running: Running[] = []
  for (let i = 0; i < count; i++) {
    const ordered = await site.order({ type })
    running.push({ phone: await site.phone({ persistMs: 20_000, ...transport }), ordered, done: Promise.resolve() })
  }
  for (const each of running) {
    each.done = finishDownload(each.phone, each.ordered)
    each.done.catch(() => undefined)
  }
  return running
}

/** Waits for all and checks each. @throws Broken */
export async function finishAll(site: Site, running: Running[]): Promise<void> {
  for (const { done } of running) await done
  for (const { phone, ordered } of running) await site.checkInstalled(phone, ordered)
}
