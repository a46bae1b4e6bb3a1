import type { Actor } from '@/lib/accounts/actor'

/** A partner whose certificate was shown on ES2+, with what it may use. */
export interface KnownPartner {
  id: string
  /** functionRequesterIdentifier */
  identifier: string
  name: string
  /** Of X-Admin-Protocol, as in 2.2.2 */
  headerVersion: string
  /** May use every profile type; else those of typeIds */
  allTypes: boolean
  typeIds: string[]
}

/** Under whose name the calls of a partner are done and recorded. */
export const partnerActor = ({ identifier }: Pick<KnownPartner, 'identifier'>, address?: string): Actor => ({
  kind: 'partner',
  name: `partner:${identifier}`,
  role: 'operator',
  ...(address ? { address } : {}),
})

export const mayUseType = ({ allTypes, typeIds }: Pick<KnownPartner, 'allTypes' | 'typeIds'>, typeId: string): boolean =>
  allTypes || typeIds.includes(typeId)
