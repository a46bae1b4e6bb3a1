import { createHash } from 'node:crypto'

/** SCP03t session keys, 16 octets each; `counter` numbers the next segment. */
export interface SessionKeys {
  macChainingValue: Buffer
  encryptionKey: Buffer
  macKey: Buffer
  counter: number
}

/** Key derivation of ANSI X9.63 with SHA-256. */
export function x963(sharedSecret: Uint8Array, sharedInfo: Uint8Array, length: number): Buffer {
  const blocks: Buffer[] = []
  for (let counter = 1; blocks.length * 32 < length; counter++) {
    const octets = Buffer.alloc(4)
    octets.writeUInt32BE(counter)
    blocks.push(createHash('sha256').update(sharedSecret).update(octets).update(sharedInfo).digest())
  }
  return Buffer.concat(blocks).subarray(0, length)
}

/** SGP.22 Annex G: the first keys of a package, from Z, the host's identity in the CRT and the EID's 32 digits. */
export function deriveSessionKeys(sharedSecret: Uint8Array, hostId: Uint8Array, eid: string): SessionKeys {
  const eidOctets = Buffer.from(eid, 'hex')
  const sharedInfo = Buffer.concat([Buffer.of(0x88, 0x10, hostId.length), hostId, Buffer.of(eidOctets.length), eidOctets])
  const keys = x963(sharedSecret, sharedInfo, 48)
  return { macChainingValue: keys.subarray(0, 16), encryptionKey: keys.subarray(16, 32), macKey: keys.subarray(32, 48), counter: 1 }
}
