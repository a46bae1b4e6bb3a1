import { type Case, type Teller, type Told, tryAgain } from './case'
import { elementStatus } from './element-statuses'
import { tooLittleMemory } from './memory'

/** BppCommandId, SGP.22 §2.5.6: where it stopped. */
export const COMMAND_WORDS: Record<number, string> = {
  0: 'before it had opened the package',
  1: 'when it made room for the eSIM',
  2: 'when it stored the name of the eSIM',
  3: 'when it stored the icon of the eSIM',
  4: 'when it changed the keys of the package',
  5: 'while it loaded the contents',
}

const where = ({ attempt }: Case): string => {
  const words = COMMAND_WORDS[Number(attempt.decisive.data?.bppCommandId)]
  return words ? `, ${words}` : ''
}

/** Chance, or a fault of transport: the same may go well the next time. */
const passing = (sentence: (it: Case) => string): Teller => {
  return it => ({ sentence: sentence(it), ...tryAgain(it, 'Ask the customer to restart the phone and to stay in good reception') })
}

/** The type or its package does not fit this kind of phone. */
const unfit = (sentence: (it: Case) => string): Teller => {
  return it => ({
    sentence: sentence(it),
    advice: 'Another code for it would end the same way. Replace it with an eSIM of another type, and have this type looked at.',
    actions: ['replace', 'changeType'],
  })
}

const alreadyThere: Teller = it => ({
  sentence: 'This very eSIM is on the phone already.',
  advice: `Ask the customer to look for it in the list of eSIMs and to switch it on. If it does not work there, let them delete it while the phone is online; then make a new code for it.`,
  actions: it.code === 'ended' ? ['move', 'replace'] : ['showCode', 'move'],
})

interface PeStatus {
  status: number
  identification?: number
  offset?: number
}

/** The profile element at which the eUICC stopped: the first that is not ok, else the last that it names. */
export function failedElement(data: Record<string, unknown> | null): PeStatus | undefined {
  const list: unknown[] = Array.isArray(data?.peStatus) ? data.peStatus : []
  const elements = list.filter((each): each is PeStatus => typeof (each as PeStatus | null)?.status === 'number')
  return elements.find(({ status }) => status !== 0) ?? elements.at(-1)
}

const inElement: Teller = (it): Told => {
  const element = failedElement(it.attempt.decisive.data)
  if (element) return elementStatus(element.status)(it)
  return {
    sentence: `${it.phone} could not process a part of the eSIM, and did not say which.`,
    advice: 'Replace it with another eSIM, and have its maker told: others of the same batch may be faulty as well.',
    actions: ['replace'],
  }
}

/** ErrorReason, SGP.22 §2.5.6 and, from 17 on, v3: one row for each. */
export const INSTALLATIONS: Record<number, Teller> = {
  1: unfit(it => `${it.phone} found a value in the package that it does not allow${where(it)}.`),
  2: passing(it => `${it.phone} could not verify the signature of the package${where(it)}.`),
  3: passing(() => 'The package that reached the phone belonged to another try.'),
  4: unfit(it => `${it.phone} does not know the way in which the keys of the package were agreed.`),
  5: unfit(it => `${it.phone} does not know the operation that the package asks for.`),
  6: unfit(it => `${it.phone} does not take eSIMs of this class, such as those for tests.`),
  7: passing(it => `The package did not reach the phone as it was built${where(it)}.`),
  8: passing(it => `${it.phone} could not decrypt a piece of the package${where(it)}.`),
  9: alreadyThere,
  10: tooLittleMemory,
  11: it => ({
    sentence: `The installation was interrupted${where(it)}: the phone was switched off, or lost its power or reception.`,
    ...tryAgain(it, 'Ask the customer to charge the phone and to stay in good reception'),
  }),
  12: inElement,
  13: unfit(() => 'The number or the owner inside the eSIM is another one than was announced to the phone.'),
  14: unfit(() => 'The eSIM is one for tests and does not carry the keys of the test network that such a one must have.'),
  15: unfit(it => `${it.phone} does not allow a rule of this eSIM, such as one that it may not be switched off or deleted.`),
  17: unfit(it => `${it.phone} does not take eSIMs of companies, and this is one.`),
  18: unfit(() => 'The rules that a company has put on this eSIM are not allowed on the phone.'),
  19: unfit(() => 'The owner of the phone does not allow eSIMs of companies on it.'),
  20: unfit(it => `${it.phone} belongs to another company than this eSIM.`),
  21: unfit(() => 'The rules that a company has put on this eSIM contradict each other.'),
  22: unfit(it => `${it.phone} is managed by a company and takes only its eSIMs, of which this is none.`),
  23: unfit(it => `${it.phone} cannot relay its downloads the way this eSIM asks for.`),
  26: unfit(it => `${it.phone} does not know something that was announced of the eSIM.`),
  127: it => {
    const element = failedElement(it.attempt.decisive.data)
    if (element && element.status !== 0) return elementStatus(element.status)(it)
    return {
      sentence: `${it.phone} did not install the eSIM and gave no reason${where(it)}.`,
      ...tryAgain(it, 'Ask the customer to restart the phone and to update it'),
    }
  },
}

/** Why an eUICC did not install the package that it had taken. */
export const failedInstallation: Teller = it => {
  const reason = it.attempt.decisive.data?.errorReason
  const tell = typeof reason === 'number' ? INSTALLATIONS[reason] : undefined
  if (tell) return tell(it)
  return {
    sentence: `${it.phone} did not install the eSIM, for a reason that is new to this server.`,
    ...tryAgain(it, 'Ask the customer to restart the phone and to update it'),
  }
}
