// `$` and `:` stay as they are in a query (RFC 3986 §3.4), and the installers want to see them so.
const carddata = (activationCode: string): string => encodeURIComponent(activationCode).replaceAll('%24', '$').replaceAll('%3A', ':')

/** Opens the installation on an iPhone or iPad with iOS 17.4 or later. */
export const appleLink = (activationCode: string): string =>
  `https://esimsetup.apple.com/esim_qrcode_provisioning?carddata=${carddata(activationCode)}`

/** Opens the installation on an Android phone with Google's services. */
export const androidLink = (activationCode: string): string =>
  `https://esimsetup.android.com/esim_qrcode_provisioning?carddata=${carddata(activationCode)}`

/** The activation code as an address of its own scheme, which some phones hand to their installer. */
export const lpaLink = (activationCode: string): string => carddata(activationCode).replace(/^LPA:/i, 'lpa:')

/** Addresses that leave an app's built-in browser for the real one, for a page on https. */
export function browserLink(pageUrl: string | undefined, kind: 'apple' | 'android'): string | undefined {
  const rest = /^https:\/\/([^\s#]+)/.exec(pageUrl ?? '')?.[1]
  if (rest === undefined) return undefined
  if (kind === 'apple') return `x-safari-https://${rest}`
  return `intent://${rest}#Intent;scheme=https;action=android.intent.action.VIEW;category=android.intent.category.BROWSABLE;end`
}
