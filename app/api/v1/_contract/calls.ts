import type { ApiCall } from './call'
import { readLink, renewLink, revokeLink } from './links'
import { bindProfile, cancelOrder, confirmOrder, issueOrder, readOrder, releaseOrder, unbindProfile } from './orders'
import { issueRun, listRunOrders, readRun } from './runs'
import { listProfiles, readProfile, readStock, readTimeline } from './stock'
import { listTypes, readType } from './types'

/** THE table of the API: every function that there is, in the order in which the document shows them. */
export const CALLS: readonly ApiCall[] = [
  listTypes,
  readType,
  readStock,
  listProfiles,
  readProfile,
  readTimeline,
  issueOrder,
  readOrder,
  confirmOrder,
  releaseOrder,
  cancelOrder,
  bindProfile,
  unbindProfile,
  issueRun,
  readRun,
  listRunOrders,
  readLink,
  renewLink,
  revokeLink,
]
