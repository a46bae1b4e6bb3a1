import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { bestFor, type TlsCredential } from './tls-contexts'

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' }) as { privateKey: KeyObject }
const now = new Date('2030-06-01T00:00:00Z')

const credential = (fingerprint: string, changes: Partial<TlsCredential>): TlsCredential => ({
  certificate: Buffer.alloc(0),
  privateKey,
  fingerprint,
  dnsNames: ['smdp.example.com'],
  curve: 'P-256',
  number: 1,
  notBefore: new Date('2030-01-01T00:00:00Z'),
  notAfter: new Date('2031-01-01T00:00:00Z'),
  ...changes,
})

describe('the certificate for a name', () => {
  const cases: [string, TlsCredential[], string, string][] = [
    [
      'carries the name',
      [credential('other', { dnsNames: ['a.example.com'], number: 2 }), credential('right', {})],
      'smdp.example.com',
      'right',
    ],
    [
      'carries the name in any case',
      [credential('right', { dnsNames: ['SMDP.Example.com'] }), credential('other', { dnsNames: ['a'], number: 2 })],
      'smdp.example.com',
      'right',
    ],
    [
      'may be for a wildcard',
      [credential('other', { dnsNames: ['a.b'], number: 2 }), credential('right', { dnsNames: ['*.example.com'] })],
      'smdp.example.com',
      'right',
    ],
    [
      'is not for a wildcard two labels up',
      [credential('wildcard', { dnsNames: ['*.com'] }), credential('last', { dnsNames: ['a.b'], number: 2 })],
      'smdp.example.com',
      'last',
    ],
    [
      'is a valid one before an expired one',
      [credential('expired', { notAfter: new Date('2030-05-01'), number: 2 }), credential('right', {})],
      'smdp.example.com',
      'right',
    ],
    [
      'is on P-256, which every client speaks',
      [credential('brainpool', { curve: 'brainpoolP256r1', number: 2 }), credential('right', {})],
      'smdp.example.com',
      'right',
    ],
    ['is the one that was imported last', [credential('first', {}), credential('last', { number: 2 })], 'smdp.example.com', 'last'],
    ['is any rather than none', [credential('only', {})], 'portal.example.com', 'only'],
  ]
  test.each(cases)('%s', (_, credentials, name, fingerprint) => {
    expect(bestFor(credentials, name, now)?.fingerprint).toBe(fingerprint)
  })
})
