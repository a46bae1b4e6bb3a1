import { describe, expect, test } from 'vitest'
import { readSingle, tlv } from '@/lib/rsp/tlv'
import { readMetadata } from './metadata'
import { LoadFault } from './refusal'
import { type MetadataParts, makeMetadata } from './scripted-metadata'

test('every field is read', () => {
  const metadata = readMetadata(
    makeMetadata({
      iccid: '8949449999999990163',
      serviceProviderName: 'Größe',
      iconType: Buffer.of(0),
      icon: Buffer.alloc(1024),
      profileClass: 1,
      notifications: { 'a.example': [0, 3] },
      mccMnc: '130014',
      policyRules: [1],
    }),
  )
  expect(metadata).toMatchObject({
    iccid: '8949449999999990163',
    serviceProviderName: 'Größe',
    profileClass: 'provisioning',
    icon: { type: 'jpg' },
  })
  expect(metadata.notifications).toEqual([{ events: new Set([0, 3]), address: 'a.example' }])
  expect(metadata.policyRules).toEqual(new Set([1]))
  expect(readMetadata(makeMetadata()).profileClass).toBe('operational')
})

test('fields of later versions at the end are passed over', () => {
  const value = readSingle(makeMetadata(), 0xbf25).value
  expect(readMetadata(tlv(0xbf25, value, tlv(0x9b, Buffer.of(1)))).profileName).toBe('Test profile')
})

describe('metadata are refused', () => {
  const refused = (der: Buffer) => {
    try {
      readMetadata(der)
    } catch (error) {
      return error instanceof LoadFault && error.reason === 'incorrectInputValues'
    }
    return false
  }

  test.each<[string, MetadataParts]>([
    ['an empty service provider name', { serviceProviderName: '' }],
    ['a service provider name of 33 octets', { serviceProviderName: `${'x'.repeat(31)}é` }],
    ['a profile name of 65 octets', { profileName: 'x'.repeat(65) }],
    ['an icon of 1025 octets', { iconType: Buffer.of(1), icon: Buffer.alloc(1025) }],
    ['an icon without its type', { icon: Buffer.of(1) }],
    ['an icon type without its icon', { iconType: Buffer.of(1) }],
    ['an icon of a third type', { iconType: Buffer.of(2), icon: Buffer.of(1) }],
    ['the default class spelt out', { profileClass: 2 }],
    ['a class that does not exist', { profileClass: 3 }],
    ['a notification of no event', { notifications: { 'a.example': [] } }],
    ['a notification of an event that does not exist', { notifications: { 'a.example': [4] } }],
    ['a notification to nobody', { notifications: { '': [1] } }],
    ['an owner with a wildcard', { mccMnc: '00ee10' }],
    ['policy rules that name none', { policyRules: [] }],
  ])('with %s', (_name, parts) => {
    expect(refused(makeMetadata(parts))).toBe(true)
  })

  test('with a field twice, out of order, missing, or not UTF-8', () => {
    const value = readSingle(makeMetadata({ profileClass: 0 }), 0xbf25).value
    expect(refused(tlv(0xbf25, value, tlv(0x95, Buffer.of(0))))).toBe(true)
    expect(refused(tlv(0xbf25, value, tlv(0x93, Buffer.of(0)), tlv(0x94, Buffer.of(0))))).toBe(true)
    expect(refused(tlv(0xbf25, value.subarray(12)))).toBe(true)
    expect(refused(tlv(0xbf25, value.subarray(0, 12), tlv(0x91, Buffer.of(0xff)), tlv(0x92, Buffer.of(0x41))))).toBe(true)
    expect(refused(Buffer.concat([makeMetadata(), Buffer.of(0)]))).toBe(true)
  })

  test('with an ICCID that is too short or has letters', () => {
    const withIccid = (iccid: string) =>
      tlv(0xbf25, tlv(0x5a, Buffer.from(iccid, 'hex')), tlv(0x91, Buffer.of(0x41)), tlv(0x92, Buffer.of(0x41)))
    expect(refused(withIccid('980010325476981032'))).toBe(true)
    expect(refused(withIccid('9800103254769810a214'))).toBe(true)
    expect(refused(withIccid('98001032547698103214'))).toBe(false)
  })
})
