import { downloadedPage, endedPage, installedPage, notReadyPage, pausedPage } from './after'
import { Html, html } from './html'
import { directionOf, LANGUAGE_NAMES, LANGUAGE_TAGS, LANGUAGES } from './language'
import { type PageModel, type PageOptions, situationKey } from './model'
import { brandName, contact, dateTagOf, type Setting, settingOf } from './parts'
import { readyPage } from './ready'
import { PAGE_SCRIPT } from './script'
import { pageStyle } from './style'

/** How often the page asks whether the situation changed, in seconds; not at all where nothing is to be expected. */
const followEvery: Partial<Record<PageModel['situation'], number>> = { ready: 4, downloaded: 3, installed: 30, notReady: 15, paused: 10 }

/** How soon a browser without scripts looks again, in seconds: only where there is nothing to read or type meanwhile. */
const refreshEvery: Partial<Record<PageModel['situation'], number>> = { downloaded: 10, notReady: 60, paused: 20 }

/**
 * The customer's page of one order as a whole HTML document: plain HTML that works without scripts, asks nobody else for anything and
 * keeps under 60 kB. Send it with customerPagePolicy() of the same nonce.
 */
export function renderCustomerPage(model: PageModel, options: PageOptions): string {
  const setting = settingOf(model, options)
  const { language, nonce, preview } = options
  const content = contentOf(setting, model)
  const refresh = preview ? undefined : refreshEvery[model.situation]
  const wide = model.situation === 'ready' && (options.device.kind === 'desktop' || options.device.kind === 'other')
  return html`<!doctype html>
<html lang="${LANGUAGE_TAGS[language]}" dir="${directionOf(language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1,viewport-fit=cover">
<meta name="robots" content="noindex,nofollow,noarchive">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<meta name="format-detection" content="telephone=no,date=no,address=no,email=no">
<link rel="icon" href="data:,">
<title>${titleOf(setting, model)} – ${brandName(model)}</title>
${refresh && html`<noscript><meta http-equiv="refresh" content="${refresh}"></noscript>`}
<style nonce="${nonce}">${new Html(pageStyle(model.brand.colour))}</style>
</head>
<body class="${wide ? 'wide' : 'narrow'}"${body(setting, model)}>
<header>${header(model)}</header>
<main><div class="card">${content}</div>${help(setting, model)}<p id="said" class="small" role="status"></p></main>
<footer>${languageSwitch(setting)}</footer>
${!preview && html`<script nonce="${nonce}">${new Html(PAGE_SCRIPT)}</script>`}
</body>
</html>
`.markup
}

function contentOf(setting: Setting, model: PageModel): Html {
  switch (model.situation) {
    case 'ready':
      return readyPage(setting, model)
    case 'notReady':
      return notReadyPage(setting)
    case 'downloaded':
      return downloadedPage(setting, model)
    case 'installed':
      return installedPage(setting, model)
    case 'paused':
      return pausedPage(setting)
    default:
      return endedPage(setting, model)
  }
}

const titleOf = ({ texts }: Setting, { situation }: PageModel): string => texts[situation].title

/** What the script is told; nothing of it downloads a profile. */
function body(setting: Setting, model: PageModel): Html {
  const { frame } = setting.texts
  const linked = model.situation !== 'unknown' && model.situation !== 'paused'
  return html` data-situation="${situationKey(model)}" data-follow="${followEvery[model.situation] ?? 0}" data-dates="${dateTagOf(setting)}" data-copy="${frame.copy}" data-copied="${frame.copied}"${linked && html` data-seen="1"`}`
}

function header(model: PageModel): Html {
  const { logo } = model.brand
  if (!logo) return html`<p class="name"><bdi>${brandName(model)}</bdi></p>`
  const type = logo.type === 'jpg' ? 'image/jpeg' : 'image/png'
  return html`<img class="logo" alt="${brandName(model)}" src="data:${type};base64,${base64(logo.bytes)}">`
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')

/** How to reach the operator, in its own words too. A page that ends in a request to the operator has its button already. */
function help(setting: Setting, model: PageModel): Html | false {
  const {
    texts: { frame },
    helpUrl,
  } = setting
  const helpText = model.brand.helpText?.trim()
  const asked = !followEvery[model.situation]
  const link = !asked && helpUrl && html`<p><a href="${helpUrl}" rel="noreferrer noopener">${contact(setting)}</a></p>`
  if (!link && !helpText) return false
  return html`<section class="help" aria-labelledby="help"><h2 id="help">${frame.help}</h2>${helpText && html`<p class="help-text"><bdi>${helpText}</bdi></p>`}${link}</section>`
}

/** Plain links: it works without scripts, and a language can be sent along with the address. */
function languageSwitch({ texts: { frame }, options }: Setting): Html {
  const offered = options.languages ?? LANGUAGES
  const entry = (language: (typeof LANGUAGES)[number]) => {
    const tag = LANGUAGE_TAGS[language]
    const name = LANGUAGE_NAMES[language]
    return language === options.language
      ? html`<li><span lang="${tag}" aria-current="true">${name}</span></li>`
      : html`<li><a href="?lang=${language}" hreflang="${tag}" lang="${tag}">${name}</a></li>`
  }
  return html`<nav aria-label="${frame.languages}"><ul>${LANGUAGES.filter(language => offered.includes(language)).map(entry)}</ul></nav>`
}
