import type { IncomingMessage } from 'node:http'
import { BlockList, isIP, type Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { plainAddress } from '@/lib/accounts/forwarded-address'

/** Addresses and networks (CIDR) as a list that can be asked. */
export function networkList(networks: string[]): BlockList {
  const list = new BlockList()
  for (const network of networks) {
    const [address = '', prefix] = network.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    if (prefix === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(prefix), family)
  }
  return list
}

/** Whether a list has this address. */
export const isAmong = (address: string | undefined, list: BlockList): boolean =>
  !!address && list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')

/**
 * The client's address: the socket's, or, while the one who speaks is a trusted proxy, the one before it in X-Forwarded-For,
 * read from the right. What a stranger wrote further left is never reached.
 */
export function clientAddress(peer: string | undefined, forwardedFor: string | undefined, trusted: BlockList): string {
  const claimed = forwardedFor?.split(',') ?? []
  let address = plainAddress(peer) ?? ''
  while (claimed.length > 0 && isAmong(address, trusted)) {
    const before = plainAddress(claimed.pop())
    if (!before) break
    address = before
  }
  return address
}

/** Where a request comes from and what it was asked of, as far as it can be believed. */
export interface Origin {
  address: string
  /** Host header, or what a trusted proxy says that it was. */
  host: string | undefined
  secure: boolean
}

const single = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value.join(',') : value)
const rightmost = (value: string | string[] | undefined): string | undefined => single(value)?.split(',').pop()?.trim() || undefined

/** Whom to believe. */
export interface Belief {
  trusted: BlockList
  /** Whether a trusted proxy that does not say is taken to speak TLS with the outside. */
  secureByDefault: boolean
  /**
   * A secret of this process, put on every request that is handed on: when Next asks this very server for a page that an action
   * leads to, it brings the header back, and what else it brings is what was settled before.
   */
  insideToken: string
}

const insideHeader = 'x-slipway-inside'

const claims = ['forwarded', 'x-real-ip', 'x-forwarded-port', 'x-forwarded-server', 'x-forwarded-host']

interface Peer {
  peer: string | undefined
  isProxy: boolean
}

/** Connections carry many requests; who is at their other end stays the same. */
const peers = new WeakMap<Socket, Peer & { trusted: BlockList }>()

function peerOf(socket: Socket, trusted: BlockList): Peer {
  const known = peers.get(socket)
  if (known?.trusted === trusted) return known
  const peer = plainAddress(socket.remoteAddress)
  const found = { peer, isProxy: isAmong(peer, trusted), trusted }
  if (peer !== undefined) peers.set(socket, found)
  return found
}

/** Finds out where a request comes from. */
export function originOf({ headers, socket }: IncomingMessage, { trusted, secureByDefault, insideToken }: Belief): Origin {
  const { peer, isProxy } = peerOf(socket, trusted)
  const inside = headers[insideHeader] === insideToken
  const behindProxy = inside || isProxy
  const encrypted = (socket as Partial<TLSSocket>).encrypted === true
  const claimedProtocol = behindProxy ? rightmost(headers['x-forwarded-proto']) : undefined
  const forwardedFor = behindProxy ? single(headers['x-forwarded-for']) : undefined
  return {
    address: (inside && plainAddress(forwardedFor)) || (isProxy ? clientAddress(peer, forwardedFor, trusted) : (peer ?? '')),
    host: (behindProxy ? rightmost(headers['x-forwarded-host']) : undefined) ?? headers.host,
    secure: encrypted || (claimedProtocol ? claimedProtocol === 'https' : behindProxy && secureByDefault),
  }
}

/** Writes where a request comes from, and only that, into its headers before it is handed on: Next and next-auth believe X-Forwarded headers. */
export function settleOrigin({ headers }: IncomingMessage, origin: Origin, { insideToken }: Belief): void {
  for (const name of claims) if (headers[name] !== undefined) delete headers[name]
  headers[insideHeader] = insideToken
  headers['x-forwarded-for'] = origin.address
  headers['x-forwarded-proto'] = origin.secure ? 'https' : 'http'
  headers['x-forwarded-port'] = /:(\d+)$/.exec(origin.host ?? '')?.[1] ?? (origin.secure ? '443' : '80')
  if (origin.host !== undefined) {
    headers['x-forwarded-host'] = origin.host
    headers.host = origin.host
  }
}
