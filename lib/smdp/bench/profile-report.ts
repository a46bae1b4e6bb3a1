import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'

const CpuProfile = z.object({
  nodes: z.array(
    z.object({
      id: z.number(),
      callFrame: z.object({ functionName: z.string(), url: z.string(), lineNumber: z.number() }),
      children: z.array(z.number()).optional(),
    }),
  ),
  samples: z.array(z.number()),
  timeDeltas: z.array(z.number()),
})

/** Time of one function, or of all functions of a place; percentages are of the time in which the processor worked. */
export interface ProfileLine {
  name: string
  selfPercent: number
  /** With all that it called */
  inclusivePercent: number
}

export interface ProfileReport {
  /** Of the clock, in which there was something to do */
  busyPercent: number
  functions: ProfileLine[]
  places: ProfileLine[]
}

/** Module comments of a bundle: from which source a line comes. */
function sourceLines(bundle: string): (line: number) => string | undefined {
  const starts = readFileSync(bundle, 'utf8')
    .split('\n')
    .flatMap((text, line) => {
      const source = /^\/\/ (\S+\.(?:ts|mjs|js))$/.exec(text)?.[1]
      return source ? [{ line, source }] : []
    })
  return line => starts.findLast(start => start.line <= line)?.source
}

const bundleLines = new Map<string, ReturnType<typeof sourceLines>>()

/** Where a function stands: a source of ours, a package or a part of Node. */
function placeOf(url: string, line: number): string {
  if (url.startsWith('node:')) return url
  const file = url.startsWith('file:') ? fileURLToPath(url) : url
  const inPackage = /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules\/)/.exec(file)?.[1]
  if (inPackage) return `package ${inPackage}`
  if (!existsSync(file)) return path.basename(file)
  const lines = bundleLines.get(file) ?? sourceLines(file)
  bundleLines.set(file, lines)
  return lines(line) ?? path.relative(process.cwd(), file)
}

interface Node {
  name: string
  place: string
  children: number[]
  selfMicroseconds: number
}

/** Native functions count for the place that calls them. */
function nodesOf(profile: z.output<typeof CpuProfile>): Map<number, Node> {
  const frames = new Map(profile.nodes.map(node => [node.id, node]))
  const nodes = new Map<number, Node>()
  const visit = (id: number, caller: string) => {
    const { callFrame, children = [] } = frames.get(id) ?? { callFrame: undefined }
    if (!callFrame) return
    const { functionName, url, lineNumber } = callFrame
    const special = functionName.startsWith('(') && url === ''
    const place = special ? functionName : url === '' ? caller : placeOf(url, lineNumber)
    const name = special ? functionName : `${functionName || '(anonymous)'}  ${url === '' ? `native, for ${caller}` : place}`
    nodes.set(id, { name, place, children, selfMicroseconds: 0 })
    for (const child of children) visit(child, place)
  }
  const [root] = profile.nodes
  if (root) visit(root.id, '')
  return nodes
}

/** Adds up a profile in V8's format by function and by place. */
export function readProfile(written: unknown): ProfileReport {
  const profile = CpuProfile.parse(written)
  const nodes = nodesOf(profile)
  profile.samples.forEach((id, i) => {
    const node = nodes.get(id)
    if (node) node.selfMicroseconds += Math.max(0, profile.timeDeltas[i + 1] ?? 0)
  })
  const all = [...nodes.values()]
  const total = all.reduce((sum, node) => sum + node.selfMicroseconds, 0)
  const idle = all.filter(node => node.name === '(idle)').reduce((sum, node) => sum + node.selfMicroseconds, 0)
  const busy = total - idle
  const byKey = (key: (node: Node) => string): ProfileLine[] => {
    const lines = new Map<string, { self: number; inclusive: number }>()
    const walk = (id: number, above: readonly string[]): number => {
      const node = nodes.get(id)
      if (!node) return 0
      const name = key(node)
      const inside = above.includes(name) ? above : [...above, name]
      const time = node.children.reduce((sum, child) => sum + walk(child, inside), node.selfMicroseconds)
      const line = lines.get(name) ?? { self: 0, inclusive: 0 }
      line.self += node.selfMicroseconds
      if (inside !== above) line.inclusive += time
      lines.set(name, line)
      return time
    }
    const [root] = profile.nodes
    if (root) walk(root.id, [])
    return [...lines]
      .filter(([name]) => name !== '(idle)' && name !== '(root)')
      .map(([name, { self, inclusive }]) => ({ name, selfPercent: (100 * self) / busy, inclusivePercent: (100 * inclusive) / busy }))
  }
  return { busyPercent: (100 * busy) / total, functions: byKey(node => node.name), places: byKey(node => node.place) }
}

const mostLines = 40

/** The profile in lines for a person, with milliseconds of one download, or whatever is measured, where they are known. */
export function profileLines({ busyPercent, functions, places }: ProfileReport, cpuMs: number | undefined, one = 'download'): string[] {
  const shown = (percent: number) => {
    const ms = cpuMs === undefined ? '' : `${((cpuMs * percent) / 100).toFixed(3).padStart(9)} ms`
    return `${percent.toFixed(1).padStart(6)} %${ms}`
  }
  const list = (title: string, lines: ProfileLine[], by: 'selfPercent' | 'inclusivePercent') => [
    '',
    title,
    ...lines
      .toSorted((a, b) => b[by] - a[by])
      .slice(0, mostLines)
      .filter(line => line[by] >= 0.2)
      .map(line => `  ${shown(line[by])}  ${line.name}`),
  ]
  return [
    `The server was busy ${busyPercent.toFixed(0)} % of the profiled time; percentages are of that, milliseconds of one ${one}.`,
    ...list('Places, by their own time', places, 'selfPercent'),
    ...list('Functions, by their own time', functions, 'selfPercent'),
    ...list('Functions, with what they call', functions, 'inclusivePercent'),
  ]
}
