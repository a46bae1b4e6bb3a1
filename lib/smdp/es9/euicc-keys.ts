import type { KeyObject } from 'node:crypto'
import type { Curve } from '@/lib/rsp/crypto/curves'
import { type EcPublicKey, importPublicKey } from '@/lib/rsp/pki/certificate'

const most = 5_000
const known = new Map<string, KeyObject>()

const idOf = (curve: string, point: Buffer): string => `${curve}${point.toString('latin1')}`

function remember(id: string, key: KeyObject): KeyObject {
  const [oldest] = known.size >= most ? known.keys() : []
  if (oldest !== undefined) known.delete(oldest)
  known.set(id, key)
  return key
}

/** Keeps the key of an eUICC that has proved itself for the rest of its session: taking a key in costs as much as a verification. */
export const rememberEuiccKey = ({ curve, point, key }: EcPublicKey): KeyObject => remember(idOf(curve, point), key)

/** The key of a session's eUICC. @param point uncompressed, 65 octets */
export function euiccKeyOf(curve: string, point: Buffer): KeyObject {
  const id = idOf(curve, point)
  return known.get(id) ?? remember(id, importPublicKey(curve as Curve, point))
}
