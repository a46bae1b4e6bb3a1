import { may, type Role } from '@/lib/accounts/roles'

/** Where something is sent, as somebody may see it: the path of a webhook is often what its system knows us by, so it is for administrators. */
export function shownUrl(url: string, role: Role): string {
  if (may(role, 'endpoint:write')) return url
  const { origin, pathname, search } = new URL(url)
  return pathname === '/' && !search ? origin : `${origin}/…`
}
