import { type QrSymbol, quietZone, rectanglesOf } from './qr-symbol'

const millimetresPerModule = 1

/** The black modules as the path of an SVG whose unit is a module. @returns the side, too, quiet zone included */
export function qrPath(symbol: QrSymbol): { side: number; path: string } {
  const path = rectanglesOf(symbol)
    .map(({ x, y, width, height }) => `M${x + quietZone} ${y + quietZone}h${width}v${height}h-${width}z`)
    .join('')
  return { side: symbol.size + 2 * quietZone, path }
}

/** A symbol with its quiet zone as SVG, black on white wherever it is shown. @param title digits or plain letters */
export function qrSvg(symbol: QrSymbol, title: string): string {
  const { side, path } = qrPath(symbol)
  const length = `${side * millimetresPerModule}mm`
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${length}" height="${length}" viewBox="0 0 ${side} ${side}" shape-rendering="crispEdges"><title>${title}</title><path fill="#fff" d="M0 0h${side}v${side}H0z"/><path fill="#000" d="${path}"/></svg>\n`
}
