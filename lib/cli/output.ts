/** Text from packages and servers must not steer the terminal. */
export const plain = (text: string): string => text.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, ' ')

const widthOf = (text: string): number => [...text].length

const pad = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - widthOf(text)))

/** Rows under a heading, columns aligned, two spaces between them. */
export function formatTable(heading: string[], rows: string[][]): string[] {
  const all = [heading, ...rows].map(row => row.map(plain))
  const widths = heading.map((_, column) => Math.max(...all.map(row => widthOf(row[column] ?? ''))))
  return all.map(row =>
    widths
      .map((width, column) => pad(row[column] ?? '', width))
      .join('  ')
      .trimEnd(),
  )
}

/** A moment as people at this terminal read it: 2026-05-03 14:30:00, local time. */
export const localTime = (at: Date | string): string => new Date(at).toLocaleString('sv-SE')

/** Where a command answers: words for people or JSON for scripts on stdout, remarks on stderr. */
export class Output {
  constructor(
    readonly json: boolean,
    private readonly stdout: NodeJS.WriteStream = process.stdout,
    private readonly stderr: NodeJS.WriteStream = process.stderr,
  ) {}

  /** The answer: `value` as one line of JSON, or what `words` prints. */
  answer(value: unknown, words: () => void): void {
    if (this.json) this.stdout.write(`${JSON.stringify(value)}\n`)
    else words()
  }

  /** A line for people; nothing with --json. */
  line(text = ''): void {
    if (!this.json) this.stdout.write(`${plain(text)}\n`)
  }

  table(heading: string[], rows: string[][]): void {
    for (const line of formatTable(heading, rows)) this.line(line)
  }

  /** Labels and values, one pair a line; pairs without a value are left out. */
  facts(pairs: [string, string | number | null | undefined][]): void {
    const known = pairs.filter(([, value]) => value !== null && value !== undefined && value !== '')
    const width = Math.max(0, ...known.map(([label]) => label.length))
    for (const [label, value] of known) this.line(`${pad(label, width)}  ${value}`)
  }

  /** A remark that is not part of the answer, with --json too. */
  note(text: string): void {
    this.stderr.write(`${plain(text)}\n`)
  }

  /** Overwrites one line while something takes its time; a file or pipe sees nothing of it. */
  progress(text: string): void {
    if (this.stderr.isTTY) this.stderr.write(`\r\u001b[2K${plain(text)}`)
  }
}
