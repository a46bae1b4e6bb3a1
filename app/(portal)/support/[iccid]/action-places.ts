import type { ActionName } from '@/lib/rsp/explain/actions'

/** Cards of the page on which something is done. */
export type Place = 'order' | 'link' | 'newPhone'

const ON_PAGE: Partial<Record<ActionName, Place>> = {
  showCode: 'order',
  releaseOrder: 'order',
  bindDevice: 'order',
  issueCode: 'order',
  cancelOrder: 'order',
  extendExpiry: 'order',
  raiseLimit: 'order',
  mailLink: 'link',
  renewLink: 'link',
  move: 'newPhone',
  replace: 'newPhone',
}

const ELSEWHERE: Partial<Record<ActionName, string>> = {
  changeType: '/types',
  uploadProfiles: '/batches/upload',
  importCertificates: '/settings',
}

/** Where an action is done: a card of this page, or another room; undefined where there is no place for it. */
export const placeOf = (action: ActionName): string | undefined => {
  const card = ON_PAGE[action]
  return card ? `#${card}` : ELSEWHERE[action]
}

/** The cards that the advised actions need, in the order of the advice, each once; the others follow. */
export function placesOf(actions: readonly ActionName[]): Place[] {
  const advised = actions.flatMap(action => ON_PAGE[action] ?? [])
  return [...new Set([...advised, 'order', 'link', 'newPhone'] as const)]
}
