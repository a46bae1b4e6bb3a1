import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { createSecureContext, TLSSocket } from 'node:tls'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeTestPki } from '@/lib/rsp/pki/test-pki'
import { createTestDatabase } from './embedded/test-database'
import { LaneQuery, laneClient } from './lane-query'
import type { LaneStatement } from './lanes'
import { type Database, openDatabase, type Statement } from './pool'
import { prepared } from './prepared'
import type { PreparedResult } from './prepared-query'

let db: Database
let url: string
let drop: () => Promise<void>
beforeAll(async () => {
  const made = await createTestDatabase()
  url = made.url
  db = openDatabase(url)
  drop = made.close
})
afterAll(async () => {
  await db.close()
  await drop()
})

const ask = (client: pg.Client, statement: Statement): Promise<PreparedResult | undefined> =>
  new Promise((resolve, reject) => {
    const query = new LaneQuery(statement as LaneStatement)
    query.callback = (error, result) => (error ? reject(error) : resolve(result))
    client.query(query)
  })

const types = prepared(
  'types',
  {},
  `SELECT true, false, 7::int2, (-32768)::int2, 2147483647, -5, 9007199254740993::int8, 1.5::numeric, 0.1::float8, 'Grüße "\\'::text, ''::text, 'v'::varchar,
    '\\x00ff5c'::bytea, ''::bytea, '2026-02-03 04:05:06.789+00'::timestamptz, '2026-02-03 04:05:06.789999+00'::timestamptz,
    '1969-12-31 23:59:59.9995+00'::timestamptz, '1900-01-01 00:00:00+00'::timestamptz, '9999-12-31 23:59:59.999+00'::timestamptz, '5000-06-01 00:00:00.005999+00'::timestamptz, '0050-06-01 00:00:00.005+00'::timestamptz,
    'infinity'::timestamptz, '-infinity'::timestamptz, '6f1c7f5e-2c0e-4e6a-9d5b-0a1b2c3d4e5f'::uuid, ARRAY['a"b', 'c\\d', '']::text[], '{}'::text[],
    '{"a": [1, null]}'::jsonb, '2026-02-03'::date, NULL::bytea, NULL::int, NULL::timestamptz, NULL::text
  FROM generate_series(1, 3)`,
)

describe('answers that are read here', () => {
  test('have the values that pg reads, the first time and later, in each row', async () => {
    const { rows, rowCount } = await db.query(types({}))
    for (let i = 0; i < 12; i++) expect(await db.lanes.query(types({}))).toMatchObject({ rows, rowCount })
    expect(rowCount).toBe(3)
  })

  test('keep their octets when others arrive', async () => {
    const echo = prepared('echo', { bytes: 'bytea' }, 'SELECT :bytes')
    const sent = Array.from({ length: 64 }, (_, i) => randomBytes(i * 97))
    for (let round = 0; round < 3; round++) {
      const found = await Promise.all(sent.map(bytes => db.lanes.query(echo({ bytes }))))
      expect(found.map(({ rows }) => (rows[0] as unknown as Buffer[])[0])).toEqual(sent)
    }
  })

  test('may be larger than what is read at once', async () => {
    const large = prepared('large', { count: 'int' }, `SELECT decode(repeat('00ff', :count), 'hex')`)
    for (const count of [10, 100_000, 700_000, 20]) {
      const { rows } = await db.lanes.query(large({ count }))
      const [bytes = Buffer.alloc(0)] = rows[0] as unknown as Buffer[]
      expect(bytes.length).toBe(2 * count)
      expect(bytes.equals(Buffer.alloc(2 * count, Buffer.from([0, 0xff])))).toBe(true)
    }
  })

  test('of statements that answer no rows are counted', async () => {
    const insert = prepared(
      'insert',
      { name: 'text' },
      `INSERT INTO vendor (name, updated_by) SELECT :name || i, 'x' FROM generate_series(1, 12) i ON CONFLICT DO NOTHING`,
    )
    for (const rowCount of [12, 0, 0]) expect(await db.lanes.query(insert({ name: 'A' }))).toMatchObject({ rowCount, rows: [] })
  })

  test('come between notices and other words of PostgreSQL', async () => {
    await db.query({
      text: `CREATE FUNCTION loud(n int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE 'n is %', n; PERFORM set_config('application_name', 'n' || n, false); RETURN n; END $$`,
    })
    const loud = prepared('loud', { n: 'int' }, 'SELECT loud(:n)')
    const found = await Promise.all(Array.from({ length: 40 }, (_, n) => db.lanes.query(loud({ n }))))
    expect(found.map(({ rows }) => rows[0])).toEqual(found.map((_, n) => [n]))
  })
})

test('a lane that cannot be read any more ends, and what is under way fails', async () => {
  const client = laneClient({ connectionString: url, pipeline: true } as pg.ClientConfig)
  const ended = new Promise<Error>(resolve => client.on('error', resolve))
  await client.connect()
  client.on('notice', () => {
    throw new Error('nobody listens')
  })
  const shout = prepared('shout', {}, 'SELECT loud(1)')
  const quiet = prepared('quiet', {}, 'SELECT 1')
  const found = await Promise.allSettled([shout, quiet].map(statement => ask(client, statement({}))))
  expect(found.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect((await ended).message).toBe('nobody listens')
})

/** In front of a PostgreSQL without TLS: takes a client's TLS off. */
function tlsInFront(target: { path: string } | { host: string; port: number }, sockets: Set<Socket>): Promise<Server> {
  const context = { now: new Date(), random: randomBytes, generateKeyPair: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }) }
  const { dpTls } = makeTestPki({ curve: 'P-256', dnsNames: ['localhost'], oid: '2.999.77' }, context)
  if (!dpTls) throw new Error('no certificate for TLS')
  const cert = `-----BEGIN CERTIFICATE-----\n${dpTls.certificate.toString('base64')}\n-----END CERTIFICATE-----\n`
  const secureContext = createSecureContext({ cert, key: dpTls.privateKey.export({ format: 'pem', type: 'pkcs8' }) })
  const server = createServer(socket => {
    sockets.add(socket)
    // SSLRequest has eight octets.
    socket.once('data', () => {
      socket.write('S')
      const opened = new TLSSocket(socket, { isServer: true, secureContext })
      const behind = connect(target)
      opened.pipe(behind).pipe(opened)
      for (const end of [opened, behind]) end.on('error', () => socket.destroy())
    })
  })
  return new Promise(resolve => server.listen(0, '127.0.0.1', () => resolve(server)))
}

test('a lane reads through TLS as well', async () => {
  const plain = new pg.Client({ connectionString: url })
  const { host, port, user, database, password } = plain
  const sockets = new Set<Socket>()
  const server = await tlsInFront(host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port }, sockets)
  const address = server.address()
  if (!address || typeof address === 'string') throw new Error('no port')
  const settings = { host: '127.0.0.1', port: address.port, user, database, password: password ?? undefined }
  const client = laneClient({ ...settings, ssl: { rejectUnauthorized: false }, pipeline: true } as pg.ClientConfig)
  await client.connect()
  const { rows } = await db.query(types({}))
  for (let i = 0; i < 3; i++)
    for (const found of await Promise.all(Array.from({ length: 3 }, () => ask(client, types({})))))
      expect(found).toMatchObject({ rows, rowCount: 3 })
  await client.end()
  for (const socket of sockets) socket.destroy()
  server.close()
})
