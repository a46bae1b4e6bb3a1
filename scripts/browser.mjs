import { existsSync } from 'node:fs'
import { quietly, StepFailed, step } from './progress.mjs'

const systemBrowsers = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/microsoft-edge',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
]

/**
 * A browser for the stories, in E2E_CHROMIUM's words: the path of one, or empty for Playwright's own. What is there is taken first;
 * else Playwright's own is downloaded; else, as root on Debian, its package installed. Throws one sentence when nothing helps.
 */
export async function findBrowser() {
  const wanted = process.env.E2E_CHROMIUM
  if (wanted) {
    if (existsSync(wanted)) return wanted
    throw new StepFailed(`E2E_CHROMIUM is ${wanted}, and there is no such file`)
  }
  const present = await workingBrowser()
  if (present !== undefined) return present
  for (const get of [download, installPackage]) {
    await get().catch(() => undefined)
    const found = await workingBrowser()
    if (found !== undefined) return found
  }
  throw new StepFailed('The stories need a browser: install Chromium or Chrome, or name one in E2E_CHROMIUM')
}

async function workingBrowser() {
  for (const candidate of ['', ...systemBrowsers.filter(place => existsSync(place))]) if (await launches(candidate)) return candidate
  return undefined
}

/** Playwright's own may be there and lack libraries of the system: only a launch tells. */
async function launches(executablePath) {
  const { chromium } = await import('@playwright/test')
  if (!existsSync(executablePath || chromium.executablePath())) return false
  try {
    const browser = await chromium.launch({ executablePath: executablePath || undefined, chromiumSandbox: false, timeout: 30_000 })
    await browser.close()
    return true
  } catch {
    return false
  }
}

async function download() {
  const playwright = (...args) => quietly(process.execPath, ['node_modules/playwright/cli.js', ...args], { stallMs: 60_000 })
  await step({ doing: "downloading Playwright's browser", done: "downloaded Playwright's browser" }, () =>
    playwright('install', 'chromium'),
  )
  if (process.getuid?.() !== 0 || process.platform !== 'linux' || (await launches(''))) return
  await step({ doing: 'installing the libraries it needs', done: 'installed the libraries it needs' }, () =>
    playwright('install-deps', 'chromium'),
  )
}

async function installPackage() {
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) return
  const env = { DEBIAN_FRONTEND: 'noninteractive' }
  await step({ doing: "installing Debian's chromium", done: "installed Debian's chromium" }, async () => {
    await quietly('apt-get', ['update'], { env, stallMs: 120_000 })
    await quietly('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], { env, stallMs: 300_000 })
  })
}
