import type { Env } from '@/lib/env'
import { isLoopback } from '@/lib/env-fields'

/** What a host name serves; several where they share one name. */
export interface Sides {
  portal: boolean
  /** `/gsma` of the SM-DP+ */
  smdp: boolean
  /** `/e/`, customers' pages; under the portal's name too, so that links stay good when customers get a name of their own */
  customer: boolean
}

/** The name in a Host header or an address: lower case, without port, final dot and brackets; undefined when it is none. */
export function hostNameOf(host: string | undefined): string | undefined {
  const [, literal, name, port] = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::(\d{1,5}))?$/i.exec(host?.trim() ?? '') ?? []
  if (port !== undefined && !(Number(port) >= 1 && Number(port) <= 65_535)) return undefined
  return (literal ?? name?.replace(/\.$/, ''))?.toLowerCase() || undefined
}

export interface Hosts {
  /** Undefined: a name that is not ours, or not for whoever calls from `address`. */
  sidesOf(host: string | undefined, address: string): Sides | undefined
  isSmdp(name: string): boolean
  /** The portal's name or that of customers' pages: browsers must trust their certificate. */
  isWeb(name: string): boolean
}

/**
 * Tells hosts apart by name. Where a name is configured that means this very machine, all such names do; with one of them only this
 * machine gets the portal and customers' pages: anybody can write `Host: localhost`.
 */
export function createHosts({ smdpAddresses, portalUrl, customerUrl = portalUrl }: HostNames): Hosts {
  const among = (configured: (string | undefined)[]) => {
    const loopback = configured.some(name => name !== undefined && isLoopback(name))
    return (name: string) => configured.includes(name) || (loopback && isLoopback(name))
  }
  const isSmdp = among(smdpAddresses.map(hostNameOf))
  const isPortal = among([hostNameOf(new URL(portalUrl).host)])
  const isCustomer = among([hostNameOf(new URL(customerUrl).host)])
  return {
    isSmdp,
    isWeb: name => isPortal(name) || isCustomer(name),
    sidesOf: (host, address) => {
      const name = hostNameOf(host)
      if (name === undefined) return undefined
      const reachable = !isLoopback(name) || isLoopback(address)
      const portal = reachable && isPortal(name)
      const customer = portal || (reachable && isCustomer(name))
      const smdp = isSmdp(name)
      return smdp || customer ? { portal, smdp, customer } : undefined
    },
  }
}

type HostNames = Pick<Env, 'smdpAddresses' | 'portalUrl'> & Partial<Pick<Env, 'customerUrl'>>
