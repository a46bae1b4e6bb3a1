import type { Page } from '@playwright/test'
import jsQR from 'jsqr'
import { PNG } from 'pngjs'

/** What a camera would read off the screen; undefined when it sees no QR code. */
export async function readQrOffTheScreen(page: Page): Promise<string | undefined> {
  const { data, width, height } = PNG.sync.read(await page.screenshot())
  return jsQR(new Uint8ClampedArray(data), width, height)?.data
}
