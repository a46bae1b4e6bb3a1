import type { Device } from '../device'
import type { PageBrand, PageModel, Situation } from '../model'

const brand: PageBrand = {
  name: 'Nordlicht Mobil',
  colour: '#0b7a75',
  helpUrl: 'https://help.example.com/esim',
  helpText: 'Monday to Saturday, 8 to 20 h\n+49 30 555 0100',
}

const matchingId = 'K7QX2-M9RTD-4WZ8H-PC3VN-6YBJF'
const ready: Situation = {
  situation: 'ready',
  activationCode: `LPA:1$smdp.nordlicht.example$${matchingId}`,
  qrText: `LPA:1$SMDP.NORDLICHT.EXAMPLE$${matchingId}`,
  smdpAddress: 'smdp.nordlicht.example',
  matchingId,
  confirmationCodeRequired: false,
}

const at = new Date('2026-05-03T14:20:00Z')

/** Every situation of the page at least once, by a name for tests. */
export const SAMPLES: Record<string, Situation> = {
  ready,
  'ready with everything': {
    ...ready,
    activationCode: `${ready.activationCode}$$1`,
    qrText: `${ready.qrText}$$1`,
    confirmationCodeRequired: true,
    confirmationCodeTriesLeft: 2,
    expiresAt: new Date('2026-06-30T21:59:00Z'),
    boundEidEnd: '4317',
  },
  'ready at the default SM-DP+': {
    ...ready,
    activationCode: 'LPA:1$smdp.nordlicht.example$',
    qrText: 'LPA:1$SMDP.NORDLICHT.EXAMPLE$',
    matchingId: '',
    boundEidEnd: '4317',
  },
  'not ready': { situation: 'notReady' },
  downloaded: { situation: 'downloaded', at, eidEnd: '4317' },
  installed: { situation: 'installed', at, eidEnd: '4317' },
  'installed and on': { situation: 'installed', at, eidEnd: '4317', runtime: 'Enabled' },
  'installed and off': { situation: 'installed', at, runtime: 'Disabled' },
  deleted: { situation: 'deleted', at, eidEnd: '4317' },
  'used up by confirmation codes': { situation: 'usedUp', reason: 'confirmationCode' },
  'used up by downloads': { situation: 'usedUp', reason: 'downloads' },
  failed: { situation: 'failed', at },
  expired: { situation: 'expired', at },
  cancelled: { situation: 'cancelled' },
  replaced: { situation: 'replaced' },
  unknown: { situation: 'unknown' },
  paused: { situation: 'paused' },
}

/** Devices whose pages differ. */
export const DEVICES: Record<string, Device> = {
  iPhone: { kind: 'iphone', version: { major: 18, minor: 1 }, oneTap: true },
  'iPhone before 17.4': { kind: 'iphone', version: { major: 16, minor: 7 }, oneTap: false },
  'iPhone in Instagram': { kind: 'iphone', version: { major: 18, minor: 1 }, inApp: 'Instagram', oneTap: false },
  Android: { kind: 'android', version: { major: 15, minor: 0 }, oneTap: true },
  'Android without Google': { kind: 'android', version: { major: 12, minor: 0 }, oneTap: false },
  'Android in an app': { kind: 'android', version: { major: 14, minor: 0 }, inApp: 'app', oneTap: false },
  desktop: { kind: 'desktop', oneTap: false },
  'Mac or iPad': { kind: 'desktop', version: { major: 18, minor: 1 }, maybeIpad: true, oneTap: true },
  other: { kind: 'other', oneTap: false },
}

/** A page's model with a brand whose parts may be changed. */
export const sampleModel = (situation: Situation, changes: Partial<PageBrand> = {}): PageModel => ({
  ...situation,
  brand: { ...brand, ...changes },
  serviceProviderName: 'Nordlicht',
})
