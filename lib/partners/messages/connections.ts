import { hash } from 'node:crypto'
import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { createSecureContext } from 'node:tls'
import type { DueEndpoint } from '@/lib/db/partners/endpoint-rows'
import type { Queryable } from '@/lib/db/pool'
import type { Vault } from '@/lib/vault/vault'
import { endpointTls } from '../callback-tls'

/** As whom this server shows itself to partners. */
export interface SenderIdentity {
  /** PEM of CERT.DPtls and its key; undefined: there is none that is valid */
  tls: { cert: string; key: string } | undefined
  /** functionRequesterIdentifier: its OID, or the SM-DP+ address */
  requester: string
}

/** How many requests go to one endpoint at a time. */
export const atOnce = 8

type Agent = HttpAgent | HttpsAgent

/** Connections to endpoints, kept from one message to the next. */
export interface Connections {
  /** @throws VaultError */
  to(endpoint: Pick<DueEndpoint, 'id' | 'kind' | 'url'>): Promise<Agent>
  close(): void
}

const keeping = { keepAlive: true, maxSockets: atOnce, maxFreeSockets: 2, scheduling: 'lifo' } as const

interface Sources {
  db: Queryable
  vault: Vault
  identity: () => Promise<SenderIdentity>
}

export function createConnections({ db, vault, identity }: Sources): Connections {
  const held = new Map<string, { version: string; agent: Agent }>()

  async function tlsOf({ id, kind }: Pick<DueEndpoint, 'id' | 'kind'>) {
    const own = await endpointTls(db, vault, id)
    // Webhooks know this server by its signatures.
    if (own.cert || kind === 'webhook') return own
    return { ...own, ...(await identity()).tls }
  }

  return {
    to: async endpoint => {
      const { id, url } = endpoint
      const secure = url.startsWith('https:')
      const tls = secure ? await tlsOf(endpoint) : {}
      const version = hash('sha256', JSON.stringify([new URL(url).origin, tls]), 'hex')
      const present = held.get(id)
      if (present?.version === version) return present.agent
      // Requests under way keep their connections until they are answered.
      if (present) closeIdle(present.agent)
      const agent = secure
        ? new HttpsAgent({ ...keeping, secureContext: createSecureContext({ ...tls, minVersion: 'TLSv1.2' }), rejectUnauthorized: true })
        : new HttpAgent(keeping)
      held.set(id, { version, agent })
      return agent
    },
    close: () => {
      for (const { agent } of held.values()) agent.destroy()
      held.clear()
    },
  }
}

function closeIdle(agent: Agent): void {
  for (const sockets of Object.values(agent.freeSockets)) for (const socket of sockets ?? []) socket.destroy()
}
