import { requireMay } from '@/lib/accounts/actor'
import { type Command, readOptions } from './command'
import { AlreadyTold, sentenceOf, UsageError } from './failure'
import { Output } from './output'
import { helpOf, overview, usageOf } from './usage'
import { terminalActor } from './with-runtime'

/** Where a call begins: at the command of the first one or two words, at a group of commands, or nowhere. */
export function findCommand(commands: readonly Command[], args: string[]): { command: Command; rest: string[] } | { group: string } {
  for (const count of [2, 1]) {
    const name = args.slice(0, count).join(' ')
    const command = args.length >= count ? commands.find(each => each.name === name) : undefined
    if (command) return { command, rest: args.slice(count) }
  }
  const [first = '', second] = args
  const group = commands.some(({ name }) => name.startsWith(`${first} `)) ? first : ''
  const wrong = group ? second : first
  if (!wrong || wrong.startsWith('-')) return { group }
  throw new UsageError(`There is no command "${[group, wrong].filter(Boolean).join(' ')}".`)
}

const isHelp = (word: string): boolean => word === '--help' || word === '-h' || word === 'help'

/**
 * Runs a call of the command line; whatever goes wrong is one sentence on stderr.
 * @returns the exit code: 0 done, 1 the answer is no, 2 wrong usage (with how it is meant)
 */
export async function run(commands: readonly Command[], argv: string[]): Promise<0 | 1 | 2> {
  const begun = argv[0] === 'help' ? [...argv.slice(1), '--help'] : argv
  // `--json` may stand in front of the command as well.
  const leading = begun.findIndex(word => word !== '--json')
  const args = leading > 0 ? [...begun.slice(leading), '--json'] : begun
  let found: ReturnType<typeof findCommand>
  try {
    found = findCommand(commands, args)
  } catch (error) {
    return wrong(error, overview(commands, commands.some(({ name }) => name.startsWith(`${args[0]} `)) ? args[0] : ''))
  }
  if ('group' in found) {
    const text = overview(commands, found.group)
    if (args.some(isHelp)) return show(text)
    return wrong(new UsageError(found.group ? `What to do with ${found.group} is missing.` : 'A command is missing.'), text)
  }
  return runCommand(found.command, found.rest)
}

async function runCommand(command: Command, rest: string[]): Promise<0 | 1 | 2> {
  try {
    const given = readOptions(command, rest)
    if (given.help) return show(helpOf(command))
    if (command.verb) requireMay(terminalActor(), command.verb)
    await command.run(given, new Output(given.json))
    return 0
  } catch (error) {
    if (error instanceof AlreadyTold) return 1
    if (error instanceof UsageError) return wrong(error, `${usageOf(command)}\n\nWith --help it tells more.`)
    process.stderr.write(`${sentenceOf(error)}\n`)
    return 1
  }
}

function show(text: string): 0 {
  process.stdout.write(`${text}\n`)
  return 0
}

function wrong(error: unknown, usage: string): 2 {
  process.stderr.write(`${sentenceOf(error)}\n\n${usage}\n`)
  return 2
}
