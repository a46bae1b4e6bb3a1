import type { Case, Told } from './case'
import { tryAgain } from './case'
import { tooLittleMemory } from './memory'

type ElementTeller = (it: Case) => Told

/** This eSIM as it was made does not fit; another one of the same type would not either. */
const unfit = (
  sentence: string,
  advice = 'Another code would not help. Give the customer an eSIM of another type, and have the maker of this type told.',
): ElementTeller => {
  return () => ({ sentence, advice, actions: ['replace', 'changeType'], tone: 'bad' })
}

/** This one eSIM is faulty; another of its type may do. */
const faulty = (sentence: string): ElementTeller => {
  return () => ({
    sentence,
    advice: 'Replace it with another eSIM, and have its maker told: others of the same batch may be faulty as well.',
    actions: ['replace'],
    tone: 'bad',
  })
}

/** PEStatus of EUICCResponse (TCA Interoperable Profile): what the eUICC made of the element at which it stopped. One row for each. */
export const ELEMENT_STATUSES: Record<number, ElementTeller> = {
  0: it => ({
    sentence: `${it.phone} found no fault in any part of the eSIM and still did not install it.`,
    ...tryAgain(it, 'Ask the customer to restart the phone'),
  }),
  1: unfit('The eSIM has a part that the chip of this phone does not know.'),
  2: it => ({
    sentence: `${it.phone} had a fault in its memory while it installed the eSIM.`,
    ...tryAgain(it, 'Ask the customer to restart the phone'),
  }),
  3: faulty('A part of the eSIM has values that the chip of the phone does not accept.'),
  4: tooLittleMemory,
  5: faulty('A part of the eSIM is built in a way that the chip of the phone cannot read.'),
  6: faulty('A setting in a part of the eSIM is out of what the chip of the phone allows.'),
  7: unfit('The eSIM carries an application, and the chip of this phone cannot run applications of that kind.'),
  8: unfit('The eSIM carries an application that needs a library which the chip of this phone does not have.'),
  9: unfit('The eSIM is built on a file template that the chip of this phone does not have.'),
  10: unfit('The eSIM uses a feature that the chip of this phone does not have.'),
  11: faulty('The eSIM names a PIN or PUK that is not in it.'),
  31: unfit(
    'The eSIM is made in a version that the chip of this phone does not take.',
    'Ask the customer to update the phone; if that is no help, give them an eSIM of a type that is made for older chips.',
  ),
}

const statusWord = faulty('The chip of the phone answered a step of the installation with an error of its own.')
const proprietary = faulty('The chip of the phone stopped for a reason that only its manufacturer can read.')

/** Status words 6xxx and 9xxx (24576–28671, 36864–40959) and proprietary values (40960–65535) are ranges. */
export const elementStatus = (status: number): ElementTeller =>
  ELEMENT_STATUSES[status] ?? ((status >= 0x6000 && status < 0x7000) || (status >= 0x9000 && status < 0xa000) ? statusWord : proprietary)
