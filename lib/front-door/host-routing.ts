import { type Env, isLoopback } from '@/lib/env'

/** What a host name serves: the portal, `/gsma` of the SM-DP+, or both where they share one name. */
export type Side = 'portal' | 'smdp' | 'both'

/** The name in a Host header or an address: lower case, without port, final dot and brackets; undefined when it is none. */
export function hostNameOf(host: string | undefined): string | undefined {
  const [, literal, name, port] = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::(\d{1,5}))?$/i.exec(host?.trim() ?? '') ?? []
  if (port !== undefined && !(Number(port) >= 1 && Number(port) <= 65_535)) return undefined
  return (literal ?? name?.replace(/\.$/, ''))?.toLowerCase() || undefined
}

export interface Hosts {
  /** Undefined: a name that is not ours, or not for whoever calls from `address`. */
  sideOf(host: string | undefined, address: string): Side | undefined
  isSmdp(name: string): boolean
  isPortal(name: string): boolean
}

/**
 * Tells hosts apart by name. Where a name is configured that means this very machine, all such names do; with one of them only this
 * machine gets the portal: anybody can write `Host: localhost`.
 */
export function createHosts({ smdpAddresses, portalUrl }: Pick<Env, 'smdpAddresses' | 'portalUrl'>): Hosts {
  const among = (configured: (string | undefined)[]) => {
    const loopback = configured.some(name => name !== undefined && isLoopback(name))
    return (name: string) => configured.includes(name) || (loopback && isLoopback(name))
  }
  const isSmdp = among(smdpAddresses.map(hostNameOf))
  const isPortal = among([hostNameOf(new URL(portalUrl).host)])
  return {
    isSmdp,
    isPortal,
    sideOf: (host, address) => {
      const name = hostNameOf(host)
      if (name === undefined) return undefined
      const portal = isPortal(name) && (!isLoopback(name) || isLoopback(address))
      if (isSmdp(name)) return portal ? 'both' : 'smdp'
      return portal ? 'portal' : undefined
    },
  }
}
