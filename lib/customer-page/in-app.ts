/** An app whose built-in browser cannot hand a link to the phone's settings; `app` where its name is not known. */
export type InApp = (typeof apps)[number][0] | 'app'

// The first that fits counts: Messenger also carries Facebook's marks, Instagram on Android too.
const apps = [
  ['Instagram', /\bInstagram[ /]/],
  ['Messenger', /MessengerForiOS|FB_IAB\/(?:MESSENGER|Orca)|\bOrca-Android/],
  ['Threads', /\bBarcelona \d/],
  ['Facebook', /\bFB(?:AN|AV|_IAB)\b/],
  ['WhatsApp', /\bWhatsApp\b/],
  ['WeChat', /\bMicroMessenger\//],
  ['QQ', /\bQQ\/\d/],
  ['Alipay', /\bAlipayClient\//],
  ['DingTalk', /\bDingTalk\b/],
  ['Weibo', /__weibo__|\bWeibo\b/],
  ['LINE', /\bLine\/\d/i],
  ['KakaoTalk', /\bKAKAOTALK\b/],
  ['Naver', /\bNAVER\(inapp/],
  ['Zalo', /\bZalo\b/],
  ['Viber', /\bViber\b/],
  ['Telegram', /\bTelegram(?:-Android|Bot)?\b/],
  ['Snapchat', /\bSnapchat\b/],
  ['TikTok', /\b(?:musical_ly|trill|BytedanceWebview|TikTok)/],
  ['X', /\bTwitter(?:Android| for )/],
  ['LinkedIn', /\bLinkedInApp\b/],
  ['Pinterest', /\[?Pinterest\/(?:iOS|Android)/],
  ['Outlook', /\bOutlook-(?:iOS|Android)\b/],
  ['Yahoo Mail', /\bYahooMobileMail\b/],
  ['Gmail', /\bG[Mm]ail\b/],
  ['Google', /\bGSA\//],
  ['Teams', /\bTeamsMobile/],
  ['Slack', /\bSlack\b/],
] as const

/** The app in whose built-in browser a page is looked at, or undefined in a browser of its own. */
export function inAppOf(userAgent: string): InApp | undefined {
  const known = apps.find(([, mark]) => mark.test(userAgent))
  if (known) return known[0]
  // Android names its web view; on iOS every real browser says Safari, a bare web view does not.
  const webView =
    /\bAndroid\b.*; ?wv\)/.test(userAgent) || (/\b(?:iPhone|iPad|iPod)\b.*AppleWebKit/.test(userAgent) && !/\bSafari\//.test(userAgent))
  return webView ? 'app' : undefined
}
