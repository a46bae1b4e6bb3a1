/** Markup that may go into a page as it is; everything else is escaped. */
export class Html {
  constructor(readonly markup: string) {}
  toString(): string {
    return this.markup
  }
}

export type Piece = Html | string | number | false | undefined | readonly Piece[]

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** For text and for attributes in quotes. */
const escaped = (text: string): string => text.replace(/[&<>"']/g, sign => escapes[sign] ?? '')

function markupOf(piece: Piece): string {
  if (piece === undefined || piece === false) return ''
  if (piece instanceof Html) return piece.markup
  if (typeof piece === 'string' || typeof piece === 'number') return escaped(String(piece))
  return piece.map(markupOf).join('')
}

/** A template whose pieces are escaped unless they are markup themselves. Attributes need their quotes. */
export function html(parts: TemplateStringsArray, ...pieces: Piece[]): Html {
  let markup = parts[0] ?? ''
  pieces.forEach((piece, index) => {
    markup += markupOf(piece) + (parts[index + 1] ?? '')
  })
  return new Html(markup)
}

/** A text with its placeholders filled in: `fill('Hello {brand}', { brand })`. A placeholder without a piece stays empty. */
export function fill(text: string, pieces: Record<string, Piece> = {}): Html {
  const markup = text.split(/\{(\w+)\}/).map((part, index) => (index % 2 ? markupOf(pieces[part]) : escaped(part)))
  return new Html(markup.join(''))
}
