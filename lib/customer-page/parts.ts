import { fill, type Html, html, type Piece } from './html'
import { type Icon, icon } from './icons'
import { dateTag, dateWords, momentWords } from './language'
import type { PageModel, PageOptions } from './model'
import { TEXTS } from './texts/all'
import type { Texts } from './texts/texts'

/** What every part of a page is made from. */
export interface Setting {
  texts: Texts
  options: PageOptions
  brand: Html
  /** False where nothing says who the operator is: then nobody is sent to them */
  named: boolean
  /** Where a customer finds the operator's help, if it is an address that a page may link to */
  helpUrl: string | undefined
}

/** The operator's name as a piece of text: it keeps its own direction. */
export function settingOf(model: PageModel, options: PageOptions): Setting {
  return {
    texts: TEXTS[options.language],
    options,
    brand: html`<bdi>${brandName(model)}</bdi>`,
    named: ownName(model) !== undefined,
    helpUrl: /^(?:https?:\/\/|mailto:|tel:)\S+$/i.test(model.brand.helpUrl ?? '') ? model.brand.helpUrl : undefined,
  }
}

/** What customers know the operator by; the type's service provider where none is set. */
export const brandName = (model: PageModel): string => ownName(model) ?? 'eSIM'

const ownName = ({ brand, serviceProviderName }: PageModel): string | undefined =>
  brand.name.trim() || serviceProviderName?.trim() || undefined

export const dateTagOf = ({ options }: Setting): string => dateTag(options.language)

/** A day in words; the browser puts it into the reader's own time. */
export const day = ({ options: { language, timeZone } }: Setting, date: Date): Html =>
  html`<time datetime="${date.toISOString()}">${dateWords(language, date, timeZone)}</time>`

/** A day and time in words, likewise. */
export const moment = ({ options: { language, timeZone } }: Setting, date: Date): Html =>
  html`<time data-moment datetime="${date.toISOString()}">${momentWords(language, date, timeZone)}</time>`

/** What is read from left to right in every language: codes, addresses, digits. */
export const code = (text: string): Html => html`<bdi dir="ltr">${text}</bdi>`

export const sign = (name: Icon): Html => html`<div class="icon${name === 'forward' ? ' flip' : ''}">${icon(name)}</div>`

/** How far the eSIM is: 0 ready, 1 downloading, 2 installed. */
export function progress({ texts: { frame } }: Setting, at: 0 | 1 | 2): Html {
  const step = (words: string, index: number) =>
    index === at ? html`<li class="now" aria-current="step">${words}</li>` : html`<li${index < at ? html` class="done"` : ''}>${words}</li>`
  return html`<ol class="steps" aria-label="${frame.progress}">${frame.steps.map(step)}</ol>`
}

/** Something that only some readers need. */
export const fold = (summary: Piece, inside: Piece, open = false): Html =>
  html`<details class="fold"${open && html` open`}><summary>${summary}</summary><div>${inside}</div></details>`

/** A value to take over, with its copy button where scripts run. `id` is once on a page. */
export const field = ({ texts: { frame } }: Setting, id: string, label: string, value: string): Html =>
  html`<div class="field"><dt id="${id}-label">${label}</dt><dd><bdi dir="ltr" class="code" id="${id}">${breakable(value)}</bdi><button type="button" class="copy" id="${id}-copy" data-copy="${id}" aria-labelledby="${id}-copy ${id}-label" hidden>${frame.copy}</button></dd></div>`

/** A long value breaks after its signs rather than within a word. */
const breakable = (value: string): Piece => value.split(/(?<=[.$/-])/).map((part, index) => (index === 0 ? part : html`<wbr>${part}`))

/** The words of the link to the operator's help. */
export const contact = ({ texts: { frame }, brand, named }: Setting): Html => (named ? fill(frame.contact, { brand }) : html`${frame.help}`)

/** The page follows the state by itself; without scripts there is a link to look again. */
export const following = ({ texts: { frame } }: Setting): Html =>
  html`<p class="waiting"><span class="dots" aria-hidden="true"><i></i><i></i><i></i></span>${frame.updates}</p><noscript><p class="small"><a href="">${frame.checkAgain}</a></p></noscript>`

/** Numbered where there are several. */
export const todo = (items: Piece[]): Html =>
  html`<ol class="todo${items.length === 1 && ' one'}">${items.map(item => html`<li>${item}</li>`)}</ol>`
