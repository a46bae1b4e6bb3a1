import { batchFinding } from './finding-kinds'
import type { BatchFinding } from './findings'

const maxNetworks = 200
const shownNetworks = 5

/** Counts rows by the network that the IMSI names. */
export class HomeNetworks {
  readonly #rows = new Map<string, number>()
  readonly #digits: number
  #last = { network: '', rows: 0 }

  /** @param mncLength digits of the MNC; two when nobody knows: then networks that differ in the third are taken for one */
  constructor(mncLength: 2 | 3 = 2) {
    this.#digits = 3 + mncLength
  }

  add(imsi: string, mccMnc?: string | undefined): void {
    if (mccMnc === undefined && imsi.startsWith(this.#last.network) && this.#last.network !== '') {
      this.#last.rows++
      return
    }
    this.#keepLast()
    this.#last = { network: mccMnc ?? imsi.slice(0, this.#digits), rows: 1 }
  }

  findings(): BatchFinding[] {
    this.#keepLast()
    if (this.#rows.size < 2) return []
    const sorted = [...this.#rows].sort(([, some], [, others]) => others - some)
    const shown = sorted.slice(0, shownNetworks).map(([network, rows]) => `${network} (${rows.toLocaleString('en')})`)
    const further = sorted.length > shownNetworks ? ' and others' : ''
    return [batchFinding('mixed-networks', `The IMSIs belong to several home networks, counted in rows: ${shown.join(', ')}${further}.`)]
  }

  #keepLast(): void {
    const { network, rows } = this.#last
    if (rows && (this.#rows.has(network) || this.#rows.size < maxNetworks)) this.#rows.set(network, (this.#rows.get(network) ?? 0) + rows)
    this.#last = { network: '', rows: 0 }
  }
}
