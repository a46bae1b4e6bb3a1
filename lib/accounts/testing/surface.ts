import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { parseAst } from 'vitest/node'

/** Something that whoever reaches the server can call. */
export interface Entrance {
  kind: 'action' | 'route' | 'page'
  /** From the repository's root */
  file: string
  /** The export: an action, a method, `default` or `generateMetadata` */
  name: string
  /** What it consults the table of roles for; undefined when it does not */
  verb: string | undefined
}

export const entranceId = ({ file, name }: Pick<Entrance, 'file' | 'name'>): string => `${file} ${name}`

/** ESTree, as far as this reads it. */
interface Node {
  type: string
  [property: string]: unknown
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'type' in value
const nodesOf = (value: unknown): Node[] => (Array.isArray(value) ? value.filter(isNode) : isNode(value) ? [value] : [])
const childrenOf = (node: Node): Node[] => Object.values(node).flatMap(nodesOf)
const nameOf = (value: unknown): string => {
  const [node] = nodesOf(value)
  return String(node?.name ?? node?.value ?? '')
}

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']
/** Who asks the table, and which argument is the verb. */
const consulted: Record<string, number> = { operatorAction: 0, requirePage: 0, requireRoute: 1, requireApi: 1 }

const read = (root: string, file: string): string => readFileSync(path.join(root, file), 'utf8')
const programOf = (file: string, text: string): Node[] =>
  nodesOf(nodesOf(parseAst(text, { lang: file.endsWith('x') ? 'tsx' : 'ts' })).flatMap(({ body }) => body))
const isUseServer = (statement: Node | undefined): boolean => statement?.directive === 'use server'

/** What a declaration names, each with the node that makes it. */
function declared(declaration: Node): [string, Node][] {
  if (declaration.type === 'VariableDeclaration')
    return nodesOf(declaration.declarations).map(each => [nameOf(each.id), nodesOf(each.init)[0] ?? each])
  return declaration.type.startsWith('TS') ? [] : [[nameOf(declaration.id), declaration]]
}

/** The values that a module exports, types left out, each with the node that makes it. */
function exportsOf(statements: Node[]): Map<string, Node> {
  const local = new Map(statements.flatMap(each => [each, ...nodesOf(each.declaration)]).flatMap(declared))
  const exported = new Map<string, Node>()
  for (const statement of statements) {
    if (!statement.type.startsWith('Export') || statement.exportKind === 'type') continue
    const [declaration] = nodesOf(statement.declaration)
    if (statement.type === 'ExportDefaultDeclaration')
      exported.set('default', (declaration && local.get(nameOf(declaration))) ?? declaration ?? statement)
    // It hides what there is to call, so it stands for something that consults nothing.
    else if (statement.type === 'ExportAllDeclaration') exported.set(`export * from ${nameOf(statement.source)}`, statement)
    else if (declaration) for (const [name, node] of declared(declaration)) exported.set(name, node)
    for (const specifier of nodesOf(statement.specifiers))
      if (specifier.exportKind !== 'type') exported.set(nameOf(specifier.exported), local.get(nameOf(specifier.local)) ?? specifier)
  }
  return exported
}

/** The first verb that a call within the node names. */
function verbIn(node: Node): string | undefined {
  const place = node.type === 'CallExpression' ? consulted[nameOf(node.callee)] : undefined
  const argument = place === undefined ? undefined : nodesOf(node.arguments)[place]
  if (argument?.type === 'Literal') return String(argument.value)
  for (const child of childrenOf(node)) {
    const verb = verbIn(child)
    if (verb) return verb
  }
  return undefined
}

/** An action is what operatorAction makes, not what merely calls it somewhere. */
const verbOfAction = (node: Node): string | undefined =>
  node.type === 'CallExpression' && nameOf(node.callee) === 'operatorAction' ? verbIn(node) : undefined

/** Functions that are actions by a directive of their own: operatorAction cannot have made them. */
const inlineActions = (node: Node): Node[] => [
  ...(node.type === 'BlockStatement' && isUseServer(nodesOf(node.body)[0]) ? [node] : []),
  ...childrenOf(node).flatMap(inlineActions),
]

const sourcesUnder = (root: string, folders: string[]): string[] =>
  folders
    .flatMap(folder => readdirSync(path.join(root, folder), { recursive: true }).map(file => path.posix.join(folder, String(file))))
    .filter(file => /\.tsx?$/.test(file) && !/\.(test|d)\.tsx?$/.test(file) && !file.startsWith('lib/db/generated/'))
    .sort()

/** Every server action, route handler and page of the sources, with the verb that each consults. */
export function entrances(root: string): Entrance[] {
  return sourcesUnder(root, ['app', 'components', 'lib']).flatMap((file): Entrance[] => {
    const kind = /^app\/.*\/route\.tsx?$/.test(file) ? 'route' : /^app\/(.*\/)?page\.tsx?$/.test(file) ? 'page' : undefined
    const text = read(root, file)
    const mayHaveActions = text.includes('use server')
    if (!kind && !mayHaveActions) return []
    const statements = programOf(file, text)
    const exported = [...exportsOf(statements)]
    if (isUseServer(statements[0])) return exported.map(([name, node]) => ({ kind: 'action', file, name, verb: verbOfAction(node) }))
    const inline = mayHaveActions ? statements.flatMap(inlineActions) : []
    const wanted = kind === 'route' ? methods : ['default', 'generateMetadata']
    return [
      ...inline.map(({ start }): Entrance => ({ kind: 'action', file, name: `inline at ${start}`, verb: undefined })),
      ...(kind ? exported : [])
        .filter(([name]) => wanted.includes(name) || name.startsWith('export *'))
        .map(([name, node]): Entrance => ({ kind: kind ?? 'page', file, name, verb: verbIn(node) })),
    ]
  })
}

const folders = ['accounts', 'inventory', 'jobs', 'mail', 'orders', 'partners', 'smdp', 'vault'].map(folder => `lib/${folder}`)

/** The exported functions of lib that ask the table themselves, with the verb. */
export function askingFunctions(root: string): { file: string; name: string; verb: string }[] {
  return sourcesUnder(root, folders).flatMap(file => {
    const text = read(root, file)
    if (!text.includes('requireMay(')) return []
    return [...exportsOf(programOf(file, text))].flatMap(([name, node]) => {
      const verb = askedIn(node)
      return verb ? [{ file, name, verb }] : []
    })
  })
}

/** The verb of the first requireMay that stands among the statements of a function itself. */
function askedIn(node: Node): string | undefined {
  const statements = nodesOf(nodesOf(node.body)[0]?.body ?? [])
  for (const { expression } of statements) {
    const [call] = nodesOf(expression)
    const verb = call?.type === 'CallExpression' && nameOf(call.callee) === 'requireMay' ? nodesOf(call.arguments)[1] : undefined
    if (verb?.type === 'Literal') return String(verb.value)
  }
  return undefined
}

/**
 * Files of lib that write an audit row, so change something or show something sensitive, for a person and never ask what that person's
 * role allows.
 */
export function unguardedFiles(root: string): string[] {
  const asks = /\b(requireMay|requestApproval|decideApproval|defineTask|startTask)\b/
  return sourcesUnder(root, folders).filter(file => {
    const text = read(root, file)
    return /\baudit(Each)?\(/.test(text) && !asks.test(text)
  })
}
