import { type RspError, STATUS } from '@/lib/rsp/status'

/** Why one profile of many was left as it is. */
export function refusalSentence({ iccid, refusal }: { iccid: string; refusal: RspError }): string {
  if (refusal.status === 'iccidUnknown') return `${iccid} is not in stock.`
  if (refusal.status === 'iccidInUse' && refusal.detail) return refusal.detail
  return `${iccid}: ${STATUS[refusal.status].meaning}`
}
