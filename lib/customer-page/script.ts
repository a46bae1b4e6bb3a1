/**
 * The page's one script: everything it does is a comfort, the page works without it. It puts dates into the reader's own time, lets the
 * copy buttons work, finds out an iPad that says it is a Mac, tells once that a person looked (a tap, a key, or some seconds in sight of a
 * browser that no program drives: a mail scanner's fetch does none of these), and reloads when the situation is another one.
 */
export const PAGE_SCRIPT = `(() => {
const doc = document, data = doc.body.dataset, here = location.pathname.replace(/\\/$/, '')
for (const time of doc.querySelectorAll('time')) time.textContent = new Intl.DateTimeFormat(data.dates, 'moment' in time.dataset ? { dateStyle: 'long', timeStyle: 'short' } : { dateStyle: 'long' }).format(new Date(time.dateTime))
for (const button of doc.querySelectorAll('button[data-copy]')) button.hidden = false

const ipad = doc.querySelector('[data-ipad]')
if (ipad && navigator.maxTouchPoints > 1) { ipad.open = true; doc.querySelector('.card').classList.add('on-ipad') }

const said = doc.getElementById('said')
const copy = async from => {
  try { await navigator.clipboard.writeText(from.textContent) } catch {
    getSelection().selectAllChildren(from)
    doc.execCommand('copy')
  }
}
doc.addEventListener('click', async event => {
  const button = event.target.closest('button[data-copy]')
  if (!button) return
  await copy(doc.getElementById(button.dataset.copy))
  button.firstChild.data = said.textContent = data.copied
  setTimeout(() => { button.firstChild.data = data.copy; said.textContent = '' }, 2500)
})

let told = !data.seen, sight = 0
const tell = () => { if (!told) { told = true; navigator.sendBeacon(here + '/seen') } }
for (const kind of ['pointerdown', 'keydown', 'wheel', 'touchmove']) addEventListener(kind, event => event.isTrusted && tell(), { passive: true })
const watch = setInterval(() => {
  if (told) clearInterval(watch)
  else if (doc.visibilityState === 'visible' && !navigator.webdriver && ++sight >= 6) tell()
}, 1000)

const every = Number(data.follow) * 1000, since = Date.now()
if (!every) return
let timer, asking = false
const ask = async () => {
  clearTimeout(timer)
  if (doc.visibilityState === 'visible' && !asking) {
    asking = true
    try {
      const { situation } = await (await fetch(here + '/state', { cache: 'no-store', credentials: 'omit' })).json()
      if (situation && situation !== data.situation && (situation !== 'paused' || data.situation === 'paused')) return location.reload()
    } catch {} finally { asking = false }
  }
  timer = setTimeout(ask, Date.now() - since > 600000 ? every * 5 : every)
}
doc.addEventListener('visibilitychange', () => doc.visibilityState === 'visible' && ask())
timer = setTimeout(ask, every)
})()`
