import { type InApp, inAppOf } from './in-app'

export interface Version {
  major: number
  minor: number
}

export interface Device {
  kind: 'iphone' | 'ipad' | 'android' | 'desktop' | 'other'
  /** Of the operating system, as far as it is told: browsers on newer Androids all say 10 */
  version?: Version
  /** The app whose built-in browser this is */
  inApp?: InApp
  /** Whether a tap here opens the phone's own installation */
  oneTap: boolean
  /** It says Mac and may be an iPad, which only a script can tell; `version` and `oneTap` are then those of the iPad. */
  maybeIpad?: true
}

/** The headers `Sec-CH-UA-Platform`, `-Platform-Version` and `-Mobile`, as they came. */
export interface ClientHints {
  platform?: string
  platformVersion?: string
  mobile?: string
}

/** What a page is looked at on, from what the browser says of itself. A guess to order the page by: nothing is withheld because of it. */
export function deviceOf(userAgent: string | undefined, hints: ClientHints = {}): Device {
  const text = (userAgent ?? '').slice(0, 1000)
  const inApp = inAppOf(text)
  const told = tell(text, hints)
  const { canInstall, ...device } = told
  return { ...device, ...(inApp ? { inApp } : {}), oneTap: canInstall && inApp === undefined }
}

type Told = Omit<Device, 'inApp' | 'oneTap'> & { canInstall: boolean }

const unquoted = (hint = '') => hint.trim().replace(/^"|"$/g, '')

function tell(text: string, hints: ClientHints): Told {
  if (/\bWindows Phone\b/.test(text)) return { kind: 'other', canInstall: false }
  // Before iOS in the table: such devices run neither Apple's nor Google's installer, whatever they resemble.
  if (/\b(?:OpenHarmony|KAIOS|Tizen)\b/.test(text)) return { kind: 'other', canInstall: false }
  if (/\b(?:iPhone|iPod)\b/.test(text)) return apple('iphone', versionIn(text, /\bOS (\d+)[._](\d+)/))
  if (/\biPad\b/.test(text)) return apple('ipad', versionIn(text, /\bOS (\d+)[._](\d+)/))
  if (/\bAndroid\b/.test(text) || unquoted(hints.platform) === 'Android') return android(text, hints)
  if (/\bMacintosh\b/.test(text)) return mac(text)
  if (/\b(?:Windows NT|X11|CrOS|Linux)\b/.test(text)) return { kind: 'desktop', canInstall: false }
  return { kind: 'other', canInstall: false }
}

/** Apple's installer opens links since iOS 17.4. */
export const openedByApple = ({ major, minor }: Version): boolean => major > 17 || (major === 17 && minor >= 4)

const apple = (kind: 'iphone' | 'ipad', version: Version | undefined): Told => ({
  kind,
  ...(version ? { version } : {}),
  canInstall: version !== undefined && openedByApple(version),
})

/** An iPad asks for desktop pages as a Mac does; both say the version of Safari, which on an iPad is that of the system. */
function mac(text: string): Told {
  const version = versionIn(text, /\bVersion\/(\d+)\.(\d+)\S* (?:Mobile\/\S+ )?Safari\//)
  if (!version) return { kind: 'desktop', canInstall: false }
  return { kind: 'desktop', version, maybeIpad: true, canInstall: openedByApple(version) }
}

/** Google's installer opens links since Android 10; phones without Google's services have none. */
function android(text: string, hints: ClientHints): Told {
  const version = versionIn(unquoted(hints.platformVersion), /^(\d+)(?:\.(\d+))?/) ?? versionIn(text, /\bAndroid (\d+)(?:\.(\d+))?/)
  const withoutGoogle = /\b(?:HarmonyOS|HMSCore|HuaweiBrowser|Silk)\b/.test(text)
  return { kind: 'android', ...(version ? { version } : {}), canInstall: !withoutGoogle && (version?.major ?? 10) >= 10 }
}

function versionIn(text: string, pattern: RegExp): Version | undefined {
  const [, major, minor = '0'] = pattern.exec(text) ?? []
  return major === undefined ? undefined : { major: Number(major), minor: Number(minor) }
}
