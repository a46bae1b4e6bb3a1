import type { Page } from '@playwright/test'
import jsQR from 'jsqr'
import { PNG } from 'pngjs'

/** What a camera would read off a picture; undefined when it sees no QR code. */
export function readQr(png: Buffer): string | undefined {
  const { data, width, height } = PNG.sync.read(png)
  return jsQR(new Uint8ClampedArray(data), width, height)?.data
}

/** What a camera would read off the screen; undefined when it sees no QR code. */
export const readQrOffTheScreen = async (page: Page): Promise<string | undefined> => readQr(await page.screenshot())
