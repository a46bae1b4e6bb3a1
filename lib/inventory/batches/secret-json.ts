import { VaultError } from '@/lib/vault/vault'

/** JSON that holds secrets. @throws VaultError: what JSON.parse says would quote from it */
export function secretJson(octets: Buffer): unknown {
  try {
    return JSON.parse(octets.toString('utf8'))
  } catch {
    throw new VaultError('What was kept sealed cannot be read.')
  }
}
