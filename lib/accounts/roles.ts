/** THE table of roles: what each may do. Pages, actions, routes and commands consult it. */
export const ROLES = {
  administrator: 'Everything, people and certificates included',
  operator: 'Profiles, types and orders',
} as const
export type Role = keyof typeof ROLES
export const ROLE_NAMES = Object.keys(ROLES) as Role[]

const everyone: readonly Role[] = ['administrator', 'operator']
const administrators: readonly Role[] = ['administrator']

export const VERBS = {
  'profile:read': everyone,
  'profile:export': everyone,
  'profile:retire': everyone,
  'profile:codes': administrators,
  'batch:read': everyone,
  'batch:upload': everyone,
  'batch:decide': everyone,
  'transport:read': everyone,
  'transport:write': everyone,
  'approval:decide': everyone,
  'type:read': everyone,
  'type:write': everyone,
  'order:issue': everyone,
  'order:release': everyone,
  'order:cancel': everyone,
  'order:bind': everyone,
  'order:reissue': everyone,
  'order:replace': everyone,
  'order:codes': everyone,
  'link:read': everyone,
  'link:write': everyone,
  'settings:read': everyone,
  'settings:write': administrators,
  'keys:write': administrators,
  'pki:write': administrators,
  'account:read': administrators,
  'account:write': administrators,
  'audit:read': administrators,
} as const satisfies Record<string, readonly Role[]>
export type Verb = keyof typeof VERBS

export const may = (role: Role, verb: Verb): boolean => (VERBS[verb] as readonly Role[]).includes(role)
