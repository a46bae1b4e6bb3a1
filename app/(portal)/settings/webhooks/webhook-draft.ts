import type { WebhookEventName } from '@/lib/partners/webhooks/events'
import type { Webhook } from '@/lib/partners/webhooks/webhook'

/** A webhook as the page shows it. */
export interface ShownWebhook extends Omit<Webhook, 'trustedCa'> {
  /** Its server's certificate comes from a CA of its own */
  ownCa: boolean
}

/** A webhook as the form has it. */
export interface WebhookDraft {
  name: string
  url: string
  inTheClear: boolean
  trusts: 'system' | 'own'
  /** PEM; empty: as it was */
  trustedCa: string
  /** Undefined: all */
  events: WebhookEventName[] | undefined
  typeIds: string[] | undefined
  /** Whose orders; empty: everybody's */
  partnerId: string
}

export const newWebhook: WebhookDraft = {
  name: '',
  url: '',
  inTheClear: false,
  trusts: 'system',
  trustedCa: '',
  events: undefined,
  typeIds: undefined,
  partnerId: '',
}

export const draftOf = ({ name, url, ownCa, events, typeIds, partnerId }: ShownWebhook): WebhookDraft => ({
  name,
  url,
  inTheClear: url.startsWith('http:'),
  trusts: ownCa ? 'own' : 'system',
  trustedCa: '',
  events: events.length > 0 ? (events as WebhookEventName[]) : undefined,
  typeIds: typeIds ?? undefined,
  partnerId: partnerId ?? '',
})

/** What is amiss with a draft that the server could not know; none of what is chosen would mean all. */
export function amiss({ events, trusts, trustedCa }: WebhookDraft, present: ShownWebhook | undefined): Record<string, string> {
  return {
    ...(events?.length === 0 ? { events: 'Choose at least one event, or every event.' } : {}),
    ...(trusts === 'own' && !trustedCa && !present?.ownCa ? { trustedCa: 'Give the CA’s certificate.' } : {}),
  }
}

/** The draft as the actions take it. */
export const inputOf = ({ name, url, inTheClear, trusts, trustedCa, events, typeIds, partnerId }: WebhookDraft) => ({
  ...(name.trim() ? { name } : {}),
  url,
  inTheClear,
  ...(trusts === 'system' ? { trustedCa: null } : trustedCa ? { trustedCa } : {}),
  events: events ?? [],
  typeIds: typeIds ?? null,
  partnerId: partnerId || null,
})
