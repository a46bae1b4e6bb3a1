import { isUtf8 } from 'node:buffer'
import { FileError } from './file-error'
import { type Encoding, type Newline, textDecoder } from './text-records'

/** What a file is, by its octets; of text also its beginning, and whether that is all of it. */
export type Detected =
  | { format: 'zip' }
  | { format: 'der' }
  | { format: 'pgp'; armoured: boolean }
  | { format: 'csv' | 'out'; encoding: Encoding; bomBytes: number; newline: Newline; head: string; whole: boolean }

/** Beginnings in hexadecimal of what cannot be read, and what to do instead. */
const refusals: readonly (readonly [string, string])[] = [
  ['504b0708', 'This is one part of a ZIP file that was divided. Put the parts together first.'],
  ['d0cf11e0', 'This is an old Excel workbook (.xls). Save the table as CSV, with the columns as text, and upload that.'],
  ['1f8b', 'This is a gzip file. Unpack it, or pack the files as ZIP.'],
  ['377abcaf', 'This is a 7z archive. Pack the files as ZIP.'],
  ['52617221', 'This is a RAR archive. Pack the files as ZIP.'],
  ['425a68', 'This is a bzip2 file. Unpack it, or pack the files as ZIP.'],
  ['fd377a585a', 'This is an xz file. Unpack it, or pack the files as ZIP.'],
  ['28b52ffd', 'This is a Zstandard file. Unpack it, or pack the files as ZIP.'],
  ['25504446', 'This is a PDF document, not a table.'],
  ['bf36', 'This is a package already bound to one eUICC (BF36), not an unprotected one.'],
  ['fffe0000', 'The text is encoded as UTF-32. Save it as UTF-8.'],
  ['0000feff', 'The text is encoded as UTF-32. Save it as UTF-8.'],
]
const workbook = 'This is an Excel workbook (.xlsx). Save the table as CSV, with the columns as text, and upload that.'

const armour: readonly (readonly [RegExp, string])[] = [
  [/^-----BEGIN PGP (PUBLIC|PRIVATE) KEY BLOCK-----/, 'This is a PGP key, not a file encrypted to one.'],
  [/^-----BEGIN PGP SIGNED MESSAGE-----/, 'This is a signed text that is not encrypted. Upload the file itself, or encrypt it.'],
  [/^-----BEGIN /, 'This is a certificate or a key, not a table.'],
  [/^<\?xml|^<!doctype|^<html/i, 'This is an XML or HTML document, not a table. Export it as CSV.'],
  [/^[[{]\s*["{[]/, 'This is JSON, not a table. Export it as CSV.'],
  [/^[Aa]0[0-9A-Fa-f\s]{64,}$/, 'This is a package written in hexadecimal text. Convert it to binary (.der).'],
]

const outHeader = /^[\s*]*HEADER DESCRIPTION\b|^[\s*]*(?:INPUT|OUTPUT) VARIABLES\b|^\s*var_out\s*:/im

/**
 * Tells what a file is from its beginning.
 * @param head the first octets, some 64 KiB
 * @param size of the whole file
 * @throws FileError when it is nothing that can be read here
 */
export function detectFile(head: Buffer, size: number): Detected {
  if (size === 0 || head.length === 0) throw new FileError('The file is empty.')
  const start = head.subarray(0, 64).toString('hex')
  if (start.startsWith('504b0304') || start.startsWith('504b0506')) {
    if (/^(\[Content_Types\]\.xml|xl\/)/.test(head.toString('latin1', 30, 64))) throw new FileError(workbook)
    return { format: 'zip' }
  }
  const refusal = refusals.find(([magic]) => start.startsWith(magic))
  if (refusal) throw new FileError(refusal[1])
  if (isPackage(head)) return { format: 'der' }
  if (isPgp(head)) return { format: 'pgp', armoured: false }
  return detectText(head, size)
}

// A ProfileHeader is A0, a length, and 80 01 for its major version.
function isPackage(head: Buffer): boolean {
  if (head[0] !== 0xa0) return false
  const lengthBytes = head[1] === 0x81 ? 2 : head[1] === 0x82 ? 3 : 1
  return head[1 + lengthBytes] === 0x80 && head[2 + lengthBytes] === 0x01
}

// RFC 9580 §4.2: a session key packet (tags 1 and 3) of version 3 to 6 begins every encrypted message; tags 9 and 18 stand alone in old ones.
function isPgp(head: Buffer): boolean {
  const first = head[0] ?? 0
  if (!(first & 0x80)) return false
  const isNew = (first & 0x40) !== 0
  const tag = isNew ? first & 0x3f : (first & 0x3f) >> 2
  const second = head[1] ?? 0
  const lengthBytes = isNew ? (second < 192 || second >= 224 ? 1 : second < 255 ? 2 : 5) : [1, 2, 4, 0][first & 3]
  const version = head[1 + (lengthBytes ?? 0)] ?? 0
  if (tag === 1) return version === 3 || version === 6
  if (tag === 3) return version >= 4 && version <= 6
  return tag === 18 && version >= 1 && version <= 2
}

function detectText(head: Buffer, size: number): Detected {
  const { encoding, bomBytes } = detectEncoding(head, head.length < size)
  const decoder = textDecoder(encoding)
  const text = decoder.write(head.subarray(bomBytes)) + (head.length === size ? decoder.end() : '')
  if (text.trim() === '')
    throw new FileError(text.length < 1000 || head.length === size ? 'The file is empty.' : 'The file begins with nothing but blanks.')
  const trimmed = text.trimStart()
  if (trimmed.startsWith('-----BEGIN PGP MESSAGE-----')) return { format: 'pgp', armoured: true }
  const refusal = armour.find(([pattern]) => pattern.test(trimmed))
  if (refusal) throw new FileError(refusal[1])
  if (/^-----BEGIN PGP/m.test(text)) throw new FileError('There is text in front of the PGP message. Upload the encrypted file alone.')
  const newline = text.includes('\n') || !text.includes('\r') ? '\n' : '\r'
  if (head.length < size && !text.includes(newline))
    throw new FileError('The first line does not end: this is no table, or its line ends were lost.', 1)
  return { format: outHeader.test(text) ? 'out' : 'csv', encoding, bomBytes, newline, head: text, whole: head.length === size }
}

function detectEncoding(head: Buffer, cut: boolean): { encoding: Encoding; bomBytes: number } {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return { encoding: 'utf-8', bomBytes: 3 }
  if (head[0] === 0xff && head[1] === 0xfe) return { encoding: 'utf-16le', bomBytes: 2 }
  if (head[0] === 0xfe && head[1] === 0xff) return { encoding: 'utf-16be', bomBytes: 2 }
  const zeros = [0, 0]
  let controls = 0
  head.forEach((octet, index) => {
    if (octet === 0) zeros[index & 1] = (zeros[index & 1] ?? 0) + 1
    else if (octet < 0x20 && octet !== 0x09 && octet !== 0x0a && octet !== 0x0d) controls++
  })
  const [even = 0, odd = 0] = zeros
  if (odd > head.length * 0.35 && even === 0) return { encoding: 'utf-16le', bomBytes: 0 }
  if (even > head.length * 0.35 && odd === 0) return { encoding: 'utf-16be', bomBytes: 0 }
  if (controls + even + odd > head.length / 50) throw new FileError('This is no text, no ZIP file, no PGP message and no profile package.')
  return { encoding: isText(head, cut) ? 'utf-8' : 'latin1', bomBytes: 0 }
}

/** Whether it is UTF-8, but for a character that the end of a cut sample goes through. */
const isText = (head: Buffer, cut: boolean): boolean =>
  (cut ? [0, 1, 2, 3] : [0]).some(octets => isUtf8(head.subarray(0, Math.max(head.length - octets, 0))))
