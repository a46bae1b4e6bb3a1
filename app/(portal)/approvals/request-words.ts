import { APPROVAL_KINDS, isApprovalKind } from '@/lib/accounts/approvals/kinds'
import type { ApprovalRow } from '@/lib/db/approval-rows'
import { REUSE_RULES } from '@/lib/orders/reuse/policy'
import { RULE_WORDS } from '../profiles/[iccid]/new-phone/rule-words'

export interface RequestWords {
  title: string
  /** What it is about in particular */
  about?: string
  /** What to compare before one says yes */
  checkValue?: string
  /** The page that shows more */
  href?: string
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)

function passedOver(rules: unknown): string {
  const words = REUSE_RULES.filter(rule => Array.isArray(rules) && rules.includes(rule)).map(rule => RULE_WORDS[rule].toLowerCase())
  return words.length > 0 ? ` (against the policy: ${words.join(', ')})` : ''
}

/** A request in words. */
export function requestWords({ kind, target, detail }: Pick<ApprovalRow, 'kind' | 'target' | 'detail'>): RequestWords {
  if (!isApprovalKind(kind)) return { title: kind, about: target }
  const { title } = APPROVAL_KINDS[kind]
  switch (kind) {
    case 'batch:approve': {
      const name = textOf(detail.name) ?? `Batch ${target}`
      const type = textOf(detail.type)
      return {
        title,
        about: `${name}${type ? `, type ${type}` : ''}: ${detail.how === 'all' ? 'all rows' : 'the rows without a finding'}`,
        href: `/batches/${encodeURIComponent(target)}`,
      }
    }
    case 'transport-key': {
      const [index, vendor, algorithm, mode, checkValue] = [detail.keyIndex, detail.vendor, detail.algorithm, detail.mode, detail.kcv].map(
        textOf,
      )
      return {
        title,
        about: `Key ${index ?? ''} ${vendor ? `of ${vendor}` : 'of any vendor'}, ${[algorithm, mode].filter(Boolean).join(' ')}`,
        ...(checkValue ? { checkValue } : {}),
        href: '/settings/keys',
      }
    }
    case 'order:past-policy': {
      const [reason, type] = [detail.reason, detail.type].map(textOf)
      return {
        title,
        about: `Profile ${target}${type ? ` of type ${type}` : ''}${reason ? `: ${reason}` : ''}${passedOver(detail.rules)}`,
        href: `/profiles/${encodeURIComponent(target)}`,
      }
    }
    case 'approval:free':
      return {
        title,
        about: `No second person any more for: ${isApprovalKind(target) ? APPROVAL_KINDS[target].title : target}`,
        href: '/settings',
      }
  }
}

/** The place behind a row in a list, for the address of the next page. */
export const placeOf = ({ id, requestedAt }: Pick<ApprovalRow, 'id' | 'requestedAt'>): string => `${requestedAt.getTime()}_${id}`

/** The same read from an address; undefined when it is none. */
export function readPlace(text: string | string[] | undefined): Pick<ApprovalRow, 'id' | 'requestedAt'> | undefined {
  const [, time, id] = /^(\d{1,15})_([0-9a-f-]{36})$/.exec(typeof text === 'string' ? text : '') ?? []
  return time && id ? { id, requestedAt: new Date(Number(time)) } : undefined
}
