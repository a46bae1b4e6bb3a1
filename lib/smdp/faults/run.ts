import { killCases } from './kills'
import type { Options } from './options'
import { createReport } from './report'

/** Runs the parts that are asked for; true when nothing broke. The last line counts the cases. */
export async function runFaults(options: Options, say: (line: string) => void): Promise<boolean> {
  const report = createReport(say)
  if (options.parts.includes('kills')) await killCases(report, options)
  say(`\n${report.passed} passed, ${report.failed} failed`)
  return report.failed === 0
}
