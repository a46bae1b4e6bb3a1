import { fill, type Html, html, type Piece } from './html'
import type { Icon } from './icons'
import type { PageModel } from './model'
import { code, contact, day, fold, following, moment, progress, type Setting, sign, todo } from './parts'
import type { Texts } from './texts/texts'

type Of<Name extends PageModel['situation']> = Extract<PageModel, { situation: Name }>

/** An order without release: nothing to do but wait. */
export const notReadyPage = (setting: Setting): Html =>
  waiting(setting, 'clock', setting.texts.notReady.title, fill(setting.texts.notReady.lead, { brand: setting.brand }))

export const pausedPage = (setting: Setting): Html => waiting(setting, 'retry', setting.texts.paused.title, setting.texts.paused.lead)

const waiting = (setting: Setting, name: Icon, title: string, lead: Piece): Html =>
  html`${sign(name)}<h1>${title}</h1><p class="lead">${lead}</p>${following(setting)}`

export function downloadedPage(setting: Setting, { eidEnd }: Of<'downloaded'>): Html {
  const { downloaded } = setting.texts
  const { brand } = setting
  const lead = eidEnd ? fill(downloaded.leadEid, { eid: code(eidEnd) }) : downloaded.lead
  return html`${progress(setting, 1)}${sign('phone')}<h1>${downloaded.title}</h1><p class="lead">${lead}</p><p class="lead">${downloaded.keepOn}</p>${following(setting)}
<div class="more">${fold(downloaded.longer, html`<p>${fill(downloaded.longerAnswer, { brand })}</p>`)}</div>`
}

export function installedPage(setting: Setting, { at, eidEnd, runtime }: Of<'installed'>): Html {
  const { installed } = setting.texts
  const { brand } = setting
  const date = day(setting, at)
  const where = eidEnd ? fill(installed.onEid, { date, eid: code(eidEnd) }) : fill(installed.on, { date })
  const state = runtime === 'Enabled' ? installed.enabled : runtime === 'Disabled' ? installed.disabled : ''
  return html`${progress(setting, 2)}${sign('check')}<h1>${installed.title}</h1><p class="lead">${where} ${state}</p>
<ul class="facts"><li>${installed.keep}</li><li>${fill(installed.newPhone, { brand })}</li><li>${fill(installed.notYou, { brand })}</li></ul>
<div class="more">${fold(installed.noSignal, html`<p>${installed.noSignalAnswer}</p>`, runtime === 'Disabled')}</div>`
}

/** The situations that end in a request to the operator. */
export function endedPage(
  setting: Setting,
  model: Of<'deleted' | 'usedUp' | 'failed' | 'expired' | 'cancelled' | 'replaced' | 'unknown'>,
): Html {
  const { brand, named, texts, helpUrl } = setting
  const { title, todo: items } = texts[model.situation]
  return html`${sign(signs[model.situation])}<h1>${title}</h1><p class="lead">${lead(setting, model)}</p>
<h2 class="todo-title">${texts.frame.todo}</h2>${todo(items.filter(item => named || !item.includes('{brand}')).map(item => fill(item, { brand })))}
${helpUrl && html`<a class="button" href="${helpUrl}" rel="noreferrer noopener"><span>${contact(setting)}</span></a>`}`
}

const signs: Record<'deleted' | 'usedUp' | 'failed' | 'expired' | 'cancelled' | 'replaced' | 'unknown', Icon> = {
  deleted: 'phone',
  usedUp: 'key',
  failed: 'retry',
  expired: 'clock',
  cancelled: 'sim',
  replaced: 'forward',
  unknown: 'search',
}

function lead(setting: Setting, model: Parameters<typeof endedPage>[1]): Piece {
  const { texts, brand } = setting
  switch (model.situation) {
    case 'deleted':
      return deletedLead(setting, texts.deleted, model)
    case 'usedUp':
      return texts.usedUp[model.reason]
    case 'failed':
      return model.at ? fill(texts.failed.on, { date: day(setting, model.at) }) : texts.failed.lead
    case 'expired':
      return model.at ? fill(texts.expired.on, { date: moment(setting, model.at) }) : texts.expired.lead
    case 'replaced':
      return fill(texts.replaced.lead, { brand })
    case 'cancelled':
    case 'unknown':
      return texts[model.situation].lead
  }
}

function deletedLead(setting: Setting, words: Texts['deleted'], { at, eidEnd }: Of<'deleted'>): Piece {
  if (!at) return words.lead
  const date = day(setting, at)
  return eidEnd ? fill(words.onEid, { date, eid: code(eidEnd) }) : fill(words.on, { date })
}
