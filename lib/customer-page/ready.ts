import { type Device, openedByApple } from './device'
import { fill, type Html, html } from './html'
import { icon } from './icons'
import { androidLink, appleLink, browserLink, lpaLink } from './install-links'
import type { Ready } from './model'
import { code, field, fold, following, moment, progress, type Setting, sign, todo } from './parts'
import { qrSvg } from './qr-svg'

/** The page of a profile that waits for its phone: a tap where the phone can, a code to scan on another screen, fields for the rest. */
export function readyPage(setting: Setting, model: Ready): Html {
  const { device } = setting.options
  if (device.kind === 'desktop' || device.kind === 'other') return onAnotherScreen(setting, model)
  if (device.inApp && betterOutside(device)) return insideAnApp(setting, model)
  return onThePhone(setting, model)
}

/** An older iPhone has the fields alone, which are as good inside an app. */
const betterOutside = ({ kind, version }: Device): boolean => kind === 'android' || (version !== undefined && openedByApple(version))

const opening = ({ texts: { ready, unnamed }, brand, named }: Setting): Html =>
  html`<h1>${ready.title}</h1><p class="lead">${named ? fill(ready.lead, { brand }) : unnamed.ready}</p>`

function onThePhone(setting: Setting, model: Ready): Html {
  const { texts, options } = setting
  const { device } = options
  const hand = byHand(setting, model)
  const how = device.oneTap
    ? html`${tapButton(setting, model)}<p class="small">${texts.tap.next}</p>`
    : html`<div class="more"><div class="part"><h2 class="todo-title">${texts.hand.title}</h2>${hand}</div></div>`
  return html`${progress(setting, 0)}${opening(setting)}${confirmation(setting, model)}${how}${facts(setting, model)}
<div class="more">${device.oneTap && fold(texts.tap.nothing, [otherLink(setting, model), hand])}${fold(texts.scan.elsewhere, [
    html`<p class="small">${texts.scan.elsewhereLead}</p>`,
    qrSvg(model.qrText, texts.scan.alt),
  ])}</div>`
}

function onAnotherScreen(setting: Setting, model: Ready): Html {
  const { texts, options } = setting
  const { scan, tap, hand } = texts
  const ipad =
    options.device.maybeIpad &&
    html`<details class="fold" data-ipad><summary>${tap.onThisIpad}</summary><div>${options.device.oneTap ? [tapButton(setting, model), html`<p class="small">${tap.next}</p>`] : html`<p class="small">${hand.newerIos}</p>`}</div></details>`
  return html`${progress(setting, 0)}${opening(setting)}${confirmation(setting, model)}
<div class="scan">${qrSvg(model.qrText, scan.alt)}<div><h2>${scan.title}</h2>${todo(scan.steps)}${facts(setting, model)}${following(setting)}</div></div>
<div class="more">${ipad}${fold(hand.summary, byHand(setting, model), options.device.kind === 'other')}</div>`
}

/** A built-in browser cannot hand anything to the phone's settings: the one thing to do is to leave it. */
function insideAnApp(setting: Setting, model: Ready): Html {
  const { texts, options } = setting
  const { inApp } = texts
  const system = options.device.kind === 'android' ? 'android' : 'apple'
  const link = browserLink(options.url, system)
  const app = options.device.inApp === 'app' ? undefined : options.device.inApp
  return html`${sign('leave')}<h1>${inApp.title}</h1><p class="lead">${app ? fill(inApp.lead, { app: html`<bdi>${app}</bdi>` }) : inApp.leadUnnamed}</p>
${link && html`<a class="button" href="${link}">${inApp.button}</a>`}
<p class="note">${inApp[system]}</p>
${
  options.url &&
  html`<div class="more"><div class="part"><p class="small todo-title">${inApp.copyLead}</p><dl class="fields">${field(setting, 'page-address', inApp.address, options.url)}</dl></div></div>`
}
<div class="more">${fold(inApp.stay, [confirmation(setting, model), byHand(setting, model)])}</div>`
}

function tapButton({ texts: { tap }, options: { device } }: Setting, { activationCode }: Ready): Html {
  if (device.kind === 'android') return html`<a class="button" href="${androidLink(activationCode)}">${tap.android}</a>`
  return html`<a class="button" href="${appleLink(activationCode)}">${device.kind === 'iphone' ? tap.iphone : tap.ipad}</a>`
}

/** Android's phones differ in which link they open; on iOS there is only the one. */
const otherLink = ({ texts: { tap }, options: { device } }: Setting, { activationCode }: Ready): Html | false =>
  device.kind === 'android' && html`<p class="path"><a href="${lpaLink(activationCode)}">${tap.otherLink}</a></p>`

function confirmation({ texts: { confirmation: words, unnamed }, brand, named }: Setting, model: Ready): Html | false {
  if (!model.confirmationCodeRequired) return false
  const left = model.confirmationCodeTriesLeft
  return html`<div class="note">${icon('key')}<div><h2>${words.title}</h2><p>${words.lead}</p>${left !== undefined && left <= 2 && html`<p>${fill(words.triesLeft, { count: code(String(left)) })}</p>`}
<details><summary>${words.question}</summary><p>${words.what}</p><p>${named ? fill(words.where, { brand }) : unnamed.where}</p></details></div></div>`
}

function facts(setting: Setting, { expiresAt, boundEidEnd }: Ready): Html {
  const { ready } = setting.texts
  return html`<ul class="facts"><li>${ready.wifi}</li><li>${ready.once}</li>${expiresAt && html`<li>${fill(ready.until, { date: moment(setting, expiresAt) })}</li>`}${
    boundEidEnd && html`<li>${fill(ready.boundTo, { eid: code(boundEidEnd) })} ${ready.findEid}</li>`
  }</ul>`
}

/** iPhones ask for the parts of the code, Androids for the whole of it. */
function byHand(setting: Setting, model: Ready): Html {
  const { texts, options } = setting
  const { hand } = texts
  const apple = html`<div class="part">${both(options.device.kind) && html`<h3>${hand.apple}</h3>`}<p class="path">${hand.applePath}</p>
<dl class="fields">${field(setting, 'smdp-address', hand.address, model.smdpAddress)}${model.matchingId !== '' && field(setting, 'matching-id', hand.code, model.matchingId)}</dl>
${model.matchingId === '' && html`<p class="path">${hand.codeEmpty}</p>`}${isApple(options.device.kind) && !betterOutside(options.device) && html`<p class="small path">${hand.newerIos}</p>`}</div>`
  const android = html`<div class="part">${both(options.device.kind) && html`<h3>${hand.android}</h3>`}<p class="path">${hand.androidPath}</p><p class="small">${hand.differ}</p>
<dl class="fields">${field(setting, 'whole-code', hand.wholeCode, model.activationCode)}</dl>${!options.device.oneTap && otherLink(setting, model)}</div>`
  if (isApple(options.device.kind)) return apple
  if (options.device.kind === 'android') return android
  return html`<div class="pair">${apple}${android}</div>`
}

const isApple = (kind: string): boolean => kind === 'iphone' || kind === 'ipad'
const both = (kind: string): boolean => kind === 'desktop' || kind === 'other'
