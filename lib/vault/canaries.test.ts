import { createCipheriv, randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Actor } from '@/lib/accounts/actor'
import { refusalOf } from '@/lib/action'
import { one } from '@/lib/db/pool'
import { approveBatch } from '@/lib/inventory/batches/approve-batch'
import { batchChecker } from '@/lib/inventory/batches/batch-checker'
import { createBatch } from '@/lib/inventory/batches/create-batch'
import { mappingOf } from '@/lib/inventory/batches/mapping-of'
import { startCheck } from '@/lib/inventory/batches/start-check'
import { makePortalPgpKey, pgpPrivateKeys } from '@/lib/inventory/pgp-keys'
import { subscriberCodes } from '@/lib/inventory/subscriber-codes'
import {
  enterTransportKey,
  enterTransportKeyPart,
  listTransportKeys,
  TransportKeyInput,
  transportKeyLookup,
} from '@/lib/inventory/transport-keys'
import { createType, TypeInput } from '@/lib/inventory/types'
import { testIccid } from '@/lib/rsp/testdata/personalised'
import { ts48 } from '@/lib/rsp/testdata/recorded-session'
import { Laboratory } from '@/lib/smdp/testing/laboratory'
import { checkSealed } from './check'
import { CANARIES, CANARY_SUBSCRIBER, CANARY_TRANSPORT_KEY, findCanaries } from './testing/canaries'
import { databaseText } from './testing/database-text'
import { watchPrinted } from './testing/printed'

describe('the search for planted secrets', () => {
  const { k, pin1 } = CANARY_SUBSCRIBER
  const octets = Buffer.from(k, 'hex')

  test.each([
    ['hexadecimal', `… ${k} …`, 'K in hex'],
    ['in lower case and groups', k.toLowerCase().replace(/(..)/g, '$1:'), 'K in hex'],
    ['a database’s text', `(1,"\\\\x${k.toLowerCase()}")`, 'K in hex'],
    ['the first half alone', k.slice(0, 16), 'K in hex'],
    ['swapped digits', k.replace(/(.)(.)/g, '$2$1'), 'K in hex with its digits swapped'],
    ['base64', octets.toString('base64'), 'K in base64'],
    ['base64 among others, one octet before', Buffer.concat([Buffer.of(7), octets, randomBytes(3)]).toString('base64'), 'K in base64'],
    ['base64 among others, two octets before', Buffer.concat([Buffer.of(7, 8), octets, randomBytes(3)]).toString('base64'), 'K in base64'],
    ['base64url', Buffer.concat([randomBytes(5), octets]).toString('base64url'), 'K in base64'],
    ['base64 of hexadecimal', Buffer.from(`{"k":"${k}"}`).toString('base64'), 'K in base64 of its hex'],
    ['JSON of a buffer', JSON.stringify({ key: octets }), 'K in list of decimals'],
    ['one decimal number', BigInt(`0x${k}`).toString(), 'K in decimal'],
    ['a code', `PIN: ${pin1}.`, 'PIN1'],
    ['a code in base64', Buffer.from(`{"pin1":"${pin1}"}`).toString('base64'), 'PIN1 in base64'],
    ['a code as EF content', Buffer.from(pin1).toString('hex'), 'PIN1 in hex'],
  ])('finds a secret as %s', (_, text, found) => expect(findCanaries(text)).toContain(found))

  test('finds the octets themselves, in octets', () => {
    expect(findCanaries(Buffer.concat([randomBytes(100), octets, randomBytes(100)]))).toContain('K')
  })

  test('finds nothing where nothing is', () => {
    expect(findCanaries(randomBytes(200_000))).toEqual([])
    expect(findCanaries(randomBytes(200_000).toString('hex'))).toEqual([])
    expect(findCanaries(JSON.stringify({ iccid: testIccid(1), at: new Date(), id: crypto.randomUUID() }))).toEqual([])
  })
})

const person = (name: string): Actor => ({ kind: 'account', name: `${name}@example.com`, role: 'administrator' })
const [anna, ben] = [person('anna'), person('ben')]

describe('planted secrets, after all that happens to them', () => {
  let lab: Laboratory
  let dataDir: string
  let printed: ReturnType<typeof watchPrinted>
  let pgpPrivateKey: string
  const answers: unknown[] = []
  const iccids = Array.from({ length: 4 }, (_, i) => testIccid(900 + i))
  const hidden = randomBytes(16)

  /** What a person is told of something that goes wrong. */
  const told = async (work: Promise<unknown>) => {
    const answer = await work.catch((error: unknown) => [refusalOf(error, 'canaries'), String(error), JSON.stringify(error)])
    answers.push(answer)
    return answer
  }

  const ctx = (actor: Actor) => ({ actor, now: new Date(), vault: lab.vault, dataDir })

  /** A row that is right, one that is refused, one with a weak key, and one that is cut off: each with the same secrets. */
  function csv(): string {
    const { k, opc, pin1, pin2, puk1, puk2, adm1 } = CANARY_SUBSCRIBER
    const rest = `${k},${opc},${pin1},${pin2},${puk1},${puk2},${adm1}`
    const rows = [
      `${iccids[0]},001010000009001,${rest}`,
      `${String(iccids[1]).slice(0, -1)}0,00101000000900,${rest}`,
      `${iccids[2]},001010000009003,${k}00,${opc.slice(2)},${pin1}x,${pin2},${puk1}9,${puk2},${adm1}`,
      `${iccids[0]},001010000009001,${rest}`,
      `${iccids[3]},001010000009004,${rest},"${k}`,
    ]
    return ['ICCID,IMSI,KI,OPC,PIN1,PIN2,PUK1,PUK2,ADM1', ...rows].join('\n')
  }

  async function uploadTable(text: string, name: string): Promise<string | undefined> {
    const upload = createBatch(lab.db, ctx(anna), {
      name,
      typeName: 'canary',
      vendor: 'Cards',
      source: Readable.from([Buffer.from(text)]),
    })
    const answer = await told(upload)
    return typeof answer === 'object' && answer && 'batchId' in answer ? String(answer.batchId) : undefined
  }

  beforeAll(async () => {
    lab = await Laboratory.open()
    dataDir = mkdtempSync(join(tmpdir(), 'canaries-'))
    printed = watchPrinted()
    const template = { file: { name: 'template.der', bytes: ts48('TS48v3_SAIP2.3_BERTLV.der') }, ctx: ctx(anna) }
    await createType(lab.db, anna, TypeInput.parse({ name: 'canary' }), template)
    await makePortalPgpKey(lab.db, ctx(anna), 'Slipway')
    pgpPrivateKey = (await pgpPrivateKeys(lab.db, lab.vault)) ?? ''

    const other = CANARY_TRANSPORT_KEY.replace(/./g, digit => (15 - Number.parseInt(digit, 16)).toString(16))
    const key = { vendor: 'Cards', algorithm: 'AES' as const, key: CANARY_TRANSPORT_KEY }
    answers.push(await enterTransportKey(lab.db, ctx(anna), TransportKeyInput.parse({ ...key, keyIndex: '1' })))
    await told(enterTransportKey(lab.db, ctx(anna), TransportKeyInput.parse({ ...key, keyIndex: '1' })))
    await told(enterTransportKey(lab.db, ctx(anna), TransportKeyInput.parse({ ...key, keyIndex: '2', checkValue: 'AAAAAA' })))
    await told((async () => TransportKeyInput.parse({ ...key, key: `${CANARY_TRANSPORT_KEY}0`, keyIndex: '3' }))())
    const begun = await enterTransportKey(lab.db, ctx(anna), TransportKeyInput.parse({ ...key, keyIndex: '4', parts: 2 }))
    await told(enterTransportKeyPart(lab.db, ctx(ben), { id: begun.id, key: CANARY_TRANSPORT_KEY }))
    await told(enterTransportKeyPart(lab.db, ctx(ben), { id: begun.id, key: other }))
    await told(enterTransportKey(lab.db, ctx(anna), TransportKeyInput.parse({ ...key, keyIndex: '5', parts: 2 })))
    answers.push(await listTransportKeys(lab.db, anna))

    for (const [text, name] of [
      [csv(), 'vendor.csv'],
      [csv().replaceAll(',', ';'), 'semicolons.csv'],
      [csv().split('\n').slice(1).join('\n'), 'no-header.csv'],
      [`${CANARY_SUBSCRIBER.k}\n${CANARY_SUBSCRIBER.opc}`, 'no-table.txt'],
    ] as const) {
      const batchId = await uploadTable(text, name)
      if (!batchId) continue
      answers.push(await mappingOf(lab.db, ctx(anna), batchId))
      await told(startCheck(lab.db, ctx(anna), batchId))
      await batchChecker().idle()
      await told(approveBatch(lab.db, ctx(anna), batchId, 'all'))
      await told(approveBatch(lab.db, ctx(anna), batchId, 'good'))
    }
  })
  afterAll(async () => {
    printed?.stop()
    await batchChecker().stop()
    await lab?.close()
    rmSync(dataDir, { recursive: true, force: true })
  })

  test('are in the stock, and open: the search looks where they are', async () => {
    const stock = await one<{ count: string }>(lab.db, { text: 'SELECT count(*) FROM stock' })
    expect(Number(stock?.count)).toBeGreaterThan(0)
    const key = await transportKeyLookup(lab.db, lab.vault, 'Cards')('1')
    expect(findCanaries(key?.key ?? Buffer.alloc(0))).toContain('transport key')
    const codes = await subscriberCodes(lab.db, ctx(anna), iccids[0] ?? '')
    expect(findCanaries(JSON.stringify(codes))).toEqual(['PIN1', 'PIN2', 'PUK1', 'PUK2'])
    expect(await checkSealed(lab.db, lab.vault)).toMatchObject({ failed: 0 })
  })

  test('are in no table of the database', async () => {
    const privateMark = pgpPrivateKey.split('\n').find(line => /^[A-Za-z0-9+/]{40,}$/.test(line)) ?? ''
    const tables: string[] = []
    for await (const { table, text } of databaseText(lab.db)) {
      tables.push(table)
      expect(findCanaries(text), table).toEqual([])
      expect(text.includes('PRIVATE KEY'), table).toBe(false)
      expect(privateMark !== '' && text.includes(privateMark), table).toBe(false)
    }
    expect(tables).toEqual(
      expect.arrayContaining(['public.batch', 'public.batch_finding', 'public.audit', 'public.transport_key', 'public.profile']),
    )
  })

  test('are in no answer, refusal or report', () => expect(findCanaries(JSON.stringify(answers))).toEqual([]))

  test('are in no file of the data folder', () => {
    const files = readdirSync(dataDir, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile())
    for (const file of files) expect(findCanaries(readFileSync(join(file.parentPath, file.name))), file.name).toEqual([])
  })

  test('are in nothing that was printed', () => {
    console.info('canaries have been planted')
    expect(printed.text()).toContain('canaries have been planted')
    expect(findCanaries(printed.text())).toEqual([])
  })

  test('would be found if a ciphertext were one in name only', () => {
    const cipher = createCipheriv('aes-256-ctr', Buffer.alloc(32), Buffer.alloc(16))
    const sealed = Buffer.concat([cipher.update(Buffer.from(CANARY_SUBSCRIBER.k, 'hex')), cipher.final(), hidden])
    expect(findCanaries(sealed)).toEqual([])
    expect(
      findCanaries(Buffer.concat([hidden, ...CANARIES.map(({ octets }) => octets)])).filter(found => !found.includes(' in ')),
    ).toHaveLength(CANARIES.length)
  })
})
