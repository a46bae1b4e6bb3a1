// What the standard fonts of PDF have beside Latin 1: WinAnsiEncoding, ISO 32000-1 Annex D.2
const beyondLatin1 = new Set('€‚ƒ„…†‡ˆ‰Š‹Œ‘’“”•–—˜™š›œŸŽž')
const alternatives: Record<string, string> = { ł: 'l', Ł: 'L', đ: 'd', Đ: 'D', ı: 'i', '\u202f': ' ', '\u2011': '-', '−': '-', '‐': '-' }

const isPrintable = (character: string): boolean => /^[ -~\u00a0-\u00ff]$/.test(character) || beyondLatin1.has(character)

/** A text in the letters that the standard fonts of PDF have; accents that they lack are left out, other letters become question marks. */
export function pdfText(text: string): string {
  let printed = ''
  for (const character of text.normalize('NFC').replace(/\s+/gu, ' ')) {
    if (isPrintable(character)) {
      printed += character
      continue
    }
    const base = alternatives[character] ?? character.normalize('NFKD').replace(/\p{M}/gu, '')
    printed += [...base].every(isPrintable) ? base : '?'
  }
  return printed
}
