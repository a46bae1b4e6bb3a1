import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { detectFile } from './detect'
import { FileError } from './file-error'
import { craftedZip } from './testing/crafted-zip'
import { tableLines } from './testing/upload-file'

const detect = (bytes: Buffer | string, size?: number) => {
  const head = Buffer.from(bytes)
  return detectFile(head, size ?? head.length)
}
const ts48 = readFileSync(new URL('../../rsp/testdata/profiles/TS48v5_SAIP2.3_BERTLV_SUCI.der', import.meta.url))
const table = tableLines(3).join('\n')
const utf16 = (text: string, { bom = true, bigEndian = false } = {}) => {
  const octets = Buffer.from((bom ? '\ufeff' : '') + text, 'utf16le')
  return bigEndian ? octets.swap16() : octets
}

describe('detectFile tells by the octets', () => {
  test.each([
    ['a package', ts48, { format: 'der' }],
    ['a ZIP file', craftedZip([{ name: 'a', bytes: Buffer.from('a') }]), { format: 'zip' }],
    ['an empty ZIP file', craftedZip([]), { format: 'zip' }],
    ['an armoured PGP message', '\r\n-----BEGIN PGP MESSAGE-----\r\n\r\nabcd\r\n', { format: 'pgp', armoured: true }],
    ['a binary PGP message, old framing', Buffer.from('85010c030102030405060708', 'hex'), { format: 'pgp', armoured: false }],
    ['a binary PGP message, new framing', Buffer.from('c15e031122334455667788', 'hex'), { format: 'pgp', armoured: false }],
    ['a table', table, { format: 'csv', encoding: 'utf-8', bomBytes: 0, newline: '\n' }],
    ['a table of an old Macintosh', table.replaceAll('\n', '\r'), { format: 'csv', newline: '\r' }],
    ['an output file', `*\n* HEADER DESCRIPTION\n*\nCustomer: x\n`, { format: 'out' }],
    ['an output file by var_out alone', 'Quantity: 1\nVAR_OUT: ICCID/KI\n', { format: 'out' }],
  ])('%s', (_, bytes, expected) => expect(detect(bytes)).toMatchObject(expected))

  test.each([
    ['UTF-8 with a mark', Buffer.from(`\ufeff${table}ä`), 'utf-8', 3],
    ['UTF-8 without', Buffer.from(`${table}ä€`), 'utf-8', 0],
    ['UTF-16 with a mark', utf16(table), 'utf-16le', 2],
    ['UTF-16 the other way round', utf16(table, { bigEndian: true }), 'utf-16be', 2],
    ['UTF-16 without a mark', utf16(table, { bom: false }), 'utf-16le', 0],
    ['UTF-16 the other way round without a mark', utf16(table, { bom: false, bigEndian: true }), 'utf-16be', 0],
    ['Latin-1', Buffer.from(`${table},Größe`, 'latin1'), 'latin1', 0],
  ])('%s', (_, bytes, encoding, bomBytes) => {
    const detected = detect(bytes)
    expect(detected).toMatchObject({ format: 'csv', encoding, bomBytes })
    expect('head' in detected && detected.head.startsWith('ICCID,IMSI')).toBe(true)
  })

  test('UTF-8 of which the sample cuts the last character', () =>
    expect(detect(Buffer.from(`${table}\nä€`).subarray(0, -1), 100_000)).toMatchObject({ encoding: 'utf-8' }))
})

describe('detectFile refuses in a sentence', () => {
  test.each([
    ['nothing', '', 'The file is empty.'],
    ['blanks', ' \r\n\r\n ', 'The file is empty.'],
    ['a workbook', craftedZip([{ name: '[Content_Types].xml', bytes: Buffer.from('x') }]), 'Excel workbook'],
    ['an old workbook', Buffer.from('d0cf11e0a1b11ae1', 'hex'), 'old Excel workbook'],
    ['gzip', gzipSync('a'), 'gzip'],
    ['PDF', '%PDF-1.7', 'PDF'],
    ['a bound package', Buffer.from('bf36820100', 'hex'), 'already bound'],
    ['a package in text', ts48.toString('hex'), 'hexadecimal text'],
    ['UTF-32', Buffer.from('fffe000041000000', 'hex'), 'UTF-32'],
    ['a PGP key', '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nabc', 'This is a PGP key'],
    ['a signed text', '-----BEGIN PGP SIGNED MESSAGE-----\n\nabc', 'not encrypted'],
    ['a certificate', '-----BEGIN CERTIFICATE-----\nabc', 'a certificate or a key'],
    ['a mail around a message', `Dear operator,\n\n-----BEGIN PGP MESSAGE-----\n`, 'text in front of the PGP message'],
    ['XML', '<?xml version="1.0"?>', 'XML'],
    ['JSON', '[{"iccid": "1"}]', 'JSON'],
    ['noise', Buffer.from(Array.from({ length: 3000 }, (_, i) => (i * 7919) % 251)), 'no text, no ZIP file'],
  ])('%s', (_, bytes, sentence) => {
    expect(() => detect(bytes)).toThrow(FileError)
    expect(() => detect(bytes)).toThrow(sentence)
  })

  test('a first line that does not end', () => expect(() => detect('1,'.repeat(30_000), 1e9)).toThrow('first line does not end'))
})
