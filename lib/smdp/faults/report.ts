/** What a case found when something is not as it must be; each sentence is one finding. */
export class Broken extends Error {
  override name = 'Broken'
  constructor(readonly findings: string[]) {
    super(findings.join('\n'))
  }
}

/** @throws Broken unless there are no findings */
export function sound(...findings: (string | undefined | false)[]): void {
  const found = findings.filter(finding => typeof finding === 'string')
  if (found.length > 0) throw new Broken(found)
}

/** Takes the cases as they come and counts them. */
export interface Report {
  /** Runs a case; what it answers is told beside its name. Never throws, and does not wait longer than `withinMs`. */
  case(name: string, work: () => Promise<string>, withinMs?: number): Promise<boolean>
  /** A case that cannot be had here, and why. */
  skip(name: string, why: string): void
  readonly passed: number
  readonly failed: number
}

const mostFindings = 12
const defaultWithinMs = 900_000

async function inTime(work: Promise<string>, withinMs: number): Promise<string> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(new Broken([`it did not come to its end within ${Math.round(withinMs / 1_000)} seconds`])), withinMs)
  })
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}

export function createReport(say: (line: string) => void): Report {
  let passed = 0
  let failed = 0
  return {
    async case(name, work, withinMs = defaultWithinMs) {
      const startedAt = performance.now()
      try {
        const checked = await inTime(work(), withinMs)
        passed++
        say(`✓ ${name}: ${checked} (${((performance.now() - startedAt) / 1_000).toFixed(1)} s)`)
        return true
      } catch (error) {
        failed++
        say(`✗ ${name}`)
        const lines = error instanceof Broken ? error.findings : [error instanceof Error ? (error.stack ?? error.message) : String(error)]
        for (const line of lines.slice(0, mostFindings)) say(`    ${line}`)
        if (lines.length > mostFindings) say(`    … and ${lines.length - mostFindings} more`)
        return false
      }
    },
    skip: (name, why) => say(`– ${name}: ${why}`),
    get passed() {
      return passed
    },
    get failed() {
      return failed
    },
  }
}
