import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { chromium, defineConfig } from '@playwright/test'

// scripts/browser.mjs finds a browser and names it here; without it, Playwright's own or a system one that is there.
const systemBrowsers = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const own = existsSync(chromium.executablePath())
const executablePath = process.env.E2E_CHROMIUM || (own ? undefined : systemBrowsers.find(place => existsSync(place)))

const quiet = ['--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']
const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : []

export default defineConfig({
  testDir: 'e2e',
  // A file of stories has a deployment of its own, which waits for its browser as much as it works.
  workers: Math.min(4, availableParallelism()),
  forbidOnly: !!process.env.CI,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  reporter: process.env.PLAYWRIGHT_JSON_OUTPUT_FILE ? [['list'], ['json']] : 'list',
  use: {
    screenshot: 'only-on-failure',
    // A trace takes a quarter of a story's time: it is asked for where one is looked into.
    trace: process.env.E2E_TRACE ? 'retain-on-failure' : 'off',
    launchOptions: { executablePath, args: [...sandbox, ...quiet] },
  },
})
