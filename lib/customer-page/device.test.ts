import { expect, test } from 'vitest'
import { type ClientHints, type Device, deviceOf } from './device'

const iphone = (version: string, rest = 'Version/17.5 Mobile/15E148 Safari/604.1') =>
  `Mozilla/5.0 (iPhone; CPU iPhone OS ${version} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) ${rest}`
const androidChrome = (rest = 'Chrome/131.0.0.0 Mobile Safari/537.36', system = 'Android 10; K') =>
  `Mozilla/5.0 (Linux; ${system}) AppleWebKit/537.36 (KHTML, like Gecko) ${rest}`
const macSafari = (version: string) =>
  `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/${version} Safari/605.1.15`

const ios = (kind: 'iphone' | 'ipad', major: number, minor: number, oneTap: boolean): Device => ({
  kind,
  version: { major, minor },
  oneTap,
})

test.each<[string, string | undefined, Device, ClientHints?]>([
  ['Safari on iOS 17.5', iphone('17_5_1'), ios('iphone', 17, 5, true)],
  ['Safari on iOS 17.4', iphone('17_4'), ios('iphone', 17, 4, true)],
  ['Safari on iOS 17.3.1', iphone('17_3_1'), ios('iphone', 17, 3, false)],
  ['Safari on iOS 26 that still says 18.6', iphone('18_6', 'Version/26.0 Mobile/15E148 Safari/604.1'), ios('iphone', 18, 6, true)],
  ['Safari on iOS 12', iphone('12_5_7', 'Version/12.1.2 Mobile/15E148 Safari/604.1'), ios('iphone', 12, 5, false)],
  ['Chrome on iOS 18', iphone('18_1', 'CriOS/131.0.6778.73 Mobile/15E148 Safari/604.1'), ios('iphone', 18, 1, true)],
  ['Firefox on iOS 18', iphone('18_1', 'FxiOS/133.0 Mobile/15E148 Safari/605.1.15'), ios('iphone', 18, 1, true)],
  [
    'Safari on an iPad that says so',
    'Mozilla/5.0 (iPad; CPU OS 17_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6 Mobile/15E148 Safari/604.1',
    ios('ipad', 17, 6, true),
  ],
  ['Safari 17.4 on a Mac or an iPad', macSafari('17.4.1'), { ...ios('iphone', 17, 4, true), kind: 'desktop', maybeIpad: true }],
  ['Safari 16.6 on a Mac or an iPad', macSafari('16.6'), { ...ios('iphone', 16, 6, false), kind: 'desktop', maybeIpad: true }],
  [
    'Chrome on a Mac',
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36',
    { kind: 'desktop', oneTap: false },
  ],
  [
    'Edge on Windows',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0',
    { kind: 'desktop', oneTap: false },
  ],
  ['Firefox on Linux', 'Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0', { kind: 'desktop', oneTap: false }],
  ['Chrome on Android', androidChrome(), { kind: 'android', version: { major: 10, minor: 0 }, oneTap: true }],
  [
    'Chrome on Android 15 that tells its version',
    androidChrome(),
    { kind: 'android', version: { major: 15, minor: 0 }, oneTap: true },
    { platform: '"Android"', platformVersion: '"15.0.0"', mobile: '?1' },
  ],
  [
    'Chrome on Android that asks for desktop pages',
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36',
    { kind: 'android', oneTap: true },
    { platform: '"Android"', mobile: '?0' },
  ],
  [
    'Samsung Internet',
    androidChrome('SamsungBrowser/26.0 Chrome/122.0.0.0 Mobile Safari/537.36'),
    { kind: 'android', version: { major: 10, minor: 0 }, oneTap: true },
  ],
  [
    'Firefox on Android',
    'Mozilla/5.0 (Android 14; Mobile; rv:133.0) Gecko/133.0 Firefox/133.0',
    { kind: 'android', version: { major: 14, minor: 0 }, oneTap: true },
  ],
  [
    'Chrome on Android 9',
    androidChrome('Chrome/96.0.4664.104 Mobile Safari/537.36', 'Android 9; SM-G960F'),
    { kind: 'android', version: { major: 9, minor: 0 }, oneTap: false },
  ],
  [
    'Huawei without Google services',
    androidChrome('Chrome/114.0.5735.196 HuaweiBrowser/15.0.4.312 Mobile Safari/537.36', 'Android 12; HarmonyOS; NOH-AN00; HMSCore 6.13.0'),
    { kind: 'android', version: { major: 12, minor: 0 }, oneTap: false },
  ],
  [
    'a phone with OpenHarmony',
    'Mozilla/5.0 (Phone; OpenHarmony 5.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/114.0.0.0 Safari/537.36 ArkWeb/4.1.6.1 Mobile',
    { kind: 'other', oneTap: false },
  ],
  ['KaiOS', 'Mozilla/5.0 (Mobile; Nokia 8110 4G; rv:48.0) Gecko/48.0 Firefox/48.0 KAIOS/2.5.2', { kind: 'other', oneTap: false }],
  ['nothing', undefined, { kind: 'other', oneTap: false }],
  ['a program', 'curl/8.5.0', { kind: 'other', oneTap: false }],
])('%s', (_name, userAgent, device, hints) => {
  expect(deviceOf(userAgent, hints)).toEqual(device)
})

test.each<[Device['inApp'], string]>([
  ['Instagram', iphone('17_5', 'Mobile/15E148 Instagram 334.0.4.32.98 (iPhone14,5; iOS 17_5; en_US; scale=3.00; 1170x2532; 603546094)')],
  [
    'Instagram',
    androidChrome(
      'Version/4.0 Chrome/131.0.6778.81 Mobile Safari/537.36 Instagram 361.0.0.46.88 Android (34/14)',
      'Android 14; SM-S921B; wv',
    ),
  ],
  ['Facebook', iphone('17_5', 'Mobile/15E148 [FBAN/FBIOS;FBAV/470.1.0.35.101;FBBV/613217612;FBDV/iPhone15,2;FBMD/iPhone;FBSN/iOS]')],
  [
    'Facebook',
    androidChrome('Version/4.0 Chrome/131.0.0.0 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/490.0.0.63.82;]', 'Android 14; Pixel 8; wv'),
  ],
  ['Messenger', iphone('17_5', 'Mobile/15E148 [FBAN/MessengerForiOS;FBAV/465.0.0.40.109;FBDV/iPhone15,2]')],
  [
    'Messenger',
    androidChrome('Version/4.0 Chrome/131.0.0.0 Mobile Safari/537.36 [FB_IAB/Orca-Android;FBAV/480.0;]', 'Android 14; Pixel 8; wv'),
  ],
  ['WhatsApp', iphone('17_5', 'Mobile/15E148 WhatsApp/24.20.75')],
  ['WeChat', iphone('17_5', 'Mobile/15E148 MicroMessenger/8.0.50(0x1800323c) NetType/WIFI Language/zh_CN')],
  [
    'WeChat',
    androidChrome(
      'Version/4.0 Chrome/126.0.6478.188 Mobile Safari/537.36 XWEB/1260117 MMWEBSDK/20240802 MicroMessenger/8.0.53',
      'Android 14; M2; wv',
    ),
  ],
  ['LINE', iphone('17_5', 'Mobile/15E148 Safari Line/14.16.0')],
  ['LINE', androidChrome('Version/4.0 Chrome/131.0.0.0 Mobile Safari/537.36 Line/14.17.0/IAB', 'Android 14; SO-51D; wv')],
  ['KakaoTalk', iphone('17_5', 'Mobile/15E148 KAKAOTALK/10.9.0 (INAPP)')],
  ['TikTok', iphone('17_5', 'Mobile/15E148 musical_ly_36.9.0 JsSdk/2.0 NetType/WIFI Channel/App Store BytedanceWebview/d8a21c6')],
  ['Snapchat', iphone('17_5', 'Version/17.5 Mobile/15E148 Safari/604.1 Snapchat/13.14.0.42 (like Safari/8618.2.12.10.9, panda)')],
  ['X', iphone('17_5', 'Mobile/15E148 Twitter for iPhone/10.61')],
  ['LinkedIn', iphone('17_5', 'Mobile/15E148 [LinkedInApp]/9.30.1472')],
  ['Outlook', androidChrome('Version/4.0 Chrome/131.0.0.0 Mobile Safari/537.36 Outlook-Android/2.0', 'Android 14; Pixel 8; wv')],
  ['Gmail', iphone('17_5', 'Mobile/15E148 GMail/6.0.241013 Safari/604.1')],
  ['Google', iphone('17_5', 'GSA/342.0.693598186 Mobile/15E148 Safari/604.1')],
  ['app', iphone('17_5', 'Mobile/15E148')],
  ['app', androidChrome('Version/4.0 Chrome/131.0.6778.81 Mobile Safari/537.36', 'Android 14; Pixel 8 Build/AP2A.240905.003; wv')],
])('a page inside %s is not one tap away from the installation', (inApp, userAgent) => {
  expect(deviceOf(userAgent)).toMatchObject({ inApp, oneTap: false })
})

test('a very long user agent is read in a blink', () => {
  const start = performance.now()
  deviceOf(`Mozilla/5.0 (${'Macintosh Version/1.1 Android ; wv '.repeat(20_000)}`)
  expect(performance.now() - start).toBeLessThan(100)
})
