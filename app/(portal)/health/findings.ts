import { countWords } from '@/components/number-words'
import type { HealthSnapshot } from './snapshot'

/** Something that whoever runs this server should know. */
export interface Finding {
  tone: 'warn' | 'bad'
  title: string
  advice: string
}

const slowMs = 250

/** What is not as it should be, the worst first; empty when all is well. */
export function findingsOf({ database, pool, es9, process, sweepProblem, ending }: HealthSnapshot): Finding[] {
  const findings: Finding[] = []
  const { busy, late, total, address, refusals, manyRefusals } = es9.turnedAway
  const overloaded = busy.lastMinute + late.lastMinute + total.lastMinute
  const limited = address.lastMinute + refusals.lastMinute + manyRefusals.lastMinute
  if (!database)
    findings.push({ tone: 'bad', title: 'The database does not answer.', advice: 'Devices are told to come back; nothing is lost.' })
  for (const { name, tone, word } of ending.filter(({ tone }) => tone === 'bad'))
    findings.push({ tone, title: `${name}: ${word.toLowerCase()}.`, advice: 'Import the one that follows it.' })
  if (overloaded > 0)
    findings.push({
      tone: 'warn',
      title: `${countWords(overloaded, 'request')} of devices turned away in the last minute, because there were too many.`,
      advice: 'Steps of downloads under way go first. If it stays so, run another instance on the same database.',
    })
  if (pool.waiting > 0)
    findings.push({
      tone: 'warn',
      title: `${countWords(pool.waiting, 'request waits', 'requests wait')} for a connection to the database.`,
      advice: 'If it stays so, the database is slower than the requests come.',
    })
  if (process.eventLoop && process.eventLoop.p99 > slowMs)
    findings.push({
      tone: 'warn',
      title: `Requests wait up to ${Math.round(process.eventLoop.p99)} ms for this process.`,
      advice: 'Its processor is busy. If it stays so, run another instance on the same database.',
    })
  if (sweepProblem)
    findings.push({ tone: 'warn', title: 'Old sessions could not be swept.', advice: `${sweepProblem} The next try comes by itself.` })
  for (const { name, tone, word } of ending.filter(({ tone }) => tone === 'warn'))
    findings.push({ tone, title: `${name}: ${word}.`, advice: 'Import the one that follows it in time.' })
  if (limited > 0)
    findings.push({
      tone: 'warn',
      title: `${countWords(limited, 'request')} of single addresses turned away in the last minute.`,
      advice: 'Somebody asks more often than phones do. Others are not touched by it.',
    })
  return findings
}
