import { type Case, type Teller, type Told, tryAgain } from './case'

/** The fault lies in the type or the package: another code for the same one would end the same way. */
const sameAgain = (it: Case, sentence: string): Told => ({
  sentence,
  advice: 'Another try would end the same way. Replace it with an eSIM of another type, and have this type looked at.',
  actions: ['replace', 'changeType'],
  ...(it.attempt.ended ? { tone: 'bad' } : {}),
})

const saidNo: Teller = it =>
  it.attempt.hadPackage
    ? {
        sentence: `${it.phone} had taken the eSIM and then broke off; many phones do that when they could not install it.`,
        ...tryAgain(it, 'Ask whether the eSIM is in the list of the phone; if it is not, ask the customer to restart the phone'),
      }
    : {
        sentence: `${it.phone} showed the eSIM, and somebody there said no.`,
        ...tryAgain(it, 'Ask the customer to agree when the phone asks whether to add the eSIM'),
      }

/** CancelSessionReason, SGP.22 §5.7.14 and, from 16 on, v3: one row for each. */
export const CANCELLATIONS: Record<number, Teller> = {
  0: saidNo,
  1: it => ({ sentence: 'The customer chose “later” when the phone showed the eSIM.', ...tryAgain(it) }),
  2: it => ({
    sentence: `${it.phone} showed the eSIM, and nobody answered in time.`,
    ...tryAgain(it, 'Ask the customer to stay at the phone and to agree within a minute'),
  }),
  3: it => sameAgain(it, `${it.phone} does not allow a rule of this eSIM, such as one that it may not be switched off or deleted.`),
  4: it => sameAgain(it, 'What the phone was shown of the eSIM and what it then received did not agree, so it broke off.'),
  5: it => ({
    sentence: `${it.phone} could not load the eSIM and broke off.`,
    ...tryAgain(it, 'Ask the customer to restart the phone and to stay in good reception'),
  }),
  16: it => ({ sentence: `${it.phone} broke off by itself before it was done.`, ...tryAgain(it, 'Ask the customer to restart the phone') }),
  17: it => sameAgain(it, `${it.phone} does not take eSIMs of companies, and this is one.`),
  18: it => sameAgain(it, 'The rules that a company has put on this eSIM are not allowed on the phone.'),
  19: it => sameAgain(it, 'The owner of the phone does not allow eSIMs of companies on it.'),
  20: it => sameAgain(it, `${it.phone} belongs to another company than this eSIM.`),
  21: it => sameAgain(it, 'The rules that a company has put on this eSIM contradict each other.'),
  22: it => sameAgain(it, `${it.phone} is managed by a company and takes only its eSIMs, of which this is none.`),
  23: it => sameAgain(it, `${it.phone} cannot relay its downloads the way this eSIM asks for.`),
  24: it => sameAgain(it, `${it.phone} does not allow the network that this eSIM names for relaying downloads.`),
  25: it => sameAgain(it, 'The eSIM has no name or no operator’s name, and the phone insists on both.'),
  27: it => ({
    sentence: `${it.phone} has remote management of eSIMs switched off.`,
    ...tryAgain(it, 'Ask the customer to allow it in the settings of the phone'),
  }),
  28: it => ({
    sentence: `${it.phone} could not read the management commands that it was sent.`,
    ...tryAgain(it, 'Pass this on to your specialists'),
  }),
  29: it => ({
    sentence: `${it.phone} could not carry out the management commands that it was sent.`,
    ...tryAgain(it, 'Ask the customer to restart the phone'),
  }),
  127: it => ({
    sentence: `${it.phone} broke off and gave no reason.`,
    ...tryAgain(it, 'Ask the customer to restart the phone and to update it'),
  }),
}

export const cancellation: Teller = it => {
  const reason = it.attempt.decisive.data?.reason
  const tell = typeof reason === 'number' ? CANCELLATIONS[reason] : undefined
  if (tell) return tell(it)
  return {
    sentence: `${it.phone} broke off for a reason that is new to this server.`,
    ...tryAgain(it, 'Ask the customer to restart the phone and to update it'),
  }
}
