import type { ProfileProtectionKeys } from '@/lib/rsp/bpp'
import type { BspKeys } from '@/lib/rsp/crypto/key-agreement'
import type { Vault } from '@/lib/vault/vault'

/** What makes the segments of a binding out of its metadata and package, bit for bit, as often as they are asked for. */
export interface BindingKeys {
  sessionKeys: BspKeys
  /** Of ReplaceSessionKeys, where there are any */
  profileProtectionKeys?: ProfileProtectionKeys | undefined
}

const keyBytes = 16
const setBytes = 3 * keyBytes

const joined = ({ initialMacChainingValue, sEnc, sMac }: BspKeys): Buffer[] => [initialMacChainingValue, sEnc, sMac]

const split = (octets: Buffer): BspKeys => ({
  initialMacChainingValue: octets.subarray(0, keyBytes),
  sEnc: octets.subarray(keyBytes, 2 * keyBytes),
  sMac: octets.subarray(2 * keyBytes, setBytes),
})

export const sealBindingKeys = (vault: Vault, bindingId: string, { sessionKeys, profileProtectionKeys }: BindingKeys): Buffer =>
  vault.seal(
    Buffer.concat([...joined(sessionKeys), ...(profileProtectionKeys ? joined(profileProtectionKeys) : [])]),
    `binding:${bindingId}`,
  )

/** @throws VaultError when they do not open */
export function openBindingKeys(vault: Vault, bindingId: string, sealed: Buffer): BindingKeys {
  const octets = vault.open(sealed, `binding:${bindingId}`)
  const profileProtectionKeys = octets.length > setBytes ? split(octets.subarray(setBytes)) : undefined
  return { sessionKeys: split(octets), profileProtectionKeys }
}
