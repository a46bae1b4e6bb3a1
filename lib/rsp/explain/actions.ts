interface Action {
  /** On the button */
  label: string
  /** What it does, in a sentence */
  about: string
  /** The verb of the table of roles that it takes */
  verb: string
}

/** THE table of what can be done after an attempt, with the verb that each takes; an explanation names them in the order in which to try. */
export const ACTIONS = {
  showCode: { label: 'Show the code', about: 'Shows the QR code of the order, to be scanned or sent again.', verb: 'order:codes' },
  mailLink: { label: 'Mail the link', about: 'Mails the customer the link to their page.', verb: 'link:write' },
  renewLink: { label: 'New link', about: 'Makes a new link to the customer’s page; the old one ends.', verb: 'link:write' },
  releaseOrder: { label: 'Release the order', about: 'From then on a phone can download the eSIM.', verb: 'order:release' },
  bindDevice: { label: 'Bind to another phone', about: 'Changes for which EID the order is.', verb: 'order:bind' },
  issueCode: { label: 'Issue a code', about: 'Makes a code for an eSIM in stock.', verb: 'order:issue' },
  extendExpiry: { label: 'Extend the code', about: 'Lets the code be good for longer.', verb: 'order:extend' },
  raiseLimit: { label: 'Allow more attempts', about: 'Raises how often the code may be tried.', verb: 'order:extend' },
  cancelOrder: { label: 'Cancel the order', about: 'Ends the code; nobody can use it any more.', verb: 'order:cancel' },
  move: { label: 'New code for this eSIM', about: 'Makes a code with which a phone gets this same eSIM again.', verb: 'order:reissue' },
  replace: { label: 'Replace the eSIM', about: 'Bars this eSIM and gives the customer another one.', verb: 'order:replace' },
  changeType: { label: 'Open the type', about: 'What all eSIMs of this type have in common.', verb: 'type:write' },
  uploadProfiles: { label: 'Upload profiles', about: 'Takes more profiles into stock.', verb: 'batch:upload' },
  importCertificates: { label: 'Open the certificates', about: 'Whom this server trusts, and who can trust it.', verb: 'pki:write' },
} as const satisfies Record<string, Action>

export type ActionName = keyof typeof ACTIONS
