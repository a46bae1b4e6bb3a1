import { createCipheriv, createDecipheriv } from 'node:crypto'
import { FileError } from './file-error'

export type TransportAlgorithm = 'AES' | '3DES'

export interface TransportCipher {
  algorithm: TransportAlgorithm
  mode: 'ECB' | 'CBC'
  /** With CBC, one block in hexadecimal, the same for every value; zeros when left out. */
  iv?: string
}

/** AES: 16, 24 or 32 octets. 3DES: 16 (K1 K2 K1) or 24. */
export interface TransportKey extends TransportCipher {
  key: Buffer
}

/** Finds a transport key by the vendor's number for it, without leading zeros. */
export type TransportKeyLookup = (index: string) => TransportKey | undefined | Promise<TransportKey | undefined>

const blockBytesOf = { AES: 16, '3DES': 8 } as const
const keyBytesOf = { AES: [16, 24, 32], '3DES': [16, 24] } as const

/**
 * One value decrypted. There is no padding: what is encrypted is a whole number of blocks.
 * @param value hexadecimal
 * @returns hexadecimal, upper case
 * @throws FileError when the value is no whole number of blocks, or key or iv have a wrong length; it quotes none of them
 */
export function decryptKey(value: string, cipher: TransportCipher, key: Buffer): string {
  return valueDecrypter({ ...cipher, key })(value)
}

/** The same for many values of one key. @throws FileError as `decryptKey` does */
export function valueDecrypter({ algorithm, mode, iv, key }: TransportKey): (value: string) => string {
  const blockBytes = blockBytesOf[algorithm]
  // One cipher in ECB serves every value and both modes: each block stands alone, CBC adds the block in front of it.
  const cipher = createDecipheriv(ecbName(algorithm, key), wholeKey(algorithm, key), null).setAutoPadding(false)
  const start = Buffer.from(iv ?? '', 'hex')
  if (mode === 'CBC' && iv !== undefined && (start.length !== blockBytes || iv.length !== 2 * blockBytes))
    throw new FileError(`The initial vector has to have ${blockBytes} octets.`)
  return value => {
    if (!/^([0-9A-Fa-f]{2})+$/.test(value) || value.length % (2 * blockBytes))
      throw new FileError(`An encrypted value has to be a multiple of ${blockBytes} octets in hexadecimal.`)
    const sealed = Buffer.from(value, 'hex')
    const plain = cipher.update(sealed)
    if (mode === 'CBC')
      for (let at = 0; at < plain.length; at++)
        plain[at] = (plain[at] ?? 0) ^ (at < blockBytes ? (start[at] ?? 0) : (sealed[at - blockBytes] ?? 0))
    const text = plain.toString('hex').toUpperCase()
    plain.fill(0)
    return text
  }
}

/**
 * The check value by which people compare a key: the first 3 octets of a block of zeros encrypted under it, hexadecimal.
 * So with AES as with 3DES; the CMAC of zeros (TR-31) and the block of ones (GlobalPlatform SCP03) give other values for AES.
 * @throws FileError when the key has a wrong length
 */
export function keyCheckValue(algorithm: TransportAlgorithm, key: Buffer): string {
  const cipher = createCipheriv(ecbName(algorithm, key), wholeKey(algorithm, key), null).setAutoPadding(false)
  return cipher.update(Buffer.alloc(blockBytesOf[algorithm])).subarray(0, 3).toString('hex').toUpperCase()
}

/** The key of which several people hold a part each: the parts by exclusive or. @throws FileError when they are fewer than two or unequal in length */
export function combineParts(parts: readonly Buffer[]): Buffer {
  const [first, ...others] = parts
  if (!first || others.length === 0) throw new FileError('A key in parts has at least two of them.')
  if (others.some(part => part.length !== first.length)) throw new FileError('The parts of the key have different lengths.')
  const key = Buffer.from(first)
  for (const part of others) for (let at = 0; at < key.length; at++) key[at] = (key[at] ?? 0) ^ (part[at] ?? 0)
  return key
}

/** The vendor's number of a key as it is compared: '011' and '11' are one. */
export const transportIndex = (index: string): string => index.trim().replace(/^0+(?=.)/, '')

function ecbName(algorithm: TransportAlgorithm, key: Buffer): string {
  const lengths: readonly number[] = keyBytesOf[algorithm]
  if (!lengths.includes(key.length))
    throw new FileError(
      `An ${algorithm === 'AES' ? 'AES key has 16, 24 or 32' : '3DES key has 16 or 24'} octets, this one ${key.length}.`.replace(
        'An 3',
        'A 3',
      ),
    )
  return algorithm === 'AES' ? `aes-${key.length * 8}-ecb` : 'des-ede3'
}

const wholeKey = (algorithm: TransportAlgorithm, key: Buffer): Buffer =>
  algorithm === '3DES' && key.length === 16 ? Buffer.concat([key, key.subarray(0, 8)]) : key
