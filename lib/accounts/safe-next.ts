/** Where to go after signing in: a path of this portal; whatever leads elsewhere becomes its first page. */
export function safeNext(next: unknown): string {
  if (typeof next !== 'string' || !/^\/(?![/\\])/.test(next) || next.length > 2_000) return '/'
  const here = 'http://portal.invalid'
  if (!URL.canParse(next, here)) return '/'
  const url = new URL(next, here)
  if (url.origin !== here || /^\/(api|sign-in|set-password|gsma)(\/|$)/.test(url.pathname) || url.pathname.startsWith('//')) return '/'
  url.searchParams.delete('_rsc')
  return `${url.pathname}${url.search}${url.hash}`
}
