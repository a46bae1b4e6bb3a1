import { type Browser, type BrowserContextOptions, expect, type Page } from '@playwright/test'

const webKit = 'AppleWebKit/605.1.15 (KHTML, like Gecko)'

/** What customers open their page on. */
export const CUSTOMER_DEVICES = {
  iphone: {
    userAgent: `Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) ${webKit} Version/17.4 Mobile/15E148 Safari/604.1`,
    viewport: { width: 390, height: 664 },
    isMobile: true,
    hasTouch: true,
  },
  android: {
    userAgent: 'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36',
    viewport: { width: 412, height: 732 },
    isMobile: true,
    hasTouch: true,
  },
  desktop: {
    userAgent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36',
    viewport: { width: 1280, height: 800 },
  },
} as const satisfies Record<string, BrowserContextOptions>

/** Opens a link as a customer does: on a device of their own, where nobody has signed in. */
export async function openAsCustomer(browser: Browser, link: string, device: keyof typeof CUSTOMER_DEVICES): Promise<Page> {
  const page = await (await browser.newContext(CUSTOMER_DEVICES[device])).newPage()
  await page.goto(link)
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  return page
}

/** What the page says first. */
export const headline = (page: Page) => page.getByRole('heading', { level: 1 })
