import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type Command, command, flag, manyArguments, number, oneArgument, oneOf, option, options, readOptions } from './command'
import { commands } from './commands'
import { UsageError } from './failure'
import { Output } from './output'
import { findCommand } from './run'
import { helpOf, overview } from './usage'

/** Reads a call of a command that answers what it was given. */
async function given(args: string[], words: Parameters<typeof command>[0]['arguments'] = oneArgument('NAME', z.string())) {
  let seen: unknown
  const example: Command = command({
    name: 'example',
    verb: null,
    forms: [''],
    summary: '',
    options: {
      kind: option('KIND', '', oneOf(['a', 'b'])),
      rule: options('RULE', '', oneOf(['x', 'y'])),
      count: option('N', '', number(z.int().min(1, 'At least one.'))),
      live: flag(''),
    },
    arguments: words,
    run: async ({ options: read, arguments: named }) => {
      seen = { ...read, named }
    },
  })
  const { json, help: _, ...rest } = readOptions(example, args)
  await example.run(rest, new Output(json))
  return seen
}

describe('options and arguments are read before a command runs', () => {
  test('all kinds together, in any order', async () => {
    const seen = await given(['--rule', 'x', 'n', '--count=3', '--live', '--rule', 'y', '--kind', 'a'])
    expect(seen).toEqual({ kind: 'a', rule: ['x', 'y'], count: 3, live: true, named: 'n' })
  })

  test('what is left out is undefined, empty or false', async () => {
    expect(await given(['n'])).toEqual({ kind: undefined, rule: [], count: undefined, live: false, named: 'n' })
  })

  test.each([
    [['n', '--nope'], "Unknown option '--nope'."],
    [['n', '--kind'], "Option '--kind <value>' argument missing."],
    [['n', '--live=yes'], "Option '--live' does not take an argument."],
    [['n', '--kind', 'c'], '--kind cannot be "c". It is one of: a, b.'],
    [['n', '--rule', 'x', '--rule', 'z'], '--rule cannot be "z". It is one of: x, y.'],
    [['n', '--count', '0'], '--count cannot be "0". At least one.'],
    [['n', '--count', '1e3'], '--count cannot be "1e3". A whole number is expected.'],
    [[], 'NAME is missing.'],
    [['n', 'm'], 'Only one NAME is expected, "m" is one too many.'],
  ])('%j is refused in one sentence', async (args, sentence) => {
    const refused = given(args)
    await expect(refused).rejects.toThrow(UsageError)
    await expect(refused).rejects.toThrow(sentence)
  })

  test('many arguments are each read', async () => {
    const words = manyArguments('N', number(z.int()))
    expect(await given(['1', '2'], words)).toMatchObject({ named: [1, 2] })
    await expect(given(['1', 'x'], words)).rejects.toThrow('N cannot be "x". A whole number is expected.')
  })
})

describe('a command is found by its first words', () => {
  const named = (args: string[]) => {
    const found = findCommand(commands, args)
    return 'command' in found ? [found.command.name, ...found.rest] : { group: found.group }
  }

  test('one word or two, the rest is its own', () => {
    expect(named(['issue', '--json'])).toEqual(['issue', '--json'])
    expect(named(['profile', 'show', '89'])).toEqual(['profile show', '89'])
  })

  test('a group alone, or nothing, is neither found nor wrong', () => {
    expect(named([])).toEqual({ group: '' })
    expect(named(['phone'])).toEqual({ group: 'phone' })
    expect(named(['phone', '--help'])).toEqual({ group: 'phone' })
  })

  test('an unknown word is named', () => {
    expect(() => named(['bogus'])).toThrow('There is no command "bogus".')
    expect(() => named(['phone', 'call'])).toThrow('There is no command "phone call".')
  })
})

describe('help', () => {
  test('the whole names every command', () => {
    const text = overview(commands)
    for (const { name } of commands) expect(text).toContain(`  ${name}`)
  })

  test.each(commands.map(each => [each.name, each] as const))('%s shows its usage, all its options and --json', (name, each) => {
    const text = helpOf(each)
    expect(text).toContain(`-- ${name}`)
    for (const known of [...Object.keys(each.options), 'json', 'help']) expect(text).toContain(`  --${known}`)
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(150)
  })
})
