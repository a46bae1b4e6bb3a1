import { describe, expect, test } from 'vitest'
import { SubscriberValues, valueErrors } from './subscriber-values'

const iccid = '8949449999999990163'
const k = '465B5CE8B199B49FAA5F0A2EE238A6BC'
const errorsOf = (values: Record<string, unknown>) => {
  const { error } = SubscriberValues.safeParse({ iccid, ...values })
  return error ? valueErrors(error) : {}
}

describe('SubscriberValues', () => {
  test('takes a full row and tidies ICCID and hexadecimal', () => {
    const row = {
      iccid: `${iccid}F`,
      imsi: '001010123456063',
      k: k.toLowerCase(),
      op: `${k.slice(0, 16)} ${k.slice(16)}`,
      adm1: '12345678',
    }
    expect(SubscriberValues.parse(row)).toEqual({ ...row, iccid, k, op: k })
  })

  test.each([
    ['iccid', { iccid: '123' }, 'An ICCID has 18 to 20 digits.'],
    ['imsi', { imsi: '00101012345606' }, 'An IMSI has 15 digits.'],
    ['imsi', { imsi: 1010123456063 }, 'An IMSI has 15 digits.'],
    ['mncLength', { mncLength: 4 }, 'The MNC has 2 or 3 digits.'],
    ['acc', { acc: '1' }, 'The access control classes are 4 hexadecimal digits.'],
    ['msisdn', { msisdn: '+49 171' }, 'A number has 3 to 15 digits, in international form.'],
    ['smsp', { smsp: 'FF' }, 'An SMS parameter record has 28 octets or more in hexadecimal.'],
    ['spn', { spn: '' }, 'The service provider name is empty.'],
    ['impi', { impi: 'somebody' }, 'An IMS private identity is written user@realm.'],
    ['impu', { impu: 'somebody@example.org' }, 'An IMS public identity begins with sip: or tel:.'],
    ['imsDomain', { imsDomain: 'not a host' }, 'An IMS domain is a host name.'],
    ['k', { k: 'zz' }, 'K has 32 hexadecimal digits, or 64 with TUAK.'],
    ['k', { k: k.slice(2) }, 'K has 32 hexadecimal digits, or 64 with TUAK.'],
    ['opc', { k, opc: k + k }, 'OPc has 32 hexadecimal digits.'],
    ['topc', { k, topc: k }, 'TOPc has 64 hexadecimal digits.'],
    ['opc', { opc: k }, 'OPc needs K with it.'],
    ['op', { k, opc: k, op: k }, 'OP and OPc are both given; one is enough.'],
    ['topc', { k, opc: k, topc: k + k }, 'TOPc belongs to TUAK, OPc and OP belong to Milenage; only one of them can be right.'],
    ['pin1', { pin1: '123' }, 'A PIN has 4 to 8 digits.'],
    ['puk1', { puk1: '1234567' }, 'A PUK has 8 digits.'],
    ['adm1', { adm1: 'secret' }, 'An ADM key has 4 to 8 digits, or 16 hexadecimal digits.'],
    ['otaKeys.0.key', { otaKeys: [{ keyVersion: 1, keyId: 1, key: '00' }] }, 'An OTA key has 8 to 64 octets in hexadecimal.'],
    ['otaKeys.0.keyVersion', { otaKeys: [{ keyVersion: 0, keyId: 1, key: k }] }, 'A key version is a number from 1 to 127.'],
    ['otaKeys', { otaKeys: [1, 1].map(keyId => ({ keyVersion: 1, keyId, key: k })) }, 'Two OTA keys have the same version and identifier.'],
    [
      'suciKeys.0.publicKey',
      { suciKeys: [{ profile: 'B', keyId: 1, publicKey: '00'.repeat(32) }] },
      'The public key has 32 octets with profile A, 33 or 65 with profile B.',
    ],
    ['routingIndicator', { routingIndicator: '12345' }, 'A routing indicator has 1 to 4 digits.'],
    [
      'smsc',
      { smsc: '+491710760000', smsp: 'FF'.repeat(28) },
      'The SMS parameter record and the service centre are both given; one is enough.',
    ],
    ['', { kii: k }, 'No subscriber value has this name: kii.'],
  ])('%s: a wrong value has a sentence', (name, values, sentence) => {
    expect(errorsOf(values)).toEqual({ [name]: sentence })
  })

  test('no message quotes a value', () => {
    const secrets = {
      k: 'C0FFEE',
      opc: 'DEADBEEF',
      pin1: '481516',
      puk1: '4815162',
      adm1: 'FEEDFACE',
      otaKeys: [{ keyVersion: 1, keyId: 1, key: 'BADC0DE' }],
    }
    const told = JSON.stringify(errorsOf({ ...secrets, pin1: '481516x' }))
    expect(told).toMatch(/K has 32/)
    expect(told).not.toMatch(/C0FFEE|DEADBEEF|481516|FEEDFACE|BADC0DE/)
  })
})
