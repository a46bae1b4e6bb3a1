import type { TimelineRow } from '@/lib/db/portal/profile-detail'
import { STATUS } from '@/lib/rsp/status'

type Told = Pick<TimelineRow, 'kind' | 'outcome' | 'status' | 'detail' | 'data'>

const reported: Record<string, string> = {
  install: 'reports that the profile is installed',
  enable: 'enabled the profile',
  disable: 'disabled the profile',
  delete: 'deleted the profile',
}

const done: Record<string, (data: Record<string, unknown>) => string> = {
  uploaded: () => 'uploaded the profile',
  approved: ({ batch }) => `approved batch ${batch}: the profile came into stock`,
  downloadOrder: () => 'ordered the profile',
  confirmOrder: ({ released }) => (released === false ? 'confirmed the order, to be released later' : 'confirmed and released the order'),
  releaseProfile: () => 'released the order',
  cancelOrder: ({ finalProfileStatusIndicator }) => `cancelled the order, the profile is ${finalProfileStatusIndicator}`,
  retire: () => 'retired the profile',
  restore: () => 'brought the profile back',
  authenticateClient: () => 'proved itself and was shown the profile',
  getBoundProfilePackage: ({ rebound }) => (rebound === true ? 'took the package again' : 'took the package'),
  cancelSession: () => 'cancelled the download',
  orderEnded: () => 'the order has ended',
  installationResult: ({ success }) => (success === false ? 'could not install the profile' : 'installed the profile'),
  notification: ({ event }) => reported[String(event)] ?? 'sent a notification',
}

const tried: Record<string, string> = {
  authenticateClient: 'was turned away',
  getBoundProfilePackage: 'did not get the package',
  cancelSession: 'could not cancel the download',
  installationResult: 'sent an installation result that was not accepted',
  notification: 'sent a notification that was not accepted',
}

/** A row of the timeline in one line. */
export function eventWords({ kind, outcome, status, detail, data }: Told): string {
  const what = outcome === 'refused' ? (tried[kind] ?? `${kind} was refused`) : (done[kind]?.(data ?? {}) ?? kind)
  const row = status ? STATUS[status] : undefined
  const why = [row?.meaning, detail, row && `(${row.subjectCode}/${row.reasonCode})`].filter(Boolean).join(' ')
  return why ? `${what}: ${why}` : what
}
