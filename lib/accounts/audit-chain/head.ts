import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { z } from 'zod'
import { lastLink } from '@/lib/db/audit-link-rows'
import type { Queryable } from '@/lib/db/pool'
import { FormError } from '@/lib/form-error'
import { deploymentSecret } from '@/lib/vault/deployment-secrets'
import type { Vault } from '@/lib/vault/vault'
import { canonicalJson, genesis } from './hash'

const format = 'slipway-audit-head-1'

/**
 * The end of the chain at a moment, to be kept where nobody who can write the database can: with it, a chain that was cut off or
 * rewritten since is found. The signature is Ed25519 over the canonical JSON (hash.ts) of all other members.
 */
export const AuditHead = z.object({
  format: z.literal(format),
  /** How many rows the chain had. */
  place: z.int().min(0),
  /** Of the last link, hexadecimal. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  at: z.iso.datetime(),
  /** Of this deployment: SubjectPublicKeyInfo, base64. */
  publicKey: z.base64(),
  /** base64 */
  signature: z.base64(),
})
export type AuditHead = z.infer<typeof AuditHead>

/** RFC 8410: PrivateKeyInfo of an Ed25519 key, up to its 32 octets. */
const pkcs8Start = Buffer.from('302e020100300506032b657004220420', 'hex')

async function headKey(db: Queryable, vault: Vault): Promise<{ privateKey: KeyObject; publicKey: string }> {
  const seed = await deploymentSecret(db, vault, 'audit-head')
  const privateKey = createPrivateKey({ key: Buffer.concat([pkcs8Start, seed]), format: 'der', type: 'pkcs8' })
  const publicKey = createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).toString('base64')
  return { privateKey, publicKey }
}

const signedOctets = ({ signature: _, ...head }: Omit<AuditHead, 'signature'> & { signature?: string }): Buffer =>
  Buffer.from(canonicalJson(head), 'utf8')

/** Signs the end of the chain as it is now. */
export async function auditHead(db: Queryable, vault: Vault, now: Date): Promise<AuditHead> {
  const { privateKey, publicKey } = await headKey(db, vault)
  const end = await lastLink(db)
  const head = {
    format,
    place: end?.place ?? 0,
    hash: (end?.hash ?? genesis).toString('hex'),
    at: now.toISOString(),
    publicKey,
  } as const
  return { ...head, signature: sign(null, signedOctets(head), privateKey).toString('base64') }
}

/** Reads a head that was kept. @throws FormError when it is none, was changed, or is another deployment's */
export async function readHead(db: Queryable, vault: Vault, text: string): Promise<AuditHead> {
  const parsed = AuditHead.safeParse(jsonOf(text))
  if (!parsed.success) throw new FormError('This is no head of an audit: the file that "audit head" wrote is expected.')
  const head = parsed.data
  const { privateKey, publicKey } = await headKey(db, vault)
  if (head.publicKey !== publicKey)
    throw new FormError('This head was signed with another key than this deployment’s: it belongs to another one, or was made up.')
  if (!verify(null, signedOctets(head), createPublicKey(privateKey), Buffer.from(head.signature, 'base64')))
    throw new FormError('The signature of this head does not hold: the file was changed.')
  return head
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
