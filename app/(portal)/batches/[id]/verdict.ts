import { countWords, numberWords } from '@/components/number-words'
import type { BatchFinding, BatchReport } from '@/lib/inventory/doctor/findings'

/** The report in a headline: is the file good, and what is to be done. */
export interface Verdict {
  tone: 'good' | 'warn' | 'bad'
  title: string
  sentence: string
}

const haveErrors = (count: number) => (count === 1 ? '1 has an error' : `${numberWords(count)} have errors`)
const haveWarnings = (count: number) => (count === 1 ? '1 row has a warning' : `${numberWords(count)} rows have warnings`)

/** Remarks that nearly every good file gets: of PINs by chance, some are simple. */
const minorKinds = new Set(['simple-pins', 'template-values', 'unused-column', 'unused-values'])
export const isMinor = ({ kind, severity }: BatchFinding): boolean => severity === 'warning' && minorKinds.has(kind)

/** What a person in a hurry has to know about a draft. */
export function verdictOf({ rows, good, warned, refused, whole, preflight }: BatchReport): Verdict {
  if (preflight?.result === 'failed') {
    return {
      tone: 'bad',
      title: 'The sample could not be installed.',
      sentence: 'A batch whose sample fails does not become stock. See why below.',
    }
  }
  if (good + warned === 0) {
    return {
      tone: 'bad',
      title: rows === 1 ? 'The one row cannot become stock.' : `None of the ${numberWords(rows)} rows can become stock.`,
      sentence: 'See below what is wrong. Mend the file and upload it again.',
    }
  }
  if (refused > 0) {
    const remedy =
      good > 0
        ? 'Approve the good rows, or mend the file and upload it again.'
        : 'No row is without a finding: mend the file and upload it again.'
    const warnings = warned > 0 ? ` ${haveWarnings(warned)}.` : ''
    return {
      tone: good > 0 ? 'warn' : 'bad',
      title: `${numberWords(good)} of ${countWords(rows, 'row')} ${good === 1 ? 'is' : 'are'} good.`,
      sentence: `${haveErrors(refused)} and cannot become stock.${warnings} ${remedy}`,
    }
  }
  if (warned > 0) {
    return {
      tone: 'warn',
      title: `No errors. ${haveWarnings(warned)}.`,
      sentence: 'Look at the warnings, then approve all rows, or only those without a finding.',
    }
  }
  const all = rows === 1 ? 'The row is good' : `All ${numberWords(rows)} rows are good`
  const remarkable = whole.filter(finding => !isMinor(finding))
  if (remarkable.length > 0) {
    return {
      tone: remarkable.some(({ severity }) => severity === 'error') ? 'bad' : 'warn',
      title: `${all}; the file as a whole needs a look.`,
      sentence: 'See what was noticed about it before you approve.',
    }
  }
  return {
    tone: 'good',
    title: `${all}.`,
    sentence: rows === 1 ? 'Approve, and it is in stock.' : 'Approve, and they are in stock.',
  }
}
