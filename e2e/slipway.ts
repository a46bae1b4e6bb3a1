import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCard, type NewCard, writeCard } from '../lib/phone/card'
import type { Lpa } from '../lib/phone/lpa'
import { openPhone } from '../lib/phone/open-phone'

/** A deployment of its own: fresh data folder, free ports, the real program. */
export interface Slipway {
  portalUrl: string
  smdpAddress: string
  /** The link that a first start prints */
  firstAdministratorLink: string
  /**
   * A phone whose eUICC is certified under the deployment's test PKI, over HTTPS with certificate validation. `card` says in what its eUICC
   * is another one; CIs that it names are trusted beside the deployment's.
   */
  phone(name: string, card?: Partial<NewCard>): Lpa
  /** What the server has printed so far */
  printed(): string
  /** Where the deployment keeps its data, for the command line */
  settings: Record<string, string>
  stop(): Promise<void>
}

/** Below the ports that systems give to those who ask for any, each worker of the tests has a thousand of its own. */
const firstPort = 20_000 + 1_000 * Number(process.env.TEST_PARALLEL_INDEX ?? 0)
const portsOfWorker = Array.from({ length: 1_000 }, (_, n) => firstPort + n)
let nextPort = process.pid % portsOfWorker.length

const isFree = (port: number): Promise<boolean> =>
  new Promise(resolve => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, () => server.close(() => resolve(true)))
  })

/** Ports that are free, no two alike. */
async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = []
  for (const _ of portsOfWorker) {
    const port = portsOfWorker[nextPort++ % portsOfWorker.length]
    if (port !== undefined && (await isFree(port))) ports.push(port)
    if (ports.length === count) return ports
  }
  throw new Error(`No ${count} ports are free from ${firstPort} on.`)
}

const exited = (child: ChildProcess): Promise<void> =>
  new Promise(resolve => (child.exitCode !== null || child.signalCode ? resolve() : child.once('exit', () => resolve())))

/** Keeps all that a program prints, and tells each time that there is more. */
function listenTo(child: ChildProcess): { printed(): string; onMore(listen: (said: string) => void): void } {
  let said = ''
  const listeners: ((said: string) => void)[] = []
  const hear = (chunk: Buffer) => {
    said += chunk.toString()
    for (const listen of listeners) listen(said)
  }
  child.stdout?.on('data', hear)
  child.stderr?.on('data', hear)
  return { printed: () => said, onMore: listen => listeners.push(listen) }
}

/** Waits until the program says that it is ready. */
function ready(child: ChildProcess, { printed, onMore }: ReturnType<typeof listenTo>): Promise<string> {
  return new Promise((resolve, reject) => {
    onMore(said => {
      const link = /https?:\/\/\S+\/set-password\/\S+/.exec(said)
      if (link) resolve(link[0])
    })
    child.once('exit', code => reject(new Error(`The server ended with ${code}:\n${printed()}`)))
  })
}

export async function startSlipway(): Promise<Slipway> {
  const dataDir = mkdtempSync(join(tmpdir(), 'slipway-story-'))
  const [port, httpPort, es2Port] = await freePorts(3)
  const settings = {
    PORT: String(port),
    HTTP_PORT: String(httpPort),
    ES2_PORT: String(es2Port),
    DATA_DIR: dataDir,
    SMDP_ADDRESS: `localhost:${port}`,
    PORTAL_URL: `http://localhost:${httpPort}`,
  }
  const { DATABASE_URL: _, ...inherited } = process.env
  const child = spawn(process.execPath, ['dist/server.mjs'], { env: { ...inherited, ...settings, NODE_ENV: 'production' } })
  const heard = listenTo(child)
  const firstAdministratorLink = await ready(child, heard)
  const pki = join(dataDir, 'pki', 'test-nist')
  const phones: Lpa[] = []
  return {
    portalUrl: settings.PORTAL_URL,
    smdpAddress: settings.SMDP_ADDRESS,
    firstAdministratorLink,
    printed: heard.printed,
    settings,
    phone: (name, { ciCertificates = [], ...card } = {}) => {
      const path = join(dataDir, `${name}.card.json`)
      writeCard(
        path,
        createCard({
          ciCertificates: [readFileSync(join(pki, 'CERT_CI.pem'), 'utf8'), ...ciCertificates],
          eumCertificate: readFileSync(join(pki, 'CERT_EUM.pem'), 'utf8'),
          eumPrivateKey: readFileSync(join(pki, 'SK_EUM.pem'), 'utf8'),
          ...card,
        }),
      )
      const phone = openPhone(path)
      phones.push(phone)
      return phone
    },
    stop: async () => {
      for (const phone of phones) phone.close()
      child.kill('SIGTERM')
      await exited(child)
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
