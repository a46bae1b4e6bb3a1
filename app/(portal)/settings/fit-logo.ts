import { readPicture } from '@/lib/rsp/icon'
import type { BrandDraft } from './brand-draft'

type Logo = NonNullable<BrandDraft['logo']>

const maxBytes = 16 * 1_024
const widths = [480, 360, 240, 160, 96]
const maxHeight = 160

const unreadable = 'This picture cannot be read. Save it again as PNG or JPEG.'

const base64 = (bytes: Uint8Array): string => btoa(Array.from(bytes, octet => String.fromCharCode(octet)).join(''))

/** Draws a picture in this width at most, as PNG. */
async function drawn(image: HTMLImageElement, maxWidth: number): Promise<Uint8Array | undefined> {
  const scale = Math.min(1, maxWidth / image.naturalWidth, maxHeight / image.naturalHeight)
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(1, Math.round(image.naturalWidth * scale))
  canvas.height = Math.max(1, Math.round(image.naturalHeight * scale))
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height)
  const blob = await new Promise<Blob | null>(resolve => canvas.toBlob(resolve, 'image/png'))
  return blob ? new Uint8Array(await blob.arrayBuffer()) : undefined
}

/** Reads a chosen picture as a logo; one that is too large, or of another kind, is drawn anew and smaller. @throws Error with a sentence for people */
export async function fitLogo(file: File): Promise<{ logo: Logo; redrawn: boolean }> {
  const url = URL.createObjectURL(file)
  try {
    const image = new Image()
    image.src = url
    await image.decode().catch(() => {
      throw new Error(unreadable)
    })
    const bytes = new Uint8Array(await file.arrayBuffer())
    const picture = readPicture(bytes)
    if (picture && bytes.length <= maxBytes) return { logo: { type: picture.iconType, base64: base64(bytes) }, redrawn: false }
    if (image.naturalWidth === 0 || image.naturalHeight === 0) throw new Error(unreadable)
    for (const width of widths) {
      const smaller = await drawn(image, width)
      if (smaller && smaller.length <= maxBytes) return { logo: { type: 'png', base64: base64(smaller) }, redrawn: true }
    }
    throw new Error('This picture has too much in it for 16 kB, however small. Choose a plainer one.')
  } finally {
    URL.revokeObjectURL(url)
  }
}
