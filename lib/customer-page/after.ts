import { fill, type Html, html, type Piece } from './html'
import type { Icon } from './icons'
import type { PageModel } from './model'
import { code, contact, day, fold, following, moment, progress, type Setting, sign, todo } from './parts'
import type { Texts } from './texts/texts'

type Of<Name extends PageModel['situation']> = Extract<PageModel, { situation: Name }>

/** An order without release: nothing to do but wait. */
export function notReadyPage(setting: Setting): Html {
  const { texts, brand, named } = setting
  return waiting(setting, 'clock', texts.notReady.title, named ? fill(texts.notReady.lead, { brand }) : texts.unnamed.notReady)
}

export const pausedPage = (setting: Setting): Html => waiting(setting, 'retry', setting.texts.paused.title, setting.texts.paused.lead)

const waiting = (setting: Setting, name: Icon, title: string, lead: Piece): Html =>
  html`${sign(name)}<h1>${title}</h1><p class="lead">${lead}</p>${following(setting)}`

export function downloadedPage(setting: Setting, { eidEnd }: Of<'downloaded'>): Html {
  const { downloaded } = setting.texts
  const lead = eidEnd ? fill(downloaded.leadEid, { eid: code(eidEnd) }) : downloaded.lead
  return html`${progress(setting, 1)}${sign('phone')}<h1>${downloaded.title}</h1><p class="lead">${lead}</p><p class="lead">${downloaded.keepOn}</p>${following(setting)}
<div class="more">${fold(downloaded.longer, html`<p>${withBrand(setting, downloaded.longerAnswer)}</p>`)}</div>`
}

export function installedPage(setting: Setting, { at, eidEnd, runtime }: Of<'installed'>): Html {
  const { installed } = setting.texts
  const { brand, named } = setting
  const date = day(setting, at)
  const toOperator = named && html`<li>${fill(installed.newPhone, { brand })}</li><li>${fill(installed.notYou, { brand })}</li>`
  const where = eidEnd ? fill(installed.onEid, { date, eid: code(eidEnd) }) : fill(installed.on, { date })
  const state = runtime === 'Enabled' ? installed.enabled : runtime === 'Disabled' ? installed.disabled : ''
  return html`${progress(setting, 2)}${sign('check')}<h1>${installed.title}</h1><p class="lead">${where} ${state}</p>
<ul class="facts"><li>${installed.keep}</li>${toOperator}</ul>
<div class="more">${fold(installed.noSignal, html`<p>${installed.noSignalAnswer}</p>`, runtime === 'Disabled')}</div>`
}

/** The situations that end in a request to the operator. */
export function endedPage(
  setting: Setting,
  model: Of<'deleted' | 'usedUp' | 'failed' | 'expired' | 'cancelled' | 'replaced' | 'unknown'>,
): Html {
  const { brand, named, texts, helpUrl } = setting
  const { title, todo: all } = texts[model.situation]
  const items = all.filter(item => named || !item.includes('{brand}')).map(item => fill(item, { brand }))
  return html`${sign(signs[model.situation])}<h1>${title}</h1><p class="lead">${lead(setting, model)}</p>
${items.length > 0 && html`<h2 class="todo-title">${texts.frame.todo}</h2>${todo(items)}`}
${helpUrl && html`<a class="button" href="${helpUrl}" rel="noreferrer noopener"><span>${contact(setting)}</span></a>`}`
}

/** Without a name, the sentences that need it are left out. */
const withBrand = ({ brand, named }: Setting, text: string): Piece =>
  named
    ? fill(text, { brand })
    : (text.match(/[^.!?。؟]+[.!?。؟]*/g) ?? [])
        .filter(sentence => !sentence.includes('{brand}'))
        .join('')
        .trim()

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
  const { texts, brand, named } = setting
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
      return named ? fill(texts.replaced.lead, { brand }) : texts.unnamed.replaced
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
