import { armor, decrypt, enums, generateKey, type PrivateKey, readMessage, readPrivateKeys } from 'openpgp'
import { FileError } from './file-error'

export interface PgpKey {
  /** For the vault: it is not protected by a passphrase. */
  privateKeyArmored: string
  publicKeyArmored: string
  /** Hexadecimal, upper case. */
  fingerprint: string
}

/** A new key for vendors to encrypt to. RSA of 3072 bits: the tools of card vendors are old. @param name what the key is called, the portal's name */
export async function makePgpKey(name: string): Promise<PgpKey> {
  const { privateKey, publicKey } = await generateKey({ type: 'rsa', rsaBits: 3072, userIDs: [{ name }], format: 'object' })
  return {
    privateKeyArmored: privateKey.armor(),
    publicKeyArmored: publicKey.armor(),
    fingerprint: publicKey.getFingerprint().toUpperCase(),
  }
}

/** What vendors get. @throws FileError when `privateKeyArmored` is no private key */
export async function publicKeyArmored(privateKeyArmored: string): Promise<string> {
  const [key] = await readKeys(privateKeyArmored)
  return key.toPublic().armor()
}

/** Several private keys as one text, to be tried one after the other. @throws FileError when one of them is no private key */
export async function armourTogether(privateKeysArmored: readonly string[]): Promise<string> {
  const keys = (await Promise.all(privateKeysArmored.map(readKeys))).flat()
  return armor(enums.armor.privateKey, Buffer.concat(keys.map(key => key.write())))
}

async function readKeys(armoredKeys: string): Promise<[PrivateKey, ...PrivateKey[]]> {
  const [first, ...others] = await readPrivateKeys({ armoredKeys }).catch(() => [])
  if (!first) throw new FileError('The private PGP key of the portal cannot be read.')
  return [first, ...others]
}

const modified = 'The PGP message was changed or cut off on its way: its check sum does not hold. Nothing of it was taken.'

/**
 * Decrypts a PGP message piece by piece, in bounded memory. Signatures are not looked at.
 * **The pieces are not to be believed before the iteration has ended**: whether the message is whole is known at its end only. The caller keeps them where
 * they can be dropped, and drops them when the iteration throws. (openUpload does so: it spools the whole message before it reads one row.)
 * @param source the octets of the message, binary or armoured
 * @param maxBytes what may come out of it, against messages that unpack without end
 * @throws FileError when it is no such message, is encrypted to somebody else, damaged, changed, or too large
 */
export async function* decryptPgp(
  source: AsyncIterable<Buffer>,
  { privateKey, armoured, maxBytes = Number.POSITIVE_INFINITY }: { privateKey: string; armoured: boolean; maxBytes?: number },
): AsyncGenerator<Buffer, void> {
  const keys = await readKeys(privateKey)
  const binaryMessage = webStream(inPieces(armoured ? withoutArmour(source) : source))
  const config = { allowUnauthenticatedStream: true, showComment: false, showVersion: false }
  let count = 0
  let data: AsyncIterable<Uint8Array>
  try {
    const message = await readMessage({ binaryMessage, config })
    if (message.getEncryptionKeyIDs().length === 0) throw new FileError('The PGP message is not encrypted to a key.')
    const decrypted = await decrypt({ message, decryptionKeys: keys, format: 'binary', config })
    data = decrypted.data as unknown as AsyncIterable<Uint8Array>
  } catch (error) {
    throw sentenceFor(error)
  }
  try {
    for await (const chunk of data) {
      count += chunk.length
      if (count > maxBytes) throw new FileError('The PGP message unpacks to far more than a file of its size can hold.')
      yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    }
  } catch (error) {
    throw sentenceFor(error)
  }
}

function sentenceFor(error: unknown): FileError {
  if (error instanceof FileError) return error
  const text = error instanceof Error ? error.message : ''
  if (/session key|no .*decryption key|PKESK|No symmetrically|decryption key packets/i.test(text) && !/modification/i.test(text))
    return new FileError(
      'The PGP message is encrypted to another key than the one shown here. Ask the vendor to use the public key of this portal.',
    )
  if (/password/i.test(text))
    return new FileError('The PGP message is encrypted with a password. Ask the vendor to encrypt it to the public key of this portal.')
  return new FileError(modified)
}

// Node's DecompressionStream lets 16,384 pieces wait in front of it, of whatever size: small ones keep them from holding the file.
const pieceBytes = 4096

async function* inPieces(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  for await (const chunk of source) for (let at = 0; at < chunk.length; at += pieceBytes) yield chunk.subarray(at, at + pieceBytes)
}

function webStream(source: AsyncIterable<Buffer>): ReadableStream<Uint8Array> {
  const iterator = source[Symbol.asyncIterator]()
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await iterator.next()
          if (done) controller.close()
          else controller.enqueue(value)
        } catch (error) {
          controller.error(error)
        }
      },
      async cancel() {
        await iterator.return?.()
      },
    },
    { highWaterMark: 1 },
  )
}

/** RFC 9580 §6.2: a header line, armour headers, a blank line, base64, a check sum that is not looked at (the message has its own), a tail. */
async function* withoutArmour(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  let state = 'start' as 'start' | 'headers' | 'body' | 'end'
  let rest = ''
  let base64 = ''
  for await (const chunk of source) {
    const lines = (rest + chunk.toString('latin1')).split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > 4096) throw new FileError('The armour of the PGP message is damaged.')
    take(lines)
    const whole = base64.length - (base64.length % 4)
    if (whole) yield Buffer.from(base64.slice(0, whole), 'base64')
    base64 = base64.slice(whole)
  }
  take([rest])
  if (base64) yield Buffer.from(base64, 'base64')
  if (state !== 'end') throw new FileError('The PGP message was cut off: its last line is missing.')

  function take(lines: readonly string[]): void {
    for (const line of lines) {
      const text = line.trim()
      if (state === 'start' && text.includes('-----BEGIN PGP MESSAGE-----')) state = 'headers'
      else if (state === 'headers' && text === '') state = 'body'
      else if (state === 'headers' && !/^[A-Za-z]+: /.test(text)) throw new FileError('The armour of the PGP message is damaged.')
      else if (state === 'body' && text.startsWith('-----END')) state = 'end'
      else if (state === 'body' && !text.startsWith('=') && text !== '') {
        if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) throw new FileError('The armour of the PGP message is damaged.')
        base64 += text
      }
    }
  }
}
