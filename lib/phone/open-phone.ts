import { Euicc, type EuiccOptions } from './euicc'
import { type HttpsOptions, HttpsTransport } from './https-transport'
import { type Connect, Lpa } from './lpa'

/** The phone of a card's file over HTTPS; `close` it when connections were made. @throws Error in words when the file is no card */
export function openPhone(cardPath: string, options: HttpsOptions & Omit<EuiccOptions, 'save'> & { connect?: Connect } = {}): Lpa {
  const euicc = Euicc.open(cardPath, options)
  const transports = new Map<string, HttpsTransport>()
  const overHttps: Connect = address => {
    const transport = transports.get(address) ?? new HttpsTransport(euicc.card, address, options)
    transports.set(address, transport)
    return transport
  }
  const close = () => {
    for (const transport of transports.values()) transport.close()
  }
  return new Lpa(euicc, options.connect ?? overHttps, close)
}
