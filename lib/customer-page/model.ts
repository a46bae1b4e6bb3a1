import type { Device } from './device'
import type { Language } from './language'

/** How an operator's page looks. `name` is what customers know the operator by; without one the type's service provider stands in. */
export interface PageBrand {
  name: string
  /** `#rrggbb` */
  colour: string
  /** At most 16 kB */
  logo?: { type: 'png' | 'jpg'; bytes: Uint8Array }
  /** https, http, mailto or tel: anything else is left out */
  helpUrl?: string
  /** Plain text; its line breaks are kept */
  helpText?: string
}

/** The profile can be downloaded: the only situation whose page tells the activation code. */
export interface Ready {
  situation: 'ready'
  /** With `LPA:`, as shown and copied */
  activationCode: string
  /** The same as the QR code carries it, host in upper case */
  qrText: string
  smdpAddress: string
  /** Empty for an order at the default SM-DP+ */
  matchingId: string
  confirmationCodeRequired: boolean
  /** Said when it gets scarce */
  confirmationCodeTriesLeft?: number
  expiresAt?: Date
  /** Last four digits of the EID that the order is bound to */
  boundEidEnd?: string
}

/** What the page says, one thing at a time. No other member than `ready` may carry anything that downloads a profile. */
export type Situation =
  | Ready
  /** The order is there and not released yet */
  | { situation: 'notReady' }
  /** A phone has taken the package and has not told the result */
  | { situation: 'downloaded'; at?: Date; eidEnd?: string }
  | { situation: 'installed'; at: Date; eidEnd?: string; runtime?: 'Enabled' | 'Disabled' }
  /** The phone told that the profile was deleted from it */
  | { situation: 'deleted'; at?: Date; eidEnd?: string }
  /** Wrong confirmation codes, or downloads that began too often */
  | { situation: 'usedUp'; reason: 'confirmationCode' | 'downloads' }
  | { situation: 'failed'; at?: Date }
  | { situation: 'expired'; at?: Date }
  | { situation: 'cancelled' }
  /** There is a newer link for this profile, or a newer profile for this customer */
  | { situation: 'replaced' }
  /** The link was revoked or there never was one: both read alike */
  | { situation: 'unknown' }
  /** The database is away */
  | { situation: 'paused' }

export type PageModel = Situation & {
  brand: PageBrand
  /** The type's service provider name */
  serviceProviderName?: string
}

export interface PageOptions {
  language: Language
  device: Device
  /** Of the answer's Content-Security-Policy (policy.ts) */
  nonce: string
  /** Languages that the switch offers; all when left out */
  languages?: readonly Language[]
  /** The page's own address, for leaving an app's built-in browser */
  url?: string
  /** Of the dates; the browser puts its own in place where scripts run. UTC when left out */
  timeZone?: string
  /** Shown to staff: follows nothing and reports nothing */
  preview?: boolean
}

/** What `…/state` answers as `{ situation }`: the page reloads when it is no longer what the page was made for. */
export function situationKey(model: Situation): string {
  switch (model.situation) {
    case 'installed':
      return model.runtime ? `installed-${model.runtime}` : 'installed'
    case 'usedUp':
      return `usedUp-${model.reason}`
    default:
      return model.situation
  }
}
