import type { Verb } from '../roles'

interface Kind {
  /** What is decided */
  title: string
  /** What the setting says */
  setting?: string
  /** Who may ask, and take back what was asked; whoever has approval:decide may approve */
  verb: Verb
}

/** THE table of what can need a second person. */
export const APPROVAL_KINDS = {
  'batch:approve': {
    title: 'A batch becomes stock',
    setting: 'A batch becomes stock when a second person has approved it.',
    verb: 'batch:decide',
  },
  'transport-key': {
    title: 'A transport key comes into use',
    setting: 'A transport key that one person entered is used when a second person has compared its check value.',
    verb: 'transport:write',
  },
  'order:past-policy': {
    title: 'A profile goes to a new phone past the policy of its type',
    setting: 'A profile is issued again past the policy of its type when a second person has agreed.',
    verb: 'order:reissue',
  },
  /** Always needs one: the rule would protect nothing if one person could lift it. The target is the kind that is to be free again. */
  'approval:free': { title: 'A rule is lifted', verb: 'approval:decide' },
} as const satisfies Record<string, Kind>
export type ApprovalKind = keyof typeof APPROVAL_KINDS

/** Kinds that a setting decides over. */
export const OPTIONAL_KINDS = ['batch:approve', 'transport-key', 'order:past-policy'] as const satisfies readonly ApprovalKind[]
export type OptionalKind = (typeof OPTIONAL_KINDS)[number]

export const isApprovalKind = (kind: string): kind is ApprovalKind => Object.hasOwn(APPROVAL_KINDS, kind)

/** What a kind asks of those who request and decide it. */
export const kindOf = (kind: ApprovalKind): Kind => APPROVAL_KINDS[kind]
