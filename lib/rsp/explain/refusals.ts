import type { StatusName } from '../status'
import { counted, eidEnd, momentWords } from './amounts'
import { type Case, type Teller, type Told, tryAgain } from './case'
import { ineligible } from './ineligible'
import { tooLittleMemory } from './memory'
import { ORDER_REFUSALS } from './order-refusals'

/** An installed certificate, a clock or a trusted root: nothing that a customer could mend. */
const ours = (sentence: string, advice: string): Told => ({ sentence, advice, actions: ['importCertificates'], tone: 'bad' })

const noGenuine =
  'Do not hand out another code to this phone. If it is a well-known model, let it be updated and pass this on to your specialists.'

const confirmationTries = ({ order, attempt }: Case): { left: number; limit: number } | undefined => {
  const { confirmationAttempt: count, confirmationLimit: limit } = attempt.decisive.data ?? {}
  if (typeof limit !== 'number')
    return order && { left: order.confirmationLimit - order.confirmationAttempts, limit: order.confirmationLimit }
  return { left: limit - Math.max(order?.confirmationAttempts ?? 0, typeof count === 'number' ? count : 0), limit }
}

const wrongConfirmationCode: Teller = it => {
  const tries = confirmationTries(it)
  if (tries && tries.left <= 0) return tooManyConfirmationCodes(it)
  const left = tries ? ` ${counted(tries.left, 'try', 'tries')} of ${tries.limit} ${tries.left === 1 ? 'is' : 'are'} left.` : ''
  const few = tries && tries.left <= 1
  return {
    sentence: `The customer typed a wrong confirmation code.${left}`,
    advice: `${tryAgain(it, 'Read the confirmation code out digit by digit from where it was sent').advice}${few ? ' After one more wrong one the code is dead.' : ''}`,
    actions: [...(few ? (['raiseLimit'] as const) : []), ...tryAgain(it).actions],
  }
}

const tooManyConfirmationCodes: Teller = it => ({
  sentence: `The customer typed a wrong confirmation code ${it.order ? counted(it.order.confirmationLimit, 'time') : 'too often'}, and the order ended to keep guessers out.`,
  advice: 'Make sure who you speak with, then make a new code for this eSIM, with a new confirmation code.',
  actions: ['move', 'replace'],
  tone: 'bad',
})

const wrongPhone: Teller = ({ order, profile, attempt }) => {
  const here = attempt.decisive.eid ?? attempt.device.eid
  const asked = here ? `a phone with ${eidEnd(here)} asked` : 'another phone asked'
  if (!order)
    return {
      sentence: `No order waits for this phone: ${asked} without a code of its own.`,
      advice:
        'Compare the EID that the phone shows when *#06# is dialled with the order. If the customer has a QR code, let them scan it instead.',
      actions: ['bindDevice', 'showCode'],
    }
  const taken = profile?.eid && profile.eid !== here && profile.eid !== order.eid ? profile.eid : undefined
  if (taken)
    return {
      sentence: `Another phone, with ${eidEnd(taken)}, took this eSIM with the same code, and ${asked} after it.`,
      advice:
        'Ask which phone the customer wants to use. On the first one, the same code still finishes what was begun; for the second, make a new code for this eSIM.',
      actions: ['move', 'replace'],
    }
  return {
    sentence: `The code is for the phone with ${order.eid ? eidEnd(order.eid) : 'another EID'}, and ${asked}.`,
    advice:
      'Ask the customer to scan it with the right phone: the code still works there. If they have a new phone, compare the EID that it shows for *#06# and bind the order to it.',
    actions: ['bindDevice', 'showCode'],
  }
}

const unknownCode: Teller = it => {
  const { order, attempt } = it
  const typed = attempt.decisive.data?.matchingId
  if (!order)
    return {
      sentence: `${it.phone} sent a code that no order here has${typeof typed === 'string' && typed ? ` (one ending in “${typed.slice(-4)}”)` : ''}: mistyped, or of another operator.`,
      advice: 'Ask the customer to scan the QR code instead of typing it, or send it to them again.',
      actions: ['mailLink', 'showCode'],
    }
  if (order.outcome === 'installed')
    return {
      sentence: 'This code was used before: the eSIM was installed with it, and a code is good for one installation.',
      advice:
        'Ask whether the eSIM is still in the list of the phone; then it only has to be switched on. If it was deleted, or the phone is new, make a new code for this eSIM.',
      actions: ['move', 'replace'],
    }
  if (order.outcome === 'cancelled')
    return {
      sentence: 'The order of this code was cancelled, so the code does not work any more.',
      advice: 'Ask whether the customer has a newer code, and let them use that one; otherwise give them a new one.',
      actions: ['issueCode', 'replace'],
    }
  return { sentence: 'The order of this code has ended, so the code does not work any more.', ...tryAgain(it) }
}

const notReady: Teller = it => {
  if (it.order?.closedAt) return { sentence: 'The order ended while the phone was still at it.', ...tryAgain(it) }
  return {
    sentence:
      it.profile && it.code !== 'unreleased'
        ? 'The order had not been released when the phone asked; it has been since.'
        : `${it.phone} has the right code, but the order has not been released yet.`,
    ...(it.code === 'unreleased'
      ? { advice: 'Release the order, then let the customer scan again.', actions: ['releaseOrder'] as const satisfies Told['actions'] }
      : tryAgain(it)),
  }
}

const expired: Teller = it => ({
  sentence: it.order?.expiresAt
    ? `The code was good until ${momentWords(it.order.expiresAt)}, and the phone came after that.`
    : 'The code was good until a date that had passed when the phone came.',
  ...(it.code === 'expired'
    ? {
        advice: 'Make sure that the customer is still to have this eSIM, then extend the code and let them scan it again.',
        actions: ['extendExpiry', 'cancelOrder', 'issueCode'],
      }
    : tryAgain(it)),
})

const usedUp: Teller = it =>
  it.order?.outcome === 'confirmationCodeAttemptsExceeded'
    ? tooManyConfirmationCodes(it)
    : {
        sentence: `The code was tried ${it.order ? counted(it.order.downloadLimit, 'time') : 'as often as it may be'} without an installation, and the order has ended.`,
        advice: 'Look below at why the earlier attempts failed and mend that first; then make a new code for this eSIM.',
        actions: ['move', 'replace'],
        tone: 'bad',
      }

const badProof: Teller = it => {
  if (typeof it.attempt.decisive.data?.downloadErrorCode === 'number')
    return {
      sentence: `${it.phone} did not accept what this server had signed, and took nothing.`,
      ...tryAgain(it, 'Ask the customer to restart the phone and to update it'),
    }
  if (it.attempt.decisive.detail?.startsWith('The eUICC refused this server'))
    return ours(
      `${it.phone} did not trust this server and broke off.`,
      'Nothing is wrong with the code. Have the server’s certificates checked against those that this kind of phone trusts; until then a new code would not help.',
    )
  return {
    sentence: 'The answer of the phone was damaged on its way or belongs to an older try, so it was not believed.',
    ...tryAgain(it, 'Ask the customer to restart the phone'),
  }
}

/** One row for each status: every refusal has its sentence and its advice. */
export const REFUSALS: Record<StatusName, Teller> = {
  smdpAddressRefused: it => ({
    sentence: `${it.phone} asked for an eSIM under an address that is not ours.`,
    advice:
      'Ask the customer to scan the QR code again instead of typing the address. If the code is from us, have its address compared with the one in the settings.',
    actions: ['showCode', 'mailLink'],
  }),
  svnUnsupported: () => ({
    sentence: 'The eSIM chip of the phone speaks a version of the standard that this server does not serve.',
    advice:
      'Ask the customer to update the phone and to try again. If that changes nothing, this phone cannot take our eSIMs: offer another phone or a plastic SIM.',
    actions: [],
  }),
  signingCiUnsupported: it =>
    ours(
      `${it.phone} has an eSIM chip of a manufacturer whose root certificate this server does not trust.`,
      'Another code would not help. If it is a test phone, use one of the test network; if it is an ordinary phone, ask your specialists to import the root certificate that it is certified under.',
    ),
  noDpCertificate: it =>
    ours(
      `${it.phone} trusts none of the certificates that this server has.`,
      'Another code would not help. Ask your specialists to import a server certificate under a root that this phone trusts.',
    ),
  transactionUnknown: it => ({ sentence: `${it.phone} took too long, or went on with a try that was over already.`, ...tryAgain(it) }),
  ciKeyUnknown: it =>
    ours(
      `The eSIM chip of ${it.phone.replace('The', 'the')} names a manufacturer of another root certificate than it had announced.`,
      'Another code would not help. Pass the model of the phone on to your specialists: they can see whether its root certificate is missing here.',
    ),
  eumCertificateInvalid: it => ({
    sentence: `${it.phone} names an eSIM chip manufacturer that this server cannot verify: it is no certified eSIM chip, or one of a manufacturer unknown here.`,
    advice: noGenuine,
    actions: ['importCertificates'],
    tone: 'bad',
  }),
  eumCertificateExpired: () => ({
    sentence: 'The certificate of the manufacturer of this eSIM chip has expired.',
    advice:
      'This phone cannot take an eSIM until its maker renews it by an update. Ask the customer to update the phone; otherwise offer another phone or a plastic SIM.',
    actions: [],
    tone: 'bad',
  }),
  euiccCertificateInvalid: () => ({
    sentence: 'The eSIM chip of this phone could not prove who it is: its own certificate does not hold.',
    advice: noGenuine,
    actions: [],
    tone: 'bad',
  }),
  euiccCertificateExpired: () => ({
    sentence: 'The certificate of this very eSIM chip has expired.',
    advice:
      'Ask the customer to check date and updates of the phone. If nothing changes, this phone cannot take an eSIM: offer another phone or a plastic SIM.',
    actions: [],
    tone: 'bad',
  }),
  euiccSignatureInvalid: badProof,
  matchingIdRefused: unknownCode,
  eidRefused: wrongPhone,
  profileNotReleased: notReady,
  orderExpired: expired,
  downloadAttemptsExceeded: usedUp,
  profileNotEligible: ineligible,
  insufficientMemory: tooLittleMemory,
  confirmationCodeMissing: it => ({
    sentence: 'The eSIM needs a confirmation code, and the phone sent none.',
    ...tryAgain(it, 'Ask the customer to type the confirmation code when the phone asks for it'),
  }),
  confirmationCodeRefused: wrongConfirmationCode,
  confirmationCodeAttemptsExceeded: tooManyConfirmationCodes,
  bppUnavailable: () => ({
    sentence: 'The contents of this eSIM could not be prepared for the phone; the fault lies with this server.',
    advice: 'Do not let the customer try again with this code. Replace the eSIM with another one, and pass this on to your specialists.',
    actions: ['replace'],
    tone: 'bad',
  }),
  smdpOidMismatch: it => ({
    sentence: `${it.phone} answered as if it had spoken with another server.`,
    ...tryAgain(it, 'Ask the customer to restart the phone'),
  }),
  formatInvalid: it => ({
    sentence: `${it.phone} sent something that cannot be read: its eSIM software does not keep to the standard.`,
    ...tryAgain(it, 'Ask the customer to update the phone'),
  }),
  fieldMissing: it => ({
    sentence: `${it.phone} left out something that it has to send: its eSIM software does not keep to the standard.`,
    ...tryAgain(it, 'Ask the customer to update and restart the phone'),
  }),
  ...ORDER_REFUSALS,
}
