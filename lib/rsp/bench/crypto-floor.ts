import { generateKeyPairSync, randomBytes } from 'node:crypto'
import type { Curve } from '../crypto/curves'
import { signRaw, verifyRaw } from '../crypto/ecdsa'
import { oneTimeKeyPair, sharedSecret } from '../crypto/key-agreement'

export interface CryptoFloor {
  downloads: number
  /** Of the clock */
  seconds: number
  /** Of this process on its core: less when others wanted the core too */
  cpuSeconds: number
}

/** About what the signed structures of a download have. */
const messageBytes = 256

/**
 * What a download costs at least on this core: 3 signatures (serverSigned1, smdpSigned2, InitialiseSecureChannel), 4 verifications
 * (CERT.EUICC, euiccSigned1, euiccSigned2, ProfileInstallationResult; CERT.EUM is known), one key pair and one key agreement, with
 * keys that are parsed already.
 */
export function measureCryptoFloor(seconds: number, curve: Curve = 'P-256'): CryptoFloor {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: curve })
  const message = randomBytes(messageBytes)
  const signature = signRaw(privateKey, message)
  const { otPk } = oneTimeKeyPair(curve, randomBytes)
  const download = () => {
    for (let i = 0; i < 3; i++) signRaw(privateKey, message)
    for (let i = 0; i < 4; i++) if (!verifyRaw(publicKey, signature, message)) throw new Error('A good signature did not verify.')
    sharedSecret(curve, oneTimeKeyPair(curve, randomBytes).otSk, otPk)
  }
  for (let i = 0; i < 100; i++) download()

  const startedAt = performance.now()
  const cpu = process.cpuUsage()
  let downloads = 0
  for (; performance.now() - startedAt < seconds * 1000; downloads++) download()
  const elapsed = (performance.now() - startedAt) / 1000
  const { user, system } = process.cpuUsage(cpu)
  return { downloads, seconds: elapsed, cpuSeconds: (user + system) / 1e6 }
}
