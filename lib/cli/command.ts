import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import type { Verb } from '@/lib/accounts/roles'
import { UsageError } from './failure'
import type { Output } from './output'

/** What parseArgs makes of an option. */
type Given = string | boolean | (string | boolean)[] | undefined

/** An option of a command: how it is written, what it means, how its text is read. */
export interface Option<T = unknown> {
  type: 'string' | 'boolean'
  multiple?: boolean
  /** What stands for the value in the help */
  value?: string
  help: string
  read: (given: Given, name: string) => T
}

/** The words behind a command's name. */
export interface Arguments<T = unknown> {
  read: (given: string[]) => T
}

export interface Command {
  /** One or two words */
  name: string
  /** What whoever calls it must be allowed to do; null where it touches nothing of the deployment */
  verb: Verb | null
  /** What follows the name, one line for each way to call it */
  forms: string[]
  summary: string
  notes?: string[]
  jsonHelp?: string
  options: Record<string, Option>
  /** @throws UsageError before anything is done; what the command itself throws */
  run(given: { options: Record<string, Given>; positionals: string[] }, out: Output): Promise<void>
}

type Values<Options extends Record<string, Option>> = { [Name in keyof Options]: ReturnType<Options[Name]['read']> }

interface Definition<Options extends Record<string, Option>, Words> extends Omit<Command, 'options' | 'run'> {
  options: Options
  arguments: Arguments<Words>
  run(input: { options: Values<Options>; arguments: Words; out: Output }): Promise<void>
}

/** Makes a command whose options and arguments are read, and typed, before it runs. */
export function command<const Options extends Record<string, Option>, Words>(definition: Definition<Options, Words>): Command {
  const { arguments: words, run, ...rest } = definition
  return {
    ...rest,
    run: (given, out) => {
      const read = Object.entries<Option>(definition.options).map(([name, option]) => [name, option.read(given.options[name], name)])
      return run({ options: Object.fromEntries(read) as Values<Options>, arguments: words.read(given.positionals), out })
    },
  }
}

function readAs<Schema extends z.ZodType>(schema: Schema, given: unknown, what: string): z.output<Schema> {
  const parsed = schema.safeParse(given)
  if (parsed.success) return parsed.data
  throw new UsageError(`${what} cannot be "${String(given)}". ${parsed.error.issues[0]?.message ?? ''}`.trim())
}

/** --name VALUE, undefined when it is left out. */
export const option = <Schema extends z.ZodType>(value: string, help: string, schema: Schema): Option<z.output<Schema> | undefined> => ({
  type: 'string',
  value,
  help,
  read: (given, name) => (given === undefined ? undefined : readAs(schema, given, `--${name}`)),
})

/** --name VALUE, any number of times. */
export const options = <Schema extends z.ZodType>(value: string, help: string, schema: Schema): Option<z.output<Schema>[]> => ({
  type: 'string',
  multiple: true,
  value,
  help,
  read: (given, name) => (Array.isArray(given) ? given : []).map(each => readAs(schema, each, `--${name}`)),
})

/** --name, true when it is there. */
export const flag = (help: string): Option<boolean> => ({ type: 'boolean', help, read: given => given === true })

/** One of a few words. */
export const oneOf = <const Words extends readonly string[]>(words: Words) => z.enum(words, { error: `It is one of: ${words.join(', ')}.` })

/** A whole number as it is typed. */
export const number = (schema: z.ZodType<number, number>) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'A whole number is expected.')
    .transform(Number)
    .pipe(schema)

export const noArguments: Arguments<undefined> = {
  read: given => {
    if (given[0] !== undefined) throw new UsageError(`"${given[0]}" is not expected here.`)
    return undefined
  },
}

/** Exactly one word. */
export const oneArgument = <Schema extends z.ZodType>(what: string, schema: Schema): Arguments<z.output<Schema>> => ({
  read: ([first, second]) => {
    if (first === undefined) throw new UsageError(`${what} is missing.`)
    if (second !== undefined) throw new UsageError(`Only one ${what} is expected, "${second}" is one too many.`)
    return readAs(schema, first, what)
  },
})

/** Exactly two words, or none. */
export const twoArguments = <First extends z.ZodType, Second extends z.ZodType>(
  firstName: string,
  first: First,
  secondName: string,
  second: Second,
): Arguments<[z.output<First>, z.output<Second>] | undefined> => ({
  read: given => {
    const [one, two, three] = given
    if (one === undefined) return undefined
    if (two === undefined) throw new UsageError(`${secondName} is missing.`)
    if (three !== undefined) throw new UsageError(`"${three}" is one too many.`)
    return [readAs(first, one, firstName), readAs(second, two, secondName)]
  },
})

/** Any number of words, none too. */
export const manyArguments = <Schema extends z.ZodType>(what: string, schema: Schema): Arguments<z.output<Schema>[]> => ({
  read: given => given.map(each => readAs(schema, each, what)),
})

/** A file or folder as whoever called us names it: npm changes to the repository's root but keeps where that was. */
export const FilePath = z
  .string()
  .min(1, 'A file is expected.')
  .transform(file => resolve(process.env.INIT_CWD ?? process.cwd(), file))

/** Reads what stands behind a command's name. @throws UsageError */
export function readOptions({ options: known }: Pick<Command, 'options'>, args: string[]) {
  const common = { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } as const
  const own = Object.fromEntries(Object.entries(known).map(([name, { type, multiple = false }]) => [name, { type, multiple }] as const))
  try {
    const { values, positionals } = parseArgs({ args, options: { ...own, ...common }, strict: true, allowPositionals: true })
    const { json = false, help = false } = values as { json?: boolean; help?: boolean }
    return { json, help, options: values as Record<string, Given>, positionals }
  } catch (error) {
    throw new UsageError(parseProblem(error))
  }
}

/** The first sentence of what parseArgs says, which names the option. */
const parseProblem = (error: unknown): string =>
  error instanceof Error ? `${error.message.split(/\.\s|\n/)[0]?.replace(/\.$/, '')}.` : 'The options cannot be read.'
