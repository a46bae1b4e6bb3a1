import { clockCases } from './clock'
import { databaseCases } from './database-faults'
import { diskFullCase } from './disk-full'
import { floodCases } from './flood'
import { httpCases } from './http-faults'
import { killCases } from './kills'
import { mutationPart, withTestServer } from './mutation/part'
import type { Options, Part } from './options'
import { raceCases } from './races'
import { createReport, type Report } from './report'
import { soakCase } from './soak'

const CASES: Partial<Record<Part, (report: Report, options: Options) => Promise<void>>> = {
  kills: killCases,
  database: async (report, options) => {
    await databaseCases(report, options)
    if (!options.short) await diskFullCase(report)
  },
  clock: clockCases,
  races: raceCases,
  http: httpCases,
  mutations: mutationPart,
  flood: (report, options) => withTestServer(() => floodCases(report, options)),
  soak: soakCase,
}

/** Runs the parts that are asked for; true when nothing broke. The last line counts the cases. */
export async function runFaults(options: Options, say: (line: string) => void): Promise<boolean> {
  const report = createReport(say)
  for (const part of options.parts) await CASES[part]?.(report, options)
  say(`\n${report.passed} passed, ${report.failed} failed`)
  return report.failed === 0
}
