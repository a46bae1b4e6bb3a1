import { isIP } from 'node:net'

/** An address without port, zone and brackets, IPv4 where it is IPv4 in IPv6's clothes; undefined when it is none. */
export function plainAddress(text: string | undefined): string | undefined {
  const trimmed = text?.trim() ?? ''
  const [, literal, version4, version6] = /^(?:\[([^\]]*)\](?::\d+)?|([\d.]+)(?::\d+)?|([^%]*)(?:%.*)?)$/.exec(trimmed) ?? []
  const address = literal ?? version4 ?? version6 ?? ''
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  return isIP(mapped ?? address) ? (mapped ?? address.toLowerCase()) : undefined
}

/**
 * The address that X-Forwarded-For ends with, empty where that is none. Behind server.ts it is the only one; under plain `next start`
 * the proxy in front has put it there, and what stands further left the client may have written.
 */
export const forwardedAddress = (header: string | null | undefined): string => plainAddress(header?.split(',').pop()) ?? ''
