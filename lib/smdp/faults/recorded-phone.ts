import type { Lpa } from '@/lib/phone/lpa'
import type { Site } from './site'

interface Recorded {
  phone: Lpa
  sent: { name: string; body: Record<string, unknown> }[]
}

/** A phone, and what it sends, so that it can be sent again. */
export async function recorded(site: Site): Promise<Recorded> {
  const sent: Recorded['sent'] = []
  const onPost = (name: string, body: Record<string, unknown>) => sent.push({ name, body })
  return { phone: await site.phone({ persistMs: 20_000, onPost }), sent }
}

export function sentTo({ sent }: Recorded, name: string): Record<string, unknown> {
  const found = sent.find(each => each.name === name)
  if (!found) throw new Error(`The phone did not call ${name}.`)
  return found.body
}
