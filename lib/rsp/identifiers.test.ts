import { describe, expect, test } from 'vitest'
import {
  Eid,
  eidCheckDigitsHold,
  eidToBcd,
  Iccid,
  iccidFromBcd,
  iccidFromSwappedBcd,
  iccidToBcd,
  iccidToSwappedBcd,
  luhnHolds,
  MatchingId,
  Oid,
  TransactionId,
  TypedEid,
} from './identifiers'

const accepts = (schema: { safeParse(value: unknown): { success: boolean } }, value: unknown) => schema.safeParse(value).success

describe('ICCID', () => {
  test.each(['8949449999999990163', '894944999999999016', '89494499999999901630', '8949 4499 9999 9990 163', '8949449999999990163F'])(
    '%s',
    text => expect(Iccid.parse(text)).toMatch(/^[0-9]{18,20}$/),
  )
  test.each(['', '8949', '894944999999999016300', '89494499999999901A3', 'F'])('“%s” is none', text =>
    expect(accepts(Iccid, text)).toBe(false),
  )

  test.each([
    ['8949449999999990163', '989444999999990961f3', '8949449999999990163f'],
    ['89000123456789012341', '98001032547698103214', '89000123456789012341'],
    ['890001234567890123', '980010325476981032ff', '890001234567890123ff'],
  ])('%s in EF.ICCID and in the ProfileHeader', (iccid, swapped, plain) => {
    expect(iccidToSwappedBcd(iccid).toString('hex')).toBe(swapped)
    expect(iccidToBcd(iccid).toString('hex')).toBe(plain)
    expect(iccidFromSwappedBcd(Buffer.from(swapped, 'hex'))).toBe(iccid)
    expect(iccidFromBcd(Buffer.from(plain, 'hex'))).toBe(iccid)
  })

  test.each(['', 'ff', 'ffffffffffffffffffff', '9894449999999909a13f', '98'])('octets %s hold none', octets =>
    expect(() => iccidFromSwappedBcd(Buffer.from(octets, 'hex'))).toThrow(),
  )

  test('the check digit is that of Luhn', () => {
    expect(luhnHolds('8949449999999990163')).toBe(true)
    expect(luhnHolds('8949449999999990164')).toBe(false)
  })
})

describe('EID', () => {
  const eid = '89049032123451234512345678901235'
  test('has 32 digits; its octets are in reading order', () => {
    expect(eidToBcd(Eid.parse(eid)).toString('hex')).toBe(eid)
    for (const wrong of ['', eid.slice(1), `${eid}0`, `${eid.slice(1)}A`]) expect(accepts(Eid, wrong)).toBe(false)
  })

  test('check digits are not part of the format, but of what a person types', () => {
    expect(eidCheckDigitsHold(eid)).toBe(true)
    const mistyped = eid.replace(/5$/, '6')
    expect(accepts(Eid, mistyped)).toBe(true)
    expect(accepts(TypedEid, mistyped)).toBe(false)
    expect(TypedEid.parse('8904 9032-1234 5123 4512 3456 7890 1235')).toBe(eid)
  })
})

describe('MatchingID, transactionId, OID', () => {
  test.each(['', 'A', '0-9-Z', 'A'.repeat(64)])('MatchingID “%s”', text => expect(MatchingId.parse(text)).toBe(text))
  test.each(['a', 'A_B', 'A B', 'A$B', 'Ä', 'A\n', 'A'.repeat(65)])('“%s” is no MatchingID', text =>
    expect(accepts(MatchingId, text)).toBe(false),
  )

  test('a transactionId has 1 to 16 octets, upper case from here on', () => {
    expect(TransactionId.parse('0aFf')).toBe('0AFF')
    for (const wrong of ['', '0', '0g', '00'.repeat(17), '00\n']) expect(accepts(TransactionId, wrong)).toBe(false)
  })

  test('an OID is written as numbers with dots', () => {
    expect(accepts(Oid, '2.999.10')).toBe(true)
    for (const wrong of ['', '2', '3.1', '2.01', '2.', '2..1', 'x']) expect(accepts(Oid, wrong)).toBe(false)
  })
})
