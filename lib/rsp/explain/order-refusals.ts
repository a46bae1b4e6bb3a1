import type { StatusName } from '../status'
import type { Teller } from './case'

type OrderStatus = Extract<
  StatusName,
  | 'iccidUnknown'
  | 'iccidInUse'
  | 'iccidNotAllowed'
  | 'releaseNotPossible'
  | 'profileTypeUnknown'
  | 'profileTypeExhausted'
  | 'profileTypeMismatch'
  | 'profileTypeNotAllowed'
  | 'eidMissing'
  | 'eidAssociationInvalid'
  | 'matchingIdInUse'
  | 'matchingIdInvalid'
  | 'matchingIdAssociationInvalid'
  | 'functionRequesterNotAllowed'
  | 'profileFieldMissing'
  | 'matchingIdMissing'
  | 'smdsInaccessible'
  | 'smdsError'
  | 'eventExists'
  | 'eventUnknown'
>

/** Refusals of orders: it was no phone that asked, but a person or the operator's own systems. */
export const ORDER_REFUSALS: Record<OrderStatus, Teller> = {
  iccidUnknown: () => ({
    sentence: 'An order asked for an eSIM whose number is not in stock here.',
    advice: 'Compare the ICCID with the one in the order; if it is right, its batch has still to be uploaded.',
    actions: ['uploadProfiles'],
  }),
  iccidInUse: () => ({
    sentence: 'An order asked for an eSIM that somebody has already, or that is out of use.',
    advice: 'Look at its state on this page; where the customer needs a new one, replace it.',
    actions: ['replace', 'cancelOrder'],
  }),
  iccidNotAllowed: () => ({
    sentence: 'An order asked for an eSIM that belongs to somebody else.',
    advice: 'Let whoever made the order choose an eSIM of their own.',
    actions: [],
  }),
  releaseNotPossible: () => ({
    sentence: 'The order could not be released, because it is not at that point.',
    advice: 'Look at the state on this page: a released order needs nothing more, and one without a code has to be issued first.',
    actions: ['issueCode'],
  }),
  profileTypeUnknown: () => ({
    sentence: 'An order asked for a type of eSIM that does not exist here.',
    advice: 'Let the name of the type in the order be compared with the list of types.',
    actions: ['changeType'],
  }),
  profileTypeExhausted: () => ({
    sentence: 'No eSIM of the wanted type is left in stock.',
    advice: 'Upload more of this type, or give the customer one of another type.',
    actions: ['uploadProfiles'],
  }),
  profileTypeMismatch: () => ({
    sentence: 'An order named this eSIM and another type than it has.',
    advice: 'Let the order be made again without the type, or with the right one.',
    actions: [],
  }),
  profileTypeNotAllowed: () => ({
    sentence: 'An order asked for a type of eSIM that belongs to somebody else.',
    advice: 'Let whoever made the order choose a type of their own.',
    actions: [],
  }),
  eidMissing: () => ({
    sentence: 'An order without a code needs the EID of the phone, and none was given.',
    advice: 'Ask the customer to dial *#06# and to read the EID out; then bind the order to it, or issue a code.',
    actions: ['bindDevice', 'issueCode'],
  }),
  eidAssociationInvalid: () => ({
    sentence: 'The order is for another phone already.',
    advice:
      'Compare the EID that the phone shows for *#06# with the order, and bind the order to the new phone if it is the right customer.',
    actions: ['bindDevice'],
  }),
  matchingIdInUse: () => ({
    sentence: 'Another open order has this very code.',
    advice: 'Let the order be made again with a code of its own, or leave the code to this server.',
    actions: ['issueCode'],
  }),
  matchingIdInvalid: () => ({
    sentence: 'A code was asked for that has characters which no code may have.',
    advice: 'Let the order be made again: a code has capital letters, digits and dashes only.',
    actions: ['issueCode'],
  }),
  matchingIdAssociationInvalid: () => ({
    sentence: 'The order has another code than the one that was given with it.',
    advice: 'Let the customer use the code of the order; it can be shown or sent again.',
    actions: ['showCode', 'mailLink'],
  }),
  functionRequesterNotAllowed: () => ({
    sentence: 'An order came under another name than the one that its certificate stands for.',
    advice: 'Compare the name that the ordering system sends with the identifier of this partner in the settings.',
    actions: [],
  }),
  profileFieldMissing: () => ({
    sentence: 'An order did not say which eSIM it is about, or what becomes of it.',
    advice: 'Pass this on to those who run the ordering system: a field is missing in its call.',
    actions: [],
  }),
  matchingIdMissing: () => ({
    sentence: 'An order was to be cancelled without naming its code.',
    advice: 'Let the call be made again with the code of the order, or cancel the order here.',
    actions: ['cancelOrder'],
  }),
  smdsInaccessible: () => ({
    sentence: 'The server on which phones look for eSIMs that wait for them did not answer.',
    advice: 'Try again in a few minutes; until then, give the customer the code itself.',
    actions: ['showCode', 'mailLink'],
  }),
  smdsError: () => ({
    sentence: 'The server on which phones look for eSIMs that wait for them has refused this one.',
    advice: 'Give the customer the code itself, and ask those who run that server what stands against it.',
    actions: ['showCode', 'mailLink'],
  }),
  eventExists: () => ({
    sentence: 'An eSIM waits for this phone already under the same code.',
    advice: 'Let the order be made again with a code of its own, or leave the code to this server.',
    actions: ['issueCode'],
  }),
  eventUnknown: () => ({
    sentence: 'No eSIM waits for this phone under this code any more.',
    advice: 'Give the customer the code itself: it works without waiting for anything.',
    actions: ['showCode', 'mailLink'],
  }),
}
