import { finishDownload } from './downloads'
import { type Report, sound } from './report'
import { Site } from './site'

const hourMs = 3_600_000
/** A little less than an hour back: the certificates of the harness are an hour old. */
const jumps = { 'an hour forward': 1.02 * hourMs, 'an hour back': -0.98 * hourMs }
const STEPS = ['authenticateClient', 'getBoundProfilePackage', 'handleNotification'] as const

/** The server's clock jumps an hour forward or back, between any two steps of a download. */
export async function clockCases(report: Report): Promise<void> {
  const site = await Site.open()
  try {
    for (const [words, jumpMs] of Object.entries(jumps))
      await report.case(`Clock jumping ${words} between two steps`, async () => {
        for (const before of STEPS) {
          const ordered = await site.order({ type: 'patient' })
          let jumped: Promise<unknown> | undefined
          const onPost = (name: string) => {
            if (name === before) jumped ??= turn(site, jumpMs)
            return jumped
          }
          const phone = await site.phone({ onPost })
          await finishDownload(phone, ordered)
          await site.checkInstalled(phone, ordered)
          await turn(site, 0)
        }
        await site.check()
        return `${STEPS.length} jumps there and back again, every download repeated to its end`
      })
    await report.case('Clock an hour ahead, then right again, with orders that expire', () => expiring(site))
  } finally {
    await site.close()
  }
}

const turn = (site: Site, offsetMs: number) => site.server.tell({ do: 'clock', offsetMs })

/** An order is refused while the clock says that it has expired, and nothing of it is lost by that. */
async function expiring(site: Site): Promise<string> {
  const ordered = await site.order({ type: 'patient' })
  await site.sql(`UPDATE download_order SET expires_at = now() + interval '30 min' WHERE id = $1`, [ordered.orderId])
  const phone = await site.phone()
  await turn(site, hourMs)
  const refused = await phone.download({ activationCode: ordered.activationCode }).then(
    () => 'installed',
    (error: Error) => error.message,
  )
  sound(!refused.includes('8.8.5/4.10') && `an expired order was answered: ${refused}`)
  await site.server.tell({ do: 'sweep' })
  await turn(site, 0)
  await finishDownload(phone, ordered)
  await site.checkInstalled(phone, ordered)
  await site.check()
  return 'refused while expired, downloaded once the clock was right again; a sweep ahead of time removed nothing that was needed'
}
