import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { checkPersonalised } from './check-personalised'
import { personalise, prepareTemplate } from './personalise'
import { SubscriberValues } from './subscriber-values'
import { valuesOfTemplate } from './template-values'

const names = ['TS48v1_A', 'TS48v3_SAIP2.3_BERTLV', 'TS48v4_SAIP2.1A_NoBERTLV', 'TS48v5_SAIP2.3_BERTLV_SUCI']
const templates = new Map(
  names.map(name => [name, prepareTemplate(readFileSync(new URL(`../testdata/profiles/${name}.der`, import.meta.url)))]),
)
const templateOf = (name: string) => templates.get(name) ?? prepareTemplate(Buffer.alloc(0))

const all = {
  iccid: '8949449999999990163',
  imsi: '262019876543210',
  msisdn: '+4915112345678',
  smsc: '+491710760000',
  k: '465B5CE8B199B49FAA5F0A2EE238A6BC',
  opc: 'CD63CB71954A9F4E48A5994E37A02BAF',
  pin1: '4711',
  pin2: '081500',
  puk1: '12345678',
  puk2: '87654321',
  adm1: '0011223344556677',
  mncLength: 3,
} as const

/** Those of the values that the template has a place for. */
function valuesFor(name: string, given: Record<string, unknown> = all): SubscriberValues {
  const missing = new Set(valuesOfTemplate(templateOf(name)).flatMap(({ value, places }) => (places.length === 0 ? [value as string] : [])))
  return SubscriberValues.parse(Object.fromEntries(Object.entries(given).filter(([value]) => !missing.has(value))))
}

describe.each(names)('a package of %s', name => {
  const template = templateOf(name)

  test('holds the values of its row, and else what the template has', () => {
    expect(checkPersonalised(template, valuesFor(name))).toEqual([])
    expect(checkPersonalised(template, valuesFor(name, { iccid: all.iccid }))).toEqual([])
    expect(checkPersonalised(template, valuesFor(name, { ...all, deriveIms: true, acc: '0200', routingIndicator: '12' }))).toEqual([])
  })

  test('is told when any value is another', () => {
    const values = valuesFor(name)
    const made = personalise(template, values)
    const others = {
      iccid: '8949449999999990171',
      imsi: '262019876543211',
      msisdn: '+4915112345679',
      smsc: '+491710760001',
      k: '465B5CE8B199B49FAA5F0A2EE238A6BD',
      opc: 'CD63CB71954A9F4E48A5994E37A02BAE',
      pin1: '4712',
      pin2: '081501',
      puk1: '12345679',
      puk2: '87654322',
      adm1: '0011223344556678',
      mncLength: 2,
    }
    for (const [value, other] of Object.entries(others)) {
      if (!(value in values)) continue
      const problems = checkPersonalised(template, SubscriberValues.parse({ ...values, [value]: other }), made)
      expect(problems.length, value).toBeGreaterThan(0)
      for (const problem of problems)
        for (const secret of [values.k, values.opc, values.adm1, String(other)]) expect(problem).not.toContain(secret ?? 'nothing')
    }
  })

  test('is told when any octet of it is another', () => {
    const values = valuesFor(name)
    const made = personalise(template, values)
    const missed: number[] = []
    for (let at = 0; at < made.length; at += 11) {
      const changed = Buffer.from(made)
      changed[at] = (changed[at] ?? 0) ^ 1
      if (checkPersonalised(template, values, changed).length === 0) missed.push(at)
    }
    expect(missed).toEqual([])
  })
})

test('OTA keys and SUCI keys are read back', () => {
  const name = 'TS48v5_SAIP2.3_BERTLV_SUCI'
  const template = templateOf(name)
  const places = template.places.otaKeys
  const otaKeys = places
    .slice(0, 3)
    .map(({ keyVersion, keyId, securityDomain, data }) => ({ keyVersion, keyId, securityDomain, key: 'AB'.repeat(data.value.length) }))
  const suciKeys = [{ profile: 'A' as const, keyId: 27, publicKey: '5A8D38864820197C3394B92613B20B91633CBD897119273BF8E4A6F4EEC0A650' }]
  const values = SubscriberValues.parse({ ...all, otaKeys, suciKeys })
  const made = personalise(template, values)
  expect(checkPersonalised(template, values, made)).toEqual([])
  const otherKeys = otaKeys.map(key => ({ ...key, key: key.key.replace('AB', 'AC') }))
  expect(checkPersonalised(template, SubscriberValues.parse({ ...values, otaKeys: otherKeys }), made)).toContain(
    'The OTA keys in the package is not that of the row.',
  )
  const otherSuci = suciKeys.map(key => ({ ...key, keyId: 28 }))
  expect(checkPersonalised(template, SubscriberValues.parse({ ...values, suciKeys: otherSuci }), made).length).toBeGreaterThan(0)
})

test('a package of another template is told', () => {
  const [one = '', other = ''] = names.slice(2)
  const values = valuesFor(one, { iccid: all.iccid, imsi: all.imsi })
  expect(checkPersonalised(templateOf(other), values, personalise(templateOf(one), values)).length).toBeGreaterThan(0)
  expect(checkPersonalised(templateOf(other), values, Buffer.from('a0'))).toHaveLength(1)
})
