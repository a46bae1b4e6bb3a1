/** THE table of roles: what each may do. Pages, actions, routes and commands consult it. */
export const ROLES = {
  administrator: 'Everything, people and certificates included',
  operator: 'Profiles, batches, types and orders',
  approver: 'Decides as the second person; sees what there is to decide about',
  support: 'Finds out what happened on a phone, sends links, moves an eSIM to a new phone',
  auditor: 'Sees everything that was done, changes nothing',
} as const
export type Role = keyof typeof ROLES
export const ROLE_NAMES = Object.keys(ROLES) as Role[]

const everyone: readonly Role[] = ['administrator', 'operator', 'approver', 'support', 'auditor']
const operators: readonly Role[] = ['administrator', 'operator']
const deciders: readonly Role[] = ['administrator', 'operator', 'approver']
const desk: readonly Role[] = ['administrator', 'operator', 'support']
const allButDesk: readonly Role[] = ['administrator', 'operator', 'approver', 'auditor']
const overseers: readonly Role[] = ['administrator', 'auditor']
const administrators: readonly Role[] = ['administrator']

export const VERBS = {
  'profile:read': everyone,
  'profile:export': operators,
  'profile:retire': operators,
  'profile:codes': administrators,
  'batch:read': allButDesk,
  'batch:upload': operators,
  'batch:decide': operators,
  'transport:read': allButDesk,
  'transport:write': operators,
  'approval:decide': deciders,
  'type:read': everyone,
  'type:write': operators,
  'device:write': operators,
  'order:issue': operators,
  'order:release': operators,
  'order:cancel': operators,
  'order:bind': operators,
  'order:extend': operators,
  'order:reissue': desk,
  'order:replace': desk,
  'order:codes': operators,
  'link:read': desk,
  'link:write': desk,
  'identity:read': operators,
  'identity:reveal': [...desk, 'auditor'],
  'settings:read': allButDesk,
  'settings:write': administrators,
  'keys:write': administrators,
  'pki:write': administrators,
  'account:read': overseers,
  'account:write': administrators,
  'account:own': everyone,
  'api-key:read': overseers,
  'api-key:write': administrators,
  'partner:read': allButDesk,
  'partner:write': administrators,
  'endpoint:write': administrators,
  'message:read': everyone,
  'message:replay': operators,
  'audit:read': overseers,
  'personal:export': administrators,
  'personal:erase': administrators,
} as const satisfies Record<string, readonly Role[]>
export type Verb = keyof typeof VERBS

export const may = (role: Role, verb: Verb): boolean => (VERBS[verb] as readonly Role[]).includes(role)
