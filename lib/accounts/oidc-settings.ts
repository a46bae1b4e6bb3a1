import { ROLE_NAMES, type Role } from './roles'

/** Single sign-on by OpenID Connect. */
export interface OidcSettings {
  /** As its discovery document spells it */
  issuer: string
  clientId: string
  /** The secret itself, or the absolute path of a file with it */
  clientSecret: { value: string } | { file: string }
  /** Claim of the ID token with a person's groups */
  roleClaim: string
  /** In the order of preference: of several groups of a person, the first here decides. */
  roles: { group: string; role: Role }[]
}

/** Reads `group=role,…`; undefined when it cannot be read. */
export function parseOidcRoles(text: string): OidcSettings['roles'] | undefined {
  const pairs = text.split(',').map(pair => {
    const at = pair.lastIndexOf('=')
    const group = pair.slice(0, Math.max(at, 0)).trim()
    const role = ROLE_NAMES.find(name => name === pair.slice(at + 1).trim())
    return group && role ? { group, role } : undefined
  })
  const good = pairs.filter(pair => pair !== undefined)
  return good.length === pairs.length ? good : undefined
}

/** The role that a person's groups give; undefined when none does. */
export function roleOfGroups({ roleClaim, roles }: OidcSettings, claims: Record<string, unknown>): Role | undefined {
  const claim = claims[roleClaim]
  const groups: unknown[] = Array.isArray(claim) ? claim : [claim]
  return roles.find(({ group }) => groups.includes(group))?.role
}
