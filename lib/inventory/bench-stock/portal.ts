import { spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { addAccount } from '@/lib/accounts/add-account'
import { createSession } from '@/lib/accounts/session-cookie'
import type { Database } from '@/lib/db/pool'
import { openVault } from '@/lib/vault/vault'

/** The real server, signed in to. */
export interface Portal {
  /** Asks for a page. @returns how long that took, in milliseconds */
  ask(path: string): Promise<number>
  stop(): Promise<void>
}

const patienceMs = 60_000

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => (address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no free port'))))
    })
  })

/** Starts `dist/server.mjs` on a database that is open already. @throws what it said when it does not start */
export async function startPortal(db: Database, { url, dataDir }: { url: string; dataDir: string }): Promise<Portal> {
  const [port, httpPort] = [await freePort(), await freePort()]
  const portalUrl = `http://localhost:${httpPort}`
  const child = spawn(process.execPath, ['dist/server.mjs'], {
    env: {
      ...process.env,
      NODE_ENV: 'production',
      DATA_DIR: dataDir,
      DATABASE_URL: url,
      HOST: '127.0.0.1',
      HTTP_HOST: '127.0.0.1',
      PORT: String(port),
      HTTP_PORT: String(httpPort),
      SMDP_ADDRESS: `localhost:${port}`,
      PORTAL_URL: portalUrl,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-5_000)
    })
  const ended = new Promise<void>(resolve => child.once('close', () => resolve()))
  const stop = async () => {
    child.kill('SIGTERM')
    await ended
  }
  const isHealthy = () =>
    fetch(`${portalUrl}/healthz`).then(
      answer => answer.ok,
      () => false,
    )
  for (const startedAt = Date.now(); !(await isHealthy()); await delay(100)) {
    if (child.exitCode !== null) throw new Error(`The server ended while it started:\n${said}`)
    if (Date.now() - startedAt > patienceMs) {
      await stop()
      throw new Error(`The server did not become healthy:\n${said}`)
    }
  }
  const actor = { kind: 'cli', name: 'cli:bench', role: 'administrator' } as const
  const { account } = await addAccount(db, actor, { email: 'bench@example.com', role: 'administrator' }, { portalUrl })
  const { name, value } = await createSession(db, await openVault(db, dataDir), account.id)
  const ask = async (path: string) => {
    const startedAt = performance.now()
    const answer = await fetch(`${portalUrl}${path}`, { headers: { cookie: `${name}=${value}` }, redirect: 'manual' })
    const page = await answer.text()
    if (answer.status !== 200 || !page.includes('Profiles')) throw new Error(`${path} was answered with ${answer.status}.`)
    return performance.now() - startedAt
  }
  return { ask, stop }
}
