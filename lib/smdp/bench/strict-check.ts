import { type Card, createCard } from '@/lib/phone/card'
import type { Transport } from '@/lib/phone/es9-client'
import { Euicc } from '@/lib/phone/euicc'
import { HttpsTransport } from '@/lib/phone/https-transport'
import { Lpa } from '@/lib/phone/lpa'
import type { IssuedCredential } from '@/lib/rsp/pki/test-pki'
import { withIccid } from '@/lib/rsp/testdata/personalised'
import { ts48 } from '@/lib/rsp/testdata/recorded-session'
import type { Connection, Target } from './connection'
import type { ReadyOrder } from './messages'
import { packageName } from './package'

/** The card of a strict phone under the test PKI. */
export const strictCard = (ci: IssuedCredential, eum: IssuedCredential): Card =>
  createCard({
    ciCertificates: [ci.certificate],
    eumCertificate: eum.certificate,
    eumPrivateKey: eum.privateKey.export({ format: 'der', type: 'pkcs8' }),
  })

const over = (connection: Connection): Transport => ({
  post: async (path, body) => {
    const answer = await connection.post(path, JSON.stringify(body))
    const headers = Object.fromEntries(
      answer.head
        .split('\r\n')
        .slice(1)
        .map(line => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
    )
    return { status: answer.status, headers, json: answer.body.length > 0 ? JSON.parse(answer.body.toString('utf8')) : undefined }
  },
})

async function install(card: Card, transport: Transport, target: Target, { iccid, matchingId }: ReadyOrder): Promise<void> {
  const phone = new Lpa(new Euicc(structuredClone(card)), () => transport)
  await phone.download({ smdpAddress: target.smdpAddress, matchingId })
  const installed = Buffer.from(phone.listProfiles()[0]?.profilePackage ?? '', 'base64')
  if (!installed.equals(withIccid(ts48(packageName), iccid))) throw new Error('The package that was installed is another one.')
  if (phone.euicc.listNotifications().length > 0) throw new Error('The server did not take the notification.')
}

/** A download in which everything that the server sends is checked, to the last octet of the package. @throws what is wrong */
export const strictDownload = (card: Card, connection: Connection, target: Target, order: ReadyOrder): Promise<void> =>
  install(card, over(connection), target, order)

/** The same over a connection whose certificate is checked as well. */
export async function strictTlsDownload(card: Card, target: Target, order: ReadyOrder): Promise<void> {
  const transport = new HttpsTransport(card, target.smdpAddress, { connectTo: { host: '127.0.0.1', port: target.tlsPort } })
  try {
    await install(card, transport, target, order)
  } finally {
    transport.close()
  }
}
