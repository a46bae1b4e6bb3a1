import { create } from 'qrcode'
import { Html, html } from './html'

/** Light modules around a symbol, ISO/IEC 18004 */
const quietZone = 4

/** A QR code as one SVG path, error correction M: black on white in every scheme, so that every camera reads it. */
export function qrSvg(text: string, label: string): Html {
  const { modules } = create(text, { errorCorrectionLevel: 'M' })
  const size = modules.size + 2 * quietZone
  let path = ''
  for (let y = 0; y < modules.size; y++) {
    for (let x = 0; x < modules.size; ) {
      let end = x
      while (end < modules.size && modules.get(y, end)) end++
      if (end > x) path += `M${x + quietZone} ${y + quietZone}h${end - x}v1h-${end - x}z`
      x = end + 1
    }
  }
  return html`<svg class="qr" viewBox="0 0 ${size} ${size}" role="img" aria-label="${label}" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h${size}v${size}H0z"/><path fill="#000" d="${new Html(path)}"/></svg>`
}
