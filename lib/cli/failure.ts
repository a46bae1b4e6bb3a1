import { isDatabaseAway } from '@/lib/db/failures'
import { reportIncident } from '@/lib/incident'
import { RspError, STATUS } from '@/lib/rsp/status'
import { plain } from './output'

/** The command was called in a way that it does not understand. */
export class UsageError extends Error {
  override name = 'UsageError'
}

/** The answer is no and has been said already: only the exit code is left. */
export class AlreadyTold extends Error {
  override name = 'AlreadyTold'
}

const period = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`)

/** What came of asking, in words, the exact reason, and the codes of SGP.22. */
export function refusalOf({ status, detail }: RspError): string {
  const { meaning, subjectCode, reasonCode } = STATUS[status]
  return [meaning, detail ? period(detail) : '', `(${subjectCode}/${reasonCode})`].filter(Boolean).join(' ')
}

const fileProblems: Record<string, string> = {
  ENOENT: 'does not exist',
  EACCES: 'may not be read by this user',
  EPERM: 'may not be used by this user',
  EISDIR: 'is a folder, a file is expected',
  ENOTDIR: 'is no folder',
}

function fileProblem(error: Error): string | undefined {
  const { code = '', path } = error as NodeJS.ErrnoException
  const problem = fileProblems[code]
  return problem && path ? `${path} ${problem}.` : undefined
}

// Errors of these names carry sentences for people; anything else is a fault of ours.
const spoken = /^(Error|UsageError|FormError|NotAllowed|StaleState|EnvError|CannotStart|VaultError|LpaError|EuiccRefusal)$/

/** An error in words, several where there are several problems; what nobody foresaw is logged with its stack under an id. */
export const sentenceOf = (error: unknown): string => wordsOf(error).split('\n').map(plain).join('\n')

function wordsOf(error: unknown): string {
  if (error instanceof RspError) return refusalOf(error)
  if (!(error instanceof Error)) return `Something unexpected happened (incident ${reportIncident(error, 'command line')}).`
  const file = fileProblem(error)
  if (file) return file
  if (isDatabaseAway(error)) return `The database does not answer: ${period(error.message)}`
  if (spoken.test(error.name) && error.message) return period(error.message)
  return `Something unexpected happened (incident ${reportIncident(error, 'command line')}).`
}
