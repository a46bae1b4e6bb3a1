import type { Command } from './command'

export const program = 'npm run -s cli --'

const indent = (lines: string[]): string[] => lines.map(line => `  ${line}`)

/** Two columns, the second one starting at the same place in each row. */
export function twoColumns(rows: [string, string][]): string[] {
  const width = Math.max(0, ...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `${left.padEnd(width + 2)}${right}`.trimEnd())
}

const callsOf = ({ name, forms }: Command): string[] => forms.map(form => [program, name, form].filter(Boolean).join(' '))

/** The lines that say how a command is called. */
export const usageOf = (command: Command): string =>
  callsOf(command)
    .map((call, i) => `${i === 0 ? 'Usage: ' : '       '}${call}`)
    .join('\n')

/** `--help` of one command. */
export function helpOf(command: Command): string {
  const options = Object.entries(command.options).map(([name, { value, help }]): [string, string] => [
    `--${name}${value ? ` ${value}` : ''}`,
    help,
  ])
  const common: [string, string][] = [
    ['--json', command.jsonHelp ?? 'Answer with one JSON document'],
    ['--help', 'Show this'],
  ]
  const notes = command.notes?.length ? ['', ...command.notes] : []
  return [command.summary, '', usageOf(command), ...notes, '', 'Options:', ...indent(twoColumns([...options, ...common]))].join('\n')
}

/** What there is under the first words that were given; everything when none were. */
export function overview(commands: readonly Command[], group = ''): string {
  const rows = commands
    .filter(({ name }) => !group || name.startsWith(`${group} `))
    .flatMap(({ name, forms, summary }) => forms.map((form, i): [string, string] => [`${name} ${shorten(form)}`, i === 0 ? summary : '']))
  const foot = `${program} ${group ? `${group} ` : ''}COMMAND --help tells more about each.`
  const head = group
    ? []
    : [
        'Slipway from a terminal: what the portal does, beside a running server or without one.',
        'Whoever may read the data folder may do it; it is recorded as cli:<your user name>.',
        '',
      ]
  return [
    ...head,
    `Usage: ${program} ${group ? `${group} ` : ''}COMMAND [options]`,
    '',
    'Commands:',
    ...indent(twoColumns(rows)),
    '',
    'Each takes --json for scripts. Exit codes: 0 done, 1 the answer is no, 2 wrong usage.',
    foot,
  ].join('\n')
}

const shorten = (form: string): string => form.replace(/ ?\[.*$/, '')
