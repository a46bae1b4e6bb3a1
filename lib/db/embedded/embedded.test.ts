import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { Client } from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ensureDataFolder, joinEmbedded, startEmbedded } from '.'
import { clusterIn } from './cluster'
import { freePort } from './launch'
import { runningPostmaster } from './postmaster'
import { shutdown } from './shutdown'

let made: string
let folder: string
let children: ChildProcess[]

beforeAll(async () => {
  made = mkdtempSync(path.join(tmpdir(), 'slipway-embedded-'))
  await (await startEmbedded(made)).stop()
})

afterAll(() => rmSync(made, { recursive: true, force: true }))

/** Puts a database that was made and stopped into the folder: quicker than to make another. */
const useMade = () => cpSync(made, folder, { recursive: true })

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'slipway-embedded-'))
  children = []
})

afterEach(async () => {
  for (const child of children) child.kill('SIGKILL')
  await shutdown(clusterIn(folder), 'immediate')
  rmSync(folder, { recursive: true, force: true })
})

/** Another process that starts the database of the folder, says so and runs on; `stop` on its stdin ends it in good order. */
async function startInProcess(): Promise<{ child: ChildProcess; url: string; adopted: boolean }> {
  const program = `
    import { startEmbedded } from './lib/db/embedded/index.ts'
    const { stop, ...said } = await startEmbedded(${JSON.stringify(folder)})
    console.log(JSON.stringify(said))
    process.stdin.once('data', async () => { await stop(); process.exit() })`
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], { stdio: ['pipe', 'pipe', 'inherit'] })
  children.push(child)
  const [line] = await once(createInterface({ input: child.stdout }), 'line')
  return { child, ...JSON.parse(line) }
}

async function ended(child: ChildProcess, how: 'SIGKILL' | 'stop'): Promise<void> {
  const exit = once(child, 'exit')
  if (how === 'stop') child.stdin?.write('stop\n')
  else child.kill(how)
  await exit
}

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

const running = () => runningPostmaster(clusterIn(folder).files)

describe('start and stop', () => {
  test('starts on an empty folder, on loopback and a socket in a closed folder only, and is gone after stop', async () => {
    const { url, adopted, stop } = await startEmbedded(folder)
    expect(adopted).toBe(false)
    expect(new URL(url).hostname).toBe('127.0.0.1')
    expect(await query(url, 'SELECT current_database() AS database, current_user AS owner')).toEqual([
      { database: 'slipway', owner: 'postgres' },
    ])
    const settings = await query(
      url,
      "SELECT setting FROM pg_settings WHERE name IN ('listen_addresses', 'unix_socket_directories', 'fsync')",
    )
    const { home } = clusterIn(folder)
    expect(settings.map(row => row.setting).sort()).toEqual(['127.0.0.1', home, 'on'].sort())
    expect(new URL(url).searchParams.get('host')).toBe(home)
    expect(await query(url, 'SELECT inet_client_addr() AS address')).toEqual([{ address: null }])
    expect(statSync(home).mode & 0o777).toBe(0o700)
    await stop()
    await stop()
    expect(running()).toBeUndefined()
    expect(await joinEmbedded(folder)).toBeUndefined()
  })

  test('a folder whose path is too long for a socket has it on loopback alone', async () => {
    const deep = path.join(folder, 'd'.repeat(100))
    const { url, stop } = await startEmbedded(deep)
    expect(new URL(url).search).toBe('')
    expect(await query(url, 'SELECT host(inet_client_addr()) AS address')).toEqual([{ address: '127.0.0.1' }])
    await stop()
  })

  test('keeps the password and the files from everybody else', async () => {
    const { url, stop } = await startEmbedded(folder)
    const mode = (file: string) => statSync(file).mode & 0o777
    const { files, passwordFile } = clusterIn(folder)
    expect([mode(folder), mode(files), mode(passwordFile)]).toEqual([0o700, 0o700, 0o600])
    await expect(query(url.replace(/:[^:@]*@/, ':wrong@'), 'SELECT')).rejects.toThrow(/password authentication failed/)
    await stop()
  })

  test('a folder with contents that others may read is refused, an empty one is closed', () => {
    chmodSync(folder, 0o755)
    expect(ensureDataFolder(folder)).toBe(folder)
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    chmodSync(folder, 0o755)
    writeFileSync(path.join(folder, 'something'), '')
    expect(() => ensureDataFolder(folder)).toThrow(/Others may read the data folder/)
  })

  test('says what PostgreSQL says when it cannot start', async () => {
    useMade()
    writeFileSync(path.join(clusterIn(folder).files, 'PG_VERSION'), '9\n')
    await expect(startEmbedded(folder)).rejects.toThrow(/did not start: .*incompatible/)
  })
})

describe.skipIf(process.getuid?.() !== 0)('as root', () => {
  const { PATH } = process.env

  afterEach(() => {
    process.env.PATH = PATH
  })

  function forbid(...tools: string[]): void {
    const bin = path.join(folder, 'bin')
    mkdirSync(bin)
    for (const tool of tools) writeFileSync(path.join(bin, tool), '#!/bin/sh\nexit 1\n', { mode: 0o755 })
    process.env.PATH = `${bin}:${PATH}`
  }

  test.each([
    { forbidden: [], owner: 0 },
    { forbidden: ['unshare'], owner: 65534 },
    { forbidden: ['unshare', 'setpriv'], owner: 65534 },
  ])('runs without privileges where $forbidden is forbidden, and goes back', async ({ forbidden, owner }) => {
    forbid(...forbidden)
    const first = await startEmbedded(folder)
    await query(first.url, 'CREATE TABLE kept AS SELECT 1 AS one')
    await first.stop()
    expect(statSync(clusterIn(folder).files).uid).toBe(owner)
    process.env.PATH = PATH
    const second = await startEmbedded(folder)
    expect(await query(second.url, 'SELECT * FROM kept')).toEqual([{ one: 1 }])
    expect(statSync(clusterIn(folder).files).uid).toBe(0)
    await second.stop()
  })
})

describe('survives', () => {
  beforeEach(useMade)

  test('kill -9 of the server: the next start adopts the database with all that was committed', async () => {
    const first = await startInProcess()
    await query(first.url, 'CREATE TABLE kept AS SELECT 1 AS one')
    await ended(first.child, 'SIGKILL')
    const second = await startEmbedded(folder)
    expect(second).toMatchObject({ url: first.url, adopted: true })
    expect(await query(second.url, 'SELECT * FROM kept')).toEqual([{ one: 1 }])
    await second.stop()
    expect(running()).toBeUndefined()
  })

  test('kill -9 of server and database: the next start recovers', async () => {
    const first = await startInProcess()
    await query(first.url, 'CREATE TABLE kept AS SELECT 1 AS one')
    const pid = running()?.pid
    await ended(first.child, 'SIGKILL')
    process.kill(Number(pid), 'SIGKILL')
    const second = await startEmbedded(folder)
    expect(second.adopted).toBe(false)
    expect(await query(second.url, 'SELECT * FROM kept')).toEqual([{ one: 1 }])
    await second.stop()
  })

  test('kill -9 of the database alone: it comes back under the same URL', async () => {
    const database = await startEmbedded(folder)
    const pid = Number(running()?.pid)
    process.kill(pid, 'SIGKILL')
    await expect.poll(() => query(database.url, 'SELECT 1 AS one').catch(() => undefined), { timeout: 15_000 }).toEqual([{ one: 1 }])
    expect(running()?.pid).not.toBe(pid)
    await database.stop()
    expect(running()).toBeUndefined()
  })

  test.skipIf(process.platform === 'win32')('kill -9 of the database while one of its sessions lingers: the same URL as well', async () => {
    const database = await startEmbedded(folder)
    const client = new Client({ connectionString: database.url })
    client.on('error', () => undefined)
    await client.connect()
    const { rows } = await client.query('SELECT pg_backend_pid() AS pid')
    process.kill(rows[0].pid, 'SIGSTOP')
    process.kill(Number(running()?.pid), 'SIGKILL')
    const { logFile } = clusterIn(folder)
    await expect.poll(() => readFileSync(logFile, 'utf8'), { timeout: 15_000 }).toMatch(/pre-existing shared memory/)
    process.kill(rows[0].pid, 'SIGKILL')
    await expect.poll(() => query(database.url, 'SELECT 1 AS one').catch(() => undefined), { timeout: 15_000 }).toEqual([{ one: 1 }])
    await client.end().catch(() => undefined)
    await database.stop()
  })

  test('a pid file and the lock of a socket whose number belongs to another process by now', async () => {
    const { files, home } = clusterIn(folder)
    const lines = [process.pid, files, 1, 5432, '', '127.0.0.1', '  1  1', 'ready   ', '']
    writeFileSync(path.join(files, 'postmaster.pid'), lines.join('\n'))
    expect(await joinEmbedded(folder)).toBeUndefined()
    const port = await freePort()
    const lock = path.join(home, `.s.PGSQL.${port}.lock`)
    writeFileSync(lock, lines.with(3, port).join('\n'))
    const database = await startEmbedded(folder, { port })
    expect(database.adopted).toBe(false)
    expect(readFileSync(lock, 'utf8')).not.toMatch(new RegExp(`^${process.pid}\n`))
    await database.stop()
  })

  test('a process that was killed while it made the database', async () => {
    rmSync(clusterIn(folder).home, { recursive: true })
    const draft = path.join(folder, 'postgres.new-999999999-00000000')
    ensureDataFolder(path.join(draft, 'cluster'))
    await (await startEmbedded(folder)).stop()
    expect(statSync(draft, { throwIfNoEntry: false })).toBeUndefined()
  })
})

describe('shared by processes', () => {
  test('of processes that start at the same time on an empty folder one makes the database and all use it', async () => {
    const started = await Promise.all([startInProcess(), startInProcess(), startInProcess()])
    expect(new Set(started.map(({ url }) => url)).size).toBe(1)
    expect(started.filter(({ adopted }) => !adopted)).toHaveLength(1)
  })

  test('the last one to stop stops the database, whoever started it', async () => {
    useMade()
    const first = await startInProcess()
    const second = await startEmbedded(folder)
    expect(await joinEmbedded(folder)).toBe(first.url)
    await ended(first.child, 'stop')
    expect(await query(second.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
    await second.stop()
    expect(running()).toBeUndefined()
  })

  test('start and stop in quick succession from several processes at once', async () => {
    useMade()
    for (let round = 0; round < 3; round++) {
      const rounds = await Promise.all(
        [1, 2, 3, 4].map(async () => {
          const { url, stop } = await startEmbedded(folder)
          const answer = await query(url, 'SELECT 1 AS one')
          await stop()
          return answer
        }),
      )
      expect(rounds).toEqual(Array(4).fill([{ one: 1 }]))
      expect(running()).toBeUndefined()
    }
  })

  test.skipIf(process.platform !== 'linux')('Ctrl-C in the terminal does not reach the database', async () => {
    useMade()
    const { stop } = await startEmbedded(folder)
    const group = Number(readFileSync(`/proc/${running()?.pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[2])
    expect(group).toBe(running()?.pid)
    await stop()
  })
})
