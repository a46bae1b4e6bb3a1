/** The names under which this SM-DP+ is reached. */
export interface Addresses {
  /** Goes into activation codes and notifications, as configured */
  primary: string
  /** Whether a caller's spelling names this server: without case, with or without the configured port. */
  isOurs(address: string): boolean
}

const withoutPort = (address: string): string => address.replace(/:\d+$/, '')

export function smdpAddresses(primary: string, aliases: string[] = []): Addresses {
  const names = new Set<string>()
  for (const address of [primary, ...aliases]) {
    names.add(address.toLowerCase())
    names.add(withoutPort(address.toLowerCase()))
  }
  return { primary, isOurs: address => names.has(address.toLowerCase()) }
}
