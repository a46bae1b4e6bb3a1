import { STATUS, type StatusName } from '../status'
import { BPP_COMMANDS } from '../timeline/reasons'
import { durationWords } from './amounts'
import type { Attempt } from './attempt'
import { cancellation } from './cancellations'
import { type Case, caseOf, type Surroundings, type Teller, tryAgain } from './case'
import type { Explanation } from './explanation'
import { failedElement, failedInstallation } from './installations'
import { REFUSALS } from './refusals'

/** A phone that has taken the package needs less than this to install it and to tell of it. */
export const installationMs = 10 * 60_000

const agreed: Teller = it => ({
  sentence: `${it.phone} was shown the eSIM and has not gone on yet.`,
  ...tryAgain(it, 'Ask the customer to agree when the phone asks whether to add the eSIM; if nothing happens'),
  tone: 'plain',
})

/** Without a result: it may be installed and unable to say so, or half way. */
const taken: Teller = it => {
  const at = new Date(it.attempt.decisive.at)
  if (it.profile && it.profile.state !== 'Downloaded')
    return { sentence: `${it.phone} took the eSIM and never told what became of it.`, ...tryAgain(it), tone: 'warn' }
  if (it.now.getTime() - at.getTime() < installationMs)
    return {
      sentence: `${it.phone} took the eSIM ${durationWords(at, it.now)} ago and is installing it.`,
      advice: 'Wait a minute or two, with the phone switched on and online.',
      actions: [],
      tone: 'plain',
    }
  return {
    sentence: `${it.phone} took the eSIM ${durationWords(at, it.now)} ago and has not told whether it installed it.`,
    advice:
      'Ask the customer to look for it in the list of eSIMs of that phone. If it is there, let them switch it on and go online, and the phone will tell; if it is not, let them scan the same code again on the same phone. If that phone is lost, replace the eSIM.',
    actions: ['showCode', 'mailLink', 'replace'],
    tone: 'warn',
  }
}

const installed: Teller = it =>
  it.attempt.decisive.data?.late === true
    ? {
        sentence: `${it.phone} told of an installation after its order had ended, so it counts no more.`,
        advice: 'Ask the customer to delete this eSIM on that phone and to use the newest code that they were sent.',
        actions: ['move', 'replace'],
        tone: 'warn',
      }
    : {
        sentence: `${it.phone} installed the eSIM.`,
        advice: 'If it does not work, ask the customer to switch it on in the settings of the phone, and to switch on data and roaming.',
        actions: [],
        tone: 'good',
      }

const refusal: Teller = it => {
  const { status } = it.attempt.decisive
  if (status) return REFUSALS[status](it)
  return { sentence: `${it.phone} was turned away.`, ...tryAgain(it) }
}

const BY_STEP: Record<Attempt['step'], Teller> = {
  refused: refusal,
  shown: agreed,
  taken,
  cancelled: cancellation,
  installed,
  notInstalled: failedInstallation,
}

const statusCodes = (status: StatusName): string => `${STATUS[status].subjectCode} / ${STATUS[status].reasonCode} ${STATUS[status].message}`

/** Codes for the specialist, in the order in which they narrow it down. */
function specialistWords({ attempt }: Case): string | undefined {
  const { decisive } = attempt
  const data = decisive.data ?? {}
  if (decisive.status) return statusCodes(decisive.status)
  if (attempt.step === 'cancelled') return `cancel reason ${data.reason}`
  if (attempt.step !== 'notInstalled') return undefined
  const element = failedElement(data)
  const command = BPP_COMMANDS[Number(data.bppCommandId)]
  return [
    `installation error ${data.errorReason}`,
    ...(command ? [`during ${command}`] : []),
    ...(element ? [`profile element ${element.identification ?? 'without number'}: status ${element.status}`] : []),
  ].join(', ')
}

/**
 * Why an attempt went as it did and what to do now, in words that can be read aloud. An attempt that is long over is explained as it looks
 * from today: whether its code still works is asked of `order` and `profile`.
 */
export function explain(attempt: Attempt, surroundings: Surroundings): Explanation {
  const it = caseOf(attempt, surroundings)
  const { tone = it.code === 'ended' || attempt.ended ? 'bad' : 'warn', ...told } = BY_STEP[attempt.step](it)
  const specialist = specialistWords(it)
  return { ...told, tone, ...(specialist ? { specialist } : {}) }
}
