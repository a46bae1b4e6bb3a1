import { createHash, type KeyObject } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { deriveBspKeys, sharedSecret } from '@/lib/rsp/crypto/key-agreement'
import { eidToBcd } from '@/lib/rsp/identifiers'
import { readAll, readSingle } from '@/lib/rsp/tlv'
import { Device, octetsOf, verdictOf } from '../testing/device'
import { type Answer, Laboratory } from '../testing/laboratory'
import { hostId } from './get-bound-profile-package'

let lab: Laboratory
beforeAll(async () => {
  lab = await Laboratory.open()
  await lab.addType({ name: 'random', protection: 'random' })
})
afterAll(() => lab.close())

/** Everything that the database holds, as text with octets in hexadecimal. */
async function wholeDatabase(): Promise<string> {
  const tables = await lab.sql(`SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`)
  const rows: string[] = []
  for (const { name } of tables)
    for (const { row } of await lab.sql(`SELECT row_to_json(t)::text AS row FROM "${name}" t`)) rows.push(String(row))
  return rows.join('\n').toLowerCase()
}

const scalarOf = (key: KeyObject): Buffer => Buffer.from(String(key.export({ format: 'jwk' }).d), 'base64url')

function otPkDpOf(bound: Answer): Buffer {
  const secureChannel = readAll(readSingle(octetsOf(bound, 'boundProfilePackage'), 0xbf36).value)[0]
  return readAll(secureChannel?.value ?? Buffer.alloc(0)).find(member => member.tag === 0x5f49)?.value ?? Buffer.alloc(0)
}

test.each(['test', 'random'])('package, keys, codes and private keys lie nowhere plain in the database (type “%s”)', async type => {
  const code = 'Nobody-May-Read-This-7'
  const { matchingId, upp, iccid } = await lab.issued({ type, confirmationCode: code })
  const device = new Device(lab)
  await device.authenticate(matchingId)
  await device.fetch({ confirmationCode: 'A-Wrong-One-4711' })
  const drawn: Buffer[] = []
  device.through = ctx => ({
    ...ctx,
    random: bytes => {
      const octets = ctx.random(bytes)
      drawn.push(Buffer.from(octets))
      return octets
    },
  })
  const bound = await device.fetch({ confirmationCode: code })
  expect(verdictOf(bound)).toBe('Executed-Success')
  const [otSkDp, ...others] = drawn
  const otSkEuicc = Buffer.from(device.card.oneTimeKeys.at(-1)?.euiccOtsk ?? '', 'hex')
  const { initialMacChainingValue, sEnc, sMac } = deriveBspKeys(
    sharedSecret('P-256', otSkEuicc, otPkDpOf(bound)),
    hostId,
    eidToBcd(device.euicc.eid),
  )
  const pki = lab.pki.get('P-256')
  if (!pki?.dpTls || !otSkDp) throw new Error('nothing drawn')

  // Ki of the TS.48 packages
  const ki = Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex')
  expect(upp.includes(ki)).toBe(true)
  const pieces = Array.from({ length: 200 }, (_, i) => upp.subarray(200 + i * 40, 224 + i * 40)).filter(
    piece => piece.length === 24 && new Set(piece).size > 12,
  )
  expect(pieces.length).toBeGreaterThan(20)
  const segments = octetsOf(bound, 'boundProfilePackage')
  const secrets: Buffer[] = [
    ki,
    otSkDp,
    ...(type === 'random' ? others.slice(0, 3) : []),
    initialMacChainingValue,
    sEnc,
    sMac,
    ...pieces,
    segments.subarray(-64),
    Buffer.from(code),
    createHash('sha256').update(code).digest(),
    Buffer.from('A-Wrong-One-4711'),
    createHash('sha256').update('A-Wrong-One-4711').digest(),
    ...[pki.dpAuth, pki.dpPb, pki.dpTls].map(one => scalarOf(one.privateKey)),
  ]
  const text = await wholeDatabase()
  expect(text).toContain(iccid)
  expect(text).toContain(otPkDpOf(bound).toString('hex'))
  const found = secrets.filter(
    secret =>
      text.includes(secret.toString('hex')) ||
      text.includes(secret.toString('base64').toLowerCase()) ||
      text.includes(secret.toString('latin1').toLowerCase()),
  )
  expect(found.map(secret => secret.toString('hex'))).toEqual([])
})
