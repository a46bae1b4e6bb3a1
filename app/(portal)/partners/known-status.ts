import { STATUS, type StatusName } from '@/lib/rsp/status'

/** What is known of a status by the name that a call was kept with; a name of another version may be known no more. */
export const knownStatus = (name: string): (typeof STATUS)[StatusName] | undefined =>
  Object.hasOwn(STATUS, name) ? STATUS[name as StatusName] : undefined
