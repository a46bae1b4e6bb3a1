/** A paragraph and what can be done about it, in order. */
interface Advice {
  title: string
  todo: string[]
}

/**
 * Everything that the customer's page and its mail say, in one language. Placeholders: {brand} the operator's name, {date} a date in
 * words, {eid} last digits of an EID, {app} the name of an app, {count} a number. Short calm sentences; never a reproach.
 */
export interface Texts {
  frame: {
    /** Names the language switch for screen readers */
    languages: string
    help: string
    contact: string
    todo: string
    updates: string
    checkAgain: string
    copy: string
    copied: string
    progress: string
    steps: [ready: string, downloading: string, installed: string]
  }
  ready: {
    title: string
    lead: string
    wifi: string
    once: string
    until: string
    boundTo: string
    findEid: string
  }
  confirmation: {
    title: string
    lead: string
    question: string
    what: string
    where: string
    triesLeft: string
  }
  tap: {
    iphone: string
    ipad: string
    android: string
    next: string
    nothing: string
    otherLink: string
    onThisIpad: string
  }
  scan: {
    title: string
    steps: string[]
    alt: string
    elsewhere: string
    elsewhereLead: string
  }
  hand: {
    summary: string
    title: string
    apple: string
    android: string
    applePath: string
    androidPath: string
    differ: string
    address: string
    code: string
    codeEmpty: string
    wholeCode: string
    /** Said where a newer system would do it in one tap */
    newerIos: string
  }
  inApp: {
    title: string
    lead: string
    leadUnnamed: string
    button: string
    apple: string
    android: string
    copyLead: string
    address: string
    stay: string
  }
  notReady: { title: string; lead: string }
  downloaded: { title: string; lead: string; leadEid: string; keepOn: string; longer: string; longerAnswer: string }
  installed: {
    title: string
    on: string
    onEid: string
    enabled: string
    disabled: string
    noSignal: string
    noSignalAnswer: string
    keep: string
    newPhone: string
    notYou: string
  }
  deleted: Advice & { lead: string; on: string; onEid: string }
  usedUp: Advice & { confirmationCode: string; downloads: string }
  failed: Advice & { lead: string; on: string }
  expired: Advice & { lead: string; on: string }
  cancelled: Advice & { lead: string }
  replaced: Advice & { lead: string }
  unknown: Advice & { lead: string }
  paused: { title: string; lead: string }
  mail: {
    subject: string
    greeting: string
    open: string
    otherScreen: string
    wifi: string
    until: string
    confirmationCode: string
    keepToYourself: string
  }
  /** Where nothing says who the operator is */
  unnamed: { ready: string; where: string; notReady: string; replaced: string; mailSubject: string; mailOpen: string }
}
