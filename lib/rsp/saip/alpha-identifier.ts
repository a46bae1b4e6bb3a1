// GSM 7 bit default alphabet (TS 23.038 §6.2.1), one octet a character as on a UICC.
const alphabet =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u001bÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà'

const escaped: Record<number, string> = {
  20: '^',
  40: '{',
  41: '}',
  47: '\\',
  60: '[',
  61: '~',
  62: ']',
  64: '|',
  101: '€',
}

/** Reads text as TS 102 221 Annex A codes it (GSM 7 bit, or UCS2 behind 80, 81, 82), up to the FF padding. */
export function readAlphaIdentifier(octets: Buffer): string {
  const text = decode(octets)
  return text.replace(/[\p{Cc}\p{Cs}]/gu, '').trim()
}

function decode(octets: Buffer): string {
  switch (octets[0]) {
    case 0x80:
      return ucs2(octets.subarray(1))
    case 0x81:
      return pointed(octets.subarray(3, 3 + (octets[1] ?? 0)), (octets[2] ?? 0) << 7)
    case 0x82:
      return pointed(octets.subarray(4, 4 + (octets[1] ?? 0)), octets.length > 3 ? octets.readUInt16BE(2) : 0)
    default:
      return sevenBit(octets)
  }
}

function ucs2(octets: Buffer): string {
  let text = ''
  for (let at = 0; at + 1 < octets.length; at += 2) {
    const unit = octets.readUInt16BE(at)
    if (unit === 0xffff) break
    text += String.fromCharCode(unit)
  }
  return text
}

const pointed = (octets: Buffer, base: number) =>
  [...octets].map(octet => (octet & 0x80 ? String.fromCharCode((base + (octet & 0x7f)) & 0xffff) : (alphabet[octet] ?? ''))).join('')

function sevenBit(octets: Buffer): string {
  let text = ''
  for (let at = 0; at < octets.length && octets[at] !== 0xff; at++) {
    const octet = octets[at] ?? 0
    if (octet === 0x1b) text += escaped[octets[++at] ?? 0] ?? ''
    else text += alphabet[octet] ?? ''
  }
  return text
}

/** Writes text as TS 102 221 Annex A codes it: GSM 7 bit where its alphabet has every character, otherwise UCS2. */
export function writeAlphaIdentifier(text: string): Buffer {
  const octets: number[] = []
  for (const character of text) {
    const code = alphabet.indexOf(character)
    const extension = Object.entries(escaped).find(([, written]) => written === character)
    if (extension) octets.push(0x1b, Number(extension[0]))
    else if (code >= 0 && code !== 0x1b) octets.push(code)
    else return Buffer.concat([Buffer.of(0x80), Buffer.from(text, 'utf16le').swap16()])
  }
  return Buffer.from(octets)
}
