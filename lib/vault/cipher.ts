import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

/** A ciphertext that does not open, or a master key that does not fit the database. */
export class VaultError extends Error {
  override name = 'VaultError'
}

const algorithm = 'aes-256-gcm'
export const keyBytes = 32
const ivBytes = 12
const tagBytes = 16

const ivs = Buffer.alloc(ivBytes * 1_024)
let ivsUsed = ivs.length

// A million rows are sealed at once: one call for a thousand of them.
function nextIv(): Buffer {
  if (ivsUsed === ivs.length) {
    randomBytes(ivs.length).copy(ivs)
    ivsUsed = 0
  }
  ivsUsed += ivBytes
  return ivs.subarray(ivsUsed - ivBytes, ivsUsed)
}

/** AES-256-GCM: `header`, initial vector, ciphertext, tag; `header` and `identity` are authenticated. */
export function encrypt(key: Buffer, plaintext: Uint8Array, identity: string, header: Buffer): Buffer {
  const iv = nextIv()
  const cipher = createCipheriv(algorithm, key, iv)
  cipher.setAAD(Buffer.concat([header, Buffer.from(identity)]))
  return Buffer.concat([header, iv, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()])
}

/** @throws when it was changed, or belongs to another identity or key */
export function decrypt(key: Buffer, sealed: Buffer, identity: string, headerBytes: number): Buffer {
  const header = sealed.subarray(0, headerBytes)
  const decipher = createDecipheriv(algorithm, key, sealed.subarray(headerBytes, headerBytes + ivBytes), { authTagLength: tagBytes })
  decipher.setAAD(Buffer.concat([header, Buffer.from(identity)]))
  decipher.setAuthTag(sealed.subarray(sealed.length - tagBytes))
  return Buffer.concat([decipher.update(sealed.subarray(headerBytes + ivBytes, sealed.length - tagBytes)), decipher.final()])
}

const format = 1
export const sealedHeaderBytes = 5

/** In front of a secret: the format and the number of its data key. */
export function sealedHeader(dataKeyId: number): Buffer {
  const header = Buffer.alloc(sealedHeaderBytes)
  header[0] = format
  header.writeUInt32BE(dataKeyId, 1)
  return header
}

/** The number of the data key under which a secret is sealed; undefined when it is no sealed secret. */
export const dataKeyIdOf = (sealed: Buffer): number | undefined =>
  sealed[0] === format && sealed.length >= sealedHeaderBytes + ivBytes + tagBytes ? sealed.readUInt32BE(1) : undefined
