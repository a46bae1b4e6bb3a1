import { mkdtempSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { readCard, writeCard } from './card'
import { privateKeyDer } from './curve'
import type { HttpsOptions } from './https-transport'
import { openPhone } from './open-phone'
import { makeMetadata } from './scripted-metadata'
import { makeCard, makePki, ScriptedServer } from './scripted-server'

const pki = makePki()
const pem = (label: string, der: Buffer) => `-----BEGIN ${label}-----\n${der.toString('base64')}\n-----END ${label}-----\n`
const running: Server[] = []
afterEach(() => {
  for (const server of running.splice(0)) server.close()
})

async function serve(host: string, issuer = pki) {
  const script = new ScriptedServer(pki, {
    profilePackage: readFileSync('lib/rsp/testdata/profiles/TS48v1_A.der'),
    metadata: makeMetadata({ notifications: { [host]: [1, 2, 3] } }),
  })
  const seen: Record<string, unknown>[] = []
  const tls = issuer.issueTls(host)
  const server = createServer(
    { cert: pem('CERTIFICATE', tls.der), key: pem('PRIVATE KEY', privateKeyDer(tls.key)) },
    async (request, response) => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk)
      seen.push({ ...request.headers, method: request.method, url: request.url })
      const answer = await script.post(request.url ?? '', JSON.parse(Buffer.concat(chunks).toString()))
      response.writeHead(answer.status, { ...answer.headers, 'content-type': 'application/json' })
      response.end(answer.json === undefined ? undefined : JSON.stringify(answer.json))
    },
  )
  running.push(server)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return { script, seen, port: (server.address() as AddressInfo).port }
}

function phone(script: ScriptedServer, options: HttpsOptions) {
  const path = join(mkdtempSync(join(tmpdir(), 'phone-')), 'card.json')
  const card = makeCard(pki)
  writeCard(path, card)
  script.eid = card.eid
  return { path, lpa: openPhone(path, options) }
}

describe('over HTTPS', () => {
  test('a phone downloads, enables and reports, and its file holds the profile', async () => {
    const { script, seen, port } = await serve('smdp.example.com')
    const { path, lpa } = phone(script, { connectTo: { host: '127.0.0.1', port } })
    await expect(lpa.download({ activationCode: 'LPA:1$smdp.example.com$T' })).resolves.toMatchObject({ outcome: 'installed' })
    lpa.enable(lpa.listProfiles()[0]?.iccid ?? '')
    await lpa.sendNotifications()
    lpa.close()
    expect(script.notifications).toHaveLength(2)
    expect(readCard(path)).toMatchObject({ profiles: [{ state: 'Enabled' }], notifications: [], lastSeqNumber: 2 })
    expect(seen[0]).toMatchObject({
      method: 'POST',
      url: '/gsma/rsp2/es9plus/initiateAuthentication',
      host: 'smdp.example.com',
      'user-agent': 'gsma-rsp-lpad',
      'x-admin-protocol': 'gsma/rsp/v2.2.2',
      'content-type': 'application/json',
    })
  })

  test('the address may carry a port', async () => {
    const { script, port } = await serve('localhost')
    const { lpa } = phone(script, { connectTo: { host: '127.0.0.1', port } })
    await expect(lpa.download({ activationCode: `LPA:1$localhost:${port}$T` })).resolves.toMatchObject({ outcome: 'installed' })
    lpa.close()
  })

  test.each([
    ['for another name', 'other.example.com', pki, /cannot be reached: .*altnames/i],
    ['of an unknown CI', 'smdp.example.com', makePki('P-256', 'stranger'), /cannot be reached: .*certificate/i],
  ])('a server certificate %s is refused', async (_name, host, issuer, sentence) => {
    const { script, port } = await serve(host, issuer)
    const { lpa } = phone(script, { connectTo: { host: '127.0.0.1', port } })
    await expect(lpa.download({ activationCode: 'LPA:1$smdp.example.com$T' })).rejects.toThrow(sentence)
    lpa.close()
  })

  test('a further CA may be trusted', async () => {
    const stranger = makePki('P-256', 'stranger')
    const { script, port } = await serve('smdp.example.com', stranger)
    const { lpa } = phone(script, { connectTo: { host: '127.0.0.1', port }, extraCa: [pem('CERTIFICATE', stranger.ci.der)] })
    await expect(lpa.download({ activationCode: 'LPA:1$smdp.example.com$T' })).resolves.toMatchObject({ outcome: 'installed' })
    lpa.close()
  })

  test('nobody there is an LpaError of its step', async () => {
    const { script, port } = await serve('smdp.example.com')
    running.splice(0)[0]?.close()
    const { lpa } = phone(script, { connectTo: { host: '127.0.0.1', port } })
    await expect(lpa.download({ activationCode: 'LPA:1$smdp.example.com$T' })).rejects.toMatchObject({
      name: 'LpaError',
      step: 'initiateAuthentication',
    })
    lpa.close()
  })
})
