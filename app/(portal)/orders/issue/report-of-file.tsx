import { countWords, numberWords } from '@/components/number-words'
import { Notice } from '@/components/ui/notice'
import type { FileReport } from './file-report'

const WHAT: Record<FileReport['kind'], [string, string]> = {
  pairs: ['pair of ICCID and EID', 'pairs of ICCID and EID'],
  eids: ['device', 'devices'],
  iccids: ['profile', 'profiles'],
}

/** What is in a file that was read, and which lines are left out. */
export function ReportOfFile({ name, report }: { name: string; report: FileReport }) {
  const { kind, rows, customers, references, problems, warnings, sentences } = report
  const more = problems + warnings - sentences.length
  return (
    <div className="flex flex-col gap-3">
      <Notice
        tone={rows > 0 ? 'good' : 'bad'}
        title={rows > 0 ? `${countWords(rows, ...WHAT[kind])} in ${name}` : `No line of ${name} can be used.`}
        live
      >
        {customers + references > 0
          ? [
              customers > 0 ? `${numberWords(customers)} with an e-mail address` : '',
              references > 0 ? `${numberWords(references)} with a reference` : '',
            ]
              .filter(Boolean)
              .join(', ')
          : null}
      </Notice>
      {problems + warnings > 0 ? (
        <Notice
          tone="warn"
          title={
            problems > 0
              ? `${countWords(problems, 'line')} ${problems === 1 ? 'is' : 'are'} left out.`
              : `${countWords(warnings, 'line')} to look at; they are taken all the same.`
          }
        >
          <ul aria-label="Lines with a problem" className="mt-1">
            {sentences.map(({ line, sentence }) => (
              <li key={`${line} ${sentence}`} className="py-0.5">
                <span className="text-quiet">Line {numberWords(line)}:</span> {sentence}
              </li>
            ))}
            {more > 0 ? <li className="py-0.5 text-quiet">And {numberWords(more)} more.</li> : null}
          </ul>
        </Notice>
      ) : null}
    </div>
  )
}
