import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { integerValue, tlv } from '@/lib/rsp/tlv'
import { craftHeader, craftMf, craftPackage, craftUsim, descriptor, element, fileElement, skip, write } from './crafted-package'
import { PackageError, readElements } from './elements'
import { opcFromOp } from './milenage'
import { PersonalisationError, personalise, prepareTemplate } from './personalise'
import { readPackage } from './read-package'
import { SubscriberValues } from './subscriber-values'
import { templateValues } from './template-values'

const names = ['TS48v1_A', 'TS48v3_SAIP2.3_BERTLV', 'TS48v4_SAIP2.1A_NoBERTLV', 'TS48v5_SAIP2.3_BERTLV_SUCI']
const profile = (name: string) => readFileSync(new URL(`../testdata/profiles/${name}.der`, import.meta.url))
const suciProfile = profile('TS48v5_SAIP2.3_BERTLV_SUCI')

/** xorshift32: the same "random" numbers in every run. */
function randomFrom(seed: number) {
  let state = seed
  const below = (limit: number) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % limit
  }
  const digits = (count: number) => Array.from({ length: count }, () => below(10)).join('')
  const hex = (octets: number) => Array.from({ length: 2 * octets }, () => below(16).toString(16)).join('')
  return { below, digits, hex }
}

/** A second reader, for the tests alone: no code in common with the one that is tested. */
interface Leaf {
  path: string
  hex: string
}
function leaves(bytes: Buffer, path = ''): Leaf[] {
  const found: Leaf[] = []
  const seen = new Map<string, number>()
  for (let at = 0; at < bytes.length; ) {
    const start = at
    const first = bytes.readUInt8(at++)
    if ((first & 31) === 31) while (bytes.readUInt8(at++) & 0x80);
    const tag = bytes.toString('hex', start, at)
    let length = bytes.readUInt8(at++)
    if (length >= 0x80) {
      const octets = length - 0x80
      length = bytes.readUIntBE(at, octets)
      if (length < (octets === 1 ? 0x80 : 256 ** (octets - 1))) throw new Error('a length is not minimal')
      at += octets
    }
    const count = (seen.get(tag) ?? 0) + 1
    seen.set(tag, count)
    const own = `${path}/${tag}${count > 1 ? `#${count}` : ''}`
    const value = bytes.subarray(at, at + length)
    if (value.length !== length) throw new Error('a length is wrong')
    if (first & 0x20) found.push({ path: own, hex: '' }, ...leaves(value, own))
    else found.push({ path: own, hex: value.toString('hex') })
    at += length
  }
  return found
}
const byPath = (upp: Buffer) => new Map(leaves(upp).map(({ path, hex }) => [path, hex]))
const at = (upp: Buffer, path: string) => byPath(upp).get(path)
const changedPaths = (before: Buffer, after: Buffer): string[] => {
  const [old, now] = [byPath(before), byPath(after)]
  return [...new Set([...old.keys(), ...now.keys()])].filter(path => old.get(path) !== now.get(path))
}

const parse = (values: Record<string, unknown>) => SubscriberValues.parse(values)
const iccid = '8949449999999990163'
const k = '465b5ce8b199b49faa5f0a2ee238a6bc'
const opc = 'cd63cb71954a9f4e48a5994e37a02baf'

function randomValues({ below, digits, hex }: ReturnType<typeof randomFrom>, { suci }: { suci: boolean }) {
  return {
    iccid: `89${digits(below(2) ? 17 : 18)}`,
    imsi: digits(15),
    mncLength: below(2) ? 2 : 3,
    msisdn: `${below(2) ? '+' : ''}${digits(5 + below(11))}`,
    smsc: `+${digits(5 + below(11))}`,
    spn: ['Net', 'Ünité [1]', 'Жолок', 'SIXTEEN LETTERS.'][below(4)],
    k: hex(16),
    opc: hex(16),
    pin1: digits(4 + below(5)),
    pin2: digits(4 + below(5)),
    puk1: digits(8),
    puk2: digits(8),
    adm1: below(2) ? digits(8) : hex(8),
    deriveIms: true,
    otaKeys: [1, 2, 3].map(keyId => ({ keyVersion: 2, keyId, key: hex(16 + 16 * below(2)) })),
    ...(suci ? { routingIndicator: digits(1 + below(4)), suciKeys: [{ profile: 'A', keyId: below(256), publicKey: hex(32) }] } : {}),
  }
}

describe('personalise: the TS.48 packages as templates', () => {
  test.each(names)('%s takes random valid values, and both readers find them again', name => {
    const upp = profile(name)
    const template = prepareTemplate(upp)
    const random = randomFrom(0x51caf)
    for (let round = 0; round < 40; round++) {
      const given = randomValues(random, { suci: name !== 'TS48v1_A' })
      const made = personalise(template, parse(given))
      const info = readPackage(made)
      expect(info).toMatchObject({
        iccid: given.iccid,
        imsi: given.imsi,
        mncLength: given.mncLength,
        mccMnc: given.imsi.slice(0, 3 + given.mncLength),
        spn: given.spn,
        algorithms: ['milenage', 'cave'],
        errors: [],
      })
      const present = new Map(templateValues(made).map(row => [row.value, row.present]))
      const domain = `ims.mnc${given.imsi.slice(3, 3 + given.mncLength).padStart(3, '0')}.mcc${given.imsi.slice(0, 3)}.3gppnetwork.org`
      expect(present.get('msisdn')).toBe(`+${given.msisdn.replace('+', '')}`)
      expect(present.get('smsc')).toBe(given.smsc)
      expect(present.get('impi')).toBe(`${given.imsi}@${domain}`)
      expect(present.get('impu')).toBe(`sip:${given.imsi}@${domain}`)
      expect(present.get('imsDomain')).toBe(domain)
      expect(present.get('acc')).toBe((1 << Number(given.imsi.at(-1))).toString(16).toUpperCase().padStart(4, '0'))
      if (given.routingIndicator) expect(present.get('routingIndicator')).toBe(given.routingIndicator)
      if (given.suciKeys) expect(present.get('suciKeys')).toBe('1 public key')

      const found = byPath(made)
      const pin = (code: string) => Buffer.from(code).toString('hex').padEnd(16, 'f')
      expect(found.get('/a0/83')).toBe(given.iccid.padEnd(20, 'f'))
      expect(found.get('/b0/a4/83')).toBe(given.iccid.padEnd(20, 'f').replace(/(.)(.)/g, '$2$1'))
      expect(found.get('/b3/a3/83')).toBe(`08${`9${given.imsi}`.replace(/(.)(.)/g, '$2$1')}`)
      for (const aka of ['/a4', '/a4#2']) {
        expect(found.get(`${aka}/a1/a1/80`)).toBe('01')
        expect(found.get(`${aka}/a1/a1/82`)).toBe(given.k)
        expect(found.get(`${aka}/a1/a1/83`)).toBe(given.opc)
      }
      expect(found.get('/a2/a1/a0/30/81')).toBe(pin(given.pin1))
      expect(found.get('/a2/a1/a0/30#2/81')).toBe(given.adm1.length === 16 ? given.adm1 : pin(given.adm1))
      for (const codes of ['/a2#2', '/a2#3', '/a2#4', '/a2#5'])
        if (found.get(`${codes}/a1/a0/30/80`)) expect(found.get(`${codes}/a1/a0/30/81`)).toBe(pin(given.pin2))
      expect(found.get('/a3/a1/30/81')).toBe(pin(given.puk1))
      expect(found.get('/a3/a1/30#2/81')).toBe(pin(given.puk2))
      for (const { keyId, key } of given.otaKeys) expect(found.get(`/a6/a2/30#${3 + keyId}/30/30/86`)).toBe(key)
    }
  })

  test.each(names)('%s: nothing else differs from the template', name => {
    const upp = profile(name)
    const made = personalise(prepareTemplate(upp), parse(randomValues(randomFrom(7), { suci: name !== 'TS48v1_A' })))
    const allowed = [
      /^\/a0\/(83|a5\/(84|91))$/,
      /^\/b0\/a4\/83$/,
      /^\/b3\/(a3|ab|ad|b2|b5)\/83$/,
      /^\/b4\/a7\/83$/,
      /^\/b5\/a3\/(83|a1\/80)$/,
      /^\/b5\/a4\/(82|83)(#\d)?$/,
      /^\/b5\/a5\/(83|a1\/80)$/,
      /^\/a4(#2)?\/a1\/a1\/8[023]$/,
      /^\/a2(#\d)?\/a1\/a0\/30(#2)?\/81$/,
      /^\/a3\/a1\/30(#2)?\/81$/,
      /^\/a6\/a2\/30#[456]\/30\/30\/86$/,
      /^\/bc\/a[9c]\/83$/,
      /^\/bd\/a3\/83$/,
      // TS.48 v4 makes the 5G files by genericFileManagement.
      ...(name.includes('v4') ? [/^\/a1(#\d)?\/a1\/30(#\d+)?\/81(#\d+)?$/] : []),
    ]
    expect(changedPaths(upp, made).filter(path => !allowed.some(pattern => pattern.test(path)))).toEqual([])
  })

  test('values that keep their lengths change octets in place only', () => {
    const made = personalise(
      prepareTemplate(suciProfile),
      parse({ iccid: '89000123456789012358', imsi: '001010000000007', k, pin1: '1234', puk1: '87654321' }),
    )
    expect(made.length).toBe(suciProfile.length)
    const places = [0x2a + 2, 250 + 2, 2623 + 2, 3533 + 2, 6341 + 2, 10893 + 2, 1001 + 2, 957 + 2].map((start, index) => [
      start,
      [10, 10, 9, 2, 16, 16, 8, 8][index] ?? 0,
    ])
    for (let offset = 0; offset < made.length; offset++)
      if (!places.some(([start = 0, length = 0]) => offset >= start && offset < start + length))
        expect(made[offset]).toBe(suciProfile[offset])
    expect(readPackage(made).mandatoryServices).toEqual(readPackage(suciProfile).mandatoryServices)
  })

  test('the template itself is never changed, and one row leaves nothing for the next', () => {
    const original = Buffer.from(suciProfile)
    const template = prepareTemplate(original)
    const full = parse(randomValues(randomFrom(3), { suci: true }))
    const bare = personalise(template, parse({ iccid }))
    const first = personalise(template, full)
    first.fill(0)
    expect(personalise(template, full)).not.toEqual(first)
    expect(personalise(template, parse({ iccid }))).toEqual(bare)
    expect(original).toEqual(suciProfile)
  })

  test('personalising with what the template holds gives the template again', () => {
    expect(personalise(prepareTemplate(suciProfile), parse({ iccid: '89000123456789012341' }))).toEqual(suciProfile)
    const once = personalise(prepareTemplate(suciProfile), parse(randomValues(randomFrom(9), { suci: true })))
    expect(personalise(prepareTemplate(once), parse(randomValues(randomFrom(9), { suci: true })))).toEqual(once)
  })
})

describe('K, OPc and the algorithm', () => {
  const made = (values: Record<string, unknown>, upp: Buffer = suciProfile) =>
    personalise(prepareTemplate(upp), parse({ iccid, ...values }))
  const aka = (algorithm: number, keyBytes: number, operatorBytes: number, identification = 5) =>
    element(
      0xa4,
      identification,
      tlv(
        0xa1,
        tlv(
          0xa1,
          tlv(0x80, Buffer.of(algorithm)),
          tlv(0x81, Buffer.of(1)),
          tlv(0x82, Buffer.alloc(keyBytes)),
          tlv(0x83, Buffer.alloc(operatorBytes)),
        ),
      ),
    )

  test('OP becomes OPc (TS 35.207 test set 1)', () => {
    expect(at(made({ k, op: 'cdc202d5123e20f62b6d676ac72cb318' }), '/a4/a1/a1/83')).toBe(opc)
    expect(opcFromOp(Buffer.from(k, 'hex'), Buffer.from('cdc202d5123e20f62b6d676ac72cb318', 'hex')).toString('hex')).toBe(opc)
  })

  test('K alone keeps the USIM test algorithm, OPc makes it Milenage and the header demands Milenage instead', () => {
    expect(readPackage(made({ k }))).toMatchObject({ algorithms: ['usim-test-algorithm', 'cave'], errors: [] })
    const milenage = readPackage(made({ k, opc }))
    expect(milenage).toMatchObject({ algorithms: ['milenage', 'cave'], errors: [] })
    expect(milenage.mandatoryServices).toContain('milenage')
    expect(milenage.mandatoryServices).not.toContain('usim-test-algorithm')
    expect(readPackage(made({ k, opc, algorithm: 'usim-test-algorithm' })).algorithms).toContain('usim-test-algorithm')
  })

  test.each([
    [16, 'tuak128'],
    [32, 'tuak256'],
  ])('TUAK with a key of %i octets', (octets, service) => {
    const topc = 'ab'.repeat(32)
    const upp = made({ k: '5c'.repeat(octets), topc })
    expect(at(upp, '/a4/a1/a1/80')).toBe('02')
    expect(at(upp, '/a4#2/a1/a1/82')).toBe('5c'.repeat(octets))
    expect(at(upp, '/a4#2/a1/a1/83')).toBe(topc)
    expect(readPackage(upp)).toMatchObject({ algorithms: ['tuak', 'cave'], errors: [] })
    expect(readPackage(upp).mandatoryServices).toContain(service)
  })

  test('a Milenage template refuses TOPc, a key of 32 octets and K without OPc', () => {
    const upp = craftPackage({ header: { services: [1, 4] }, elements: [aka(1, 16, 16)] })
    expect(() => made({ k, topc: '00'.repeat(32) }, upp)).toThrow(
      expect.objectContaining({ value: 'topc', message: expect.stringMatching(/authenticates with Milenage/) }),
    )
    expect(() => made({ k: k + k, opc }, upp)).toThrow(expect.objectContaining({ value: 'k' }))
    expect(() => made({ k }, upp)).toThrow(expect.objectContaining({ value: 'opc' }))
    expect(readPackage(made({ k, topc: '00'.repeat(32), algorithm: 'tuak' }, upp))).toMatchObject({ algorithms: ['tuak'], errors: [] })
    expect(at(made({ k, opc }, upp), '/a4/a1/a1/82')).toBe(k)
  })

  test('an ISIM that shares the key of the USIM stays as it is', () => {
    const shared = element(0xa4, 8, tlv(0xa1, tlv(0xa0, tlv(0x80, Buffer.of(0)), tlv(0x81, Buffer.from('a0000000871002', 'hex')))))
    const isim = fileElement(0xb5, 7, 8)
    const upp = craftPackage({ elements: [aka(1, 16, 16), isim, shared] })
    const personalised = made({ k, opc }, upp)
    expect(changedPaths(upp, personalised).filter(path => path.startsWith('/a4'))).toEqual(['/a4/a1/a1/82', '/a4/a1/a1/83'])
    expect(() => made({ k, opc }, craftPackage({ elements: [shared] }))).toThrow(/share the key/)
  })

  test('a second USIM belongs to another subscription and keeps its key', () => {
    const upp = craftPackage({
      header: { services: [1, 4, 13] },
      elements: [aka(1, 16, 16), fileElement(0xb3, 7, 4, tlv(0xa3, write('083901142143658709'))), aka(1, 16, 16, 8)],
    })
    const personalised = made({ k, opc, imsi: '310410000000001' }, upp)
    expect(at(personalised, '/a4/a1/a1/82')).toBe(k)
    expect(changedPaths(upp, personalised).filter(path => path.startsWith('/a4#2') || path.startsWith('/b3#2'))).toEqual([])
  })
})

describe('places in files', () => {
  const made = (usim: Buffer[], values: Record<string, unknown>, elements: Buffer[] = []) =>
    personalise(prepareTemplate(craftPackage({ usim: craftUsim(...usim), elements })), parse({ iccid, ...values }))
  const adf = tlv(0xa2, descriptor(tlv(0x83, Buffer.from('7fd0', 'hex'))))
  const path = (hex: string) => tlv(0x80, Buffer.from(hex, 'hex'))
  const managed = (...commands: Buffer[]) => element(0xa1, 20, tlv(0xa1, tlv(0x30, ...commands)))
  const fcp = (hex: string) => tlv(0x62, Buffer.from(hex, 'hex'))

  test('a content in pieces is put together where the value lies, what is behind it stays', () => {
    const pieces = tlv(
      0xa3,
      descriptor(tlv(0x82, Buffer.from('4121', 'hex')), tlv(0x80, Buffer.of(12))),
      write('0839'),
      skip(3),
      write('01ff'),
      skip(2),
      write('aabbcc'),
    )
    const upp = made([pieces], { imsi: '310410000000001' })
    expect(readPackage(upp).imsi).toBe('310410000000001')
    expect(
      leaves(upp)
        .filter(leaf => leaf.path.startsWith('/b3/a3/8'))
        .map(({ path: place, hex }) => `${place.slice(7)} ${hex}`),
    ).toEqual(['83 083901140000000010', '83#2 aabbcc'])
  })

  test('a file that lies empty, and one whose list is empty, get their content', () => {
    expect(readPackage(made([tlv(0xa3)], { imsi: '310410000000001' })).imsi).toBe('310410000000001')
    expect(readPackage(made([tlv(0xa3, descriptor())], { imsi: '310410000000001' })).imsi).toBe('310410000000001')
  })

  test('genericFileManagement has the last word on a file', () => {
    const usim = [adf, tlv(0xa3, write('089910101032547698')), tlv(0xb5, write('00000002'))]
    const later = managed(
      path('7fd0'),
      fcp('8202412183026f07'),
      tlv(0x81, Buffer.from('083901', 'hex')),
      tlv(0x02, Buffer.of(1)),
      tlv(0x81, Buffer.from('43', 'hex')),
    )
    const upp = made(usim, { imsi: '310410000000001' }, [later])
    expect(readPackage(upp).imsi).toBe('310410000000001')
    expect(at(upp, '/b3/a3/83')).toBe('089910101032547698')
    const selected = managed(path('7fd06f07'), tlv(0x81, Buffer.from('083901142143658709', 'hex')))
    expect(readPackage(made(usim, { imsi: '310410000000001' }, [selected])).imsi).toBe('310410000000001')
  })

  test('the MSISDN keeps the record length and the alpha identifier of the template', () => {
    const record = Buffer.concat([
      Buffer.from('My number'),
      Buffer.alloc(5, 0xff),
      Buffer.from('06912143658709ffffffffffffffffff'.slice(0, 28), 'hex'),
    ])
    const file = tlv(
      0xa7,
      descriptor(tlv(0x82, Buffer.from(`422100${record.length.toString(16)}`, 'hex')), tlv(0x80, Buffer.of(2 * record.length))),
      tlv(0x83, record),
    )
    const upp = made([], { msisdn: '491711234567' }, [fileElement(0xb4, 9, 5, file)])
    expect(at(upp, '/b4/a7/83')).toBe(
      `${record.subarray(0, 14).toString('hex')}0791947111325476${'ff'.repeat(6)}`.slice(0, 2 * record.length),
    )
  })

  test('the service centre is written at its place and marked as present, the other parameters stay', () => {
    const record = `ffff${'e1'}${'ff'.repeat(12)}0591111111f1${'ff'.repeat(6)}000000`
    const file = tlv(0xab, descriptor(tlv(0x82, Buffer.from('4221001e', 'hex'))), write(record))
    const upp = made([tlv(0xa3), file], { smsc: '+491710760000' })
    expect(at(upp, '/b3/ab/83')).toBe(`ffffe1${'ff'.repeat(12)}07919471016700${'00'}${'ff'.repeat(4)}000000`)
    expect(at(made([tlv(0xa3), file], { smsp: 'ab'.repeat(28) }), '/b3/ab/83')).toBe(`ffff${'ab'.repeat(28)}`)
    expect(() => made([tlv(0xa3), file], { smsp: 'ab'.repeat(29) })).toThrow(/has 29 octets, in the template it has 30/)
  })

  test('a transparent file grows with an IMS identity, a record does not', () => {
    const impu = tlv(0xa4, descriptor(tlv(0x82, Buffer.from('42210020', 'hex')), tlv(0x80, Buffer.of(0x20))))
    const impi = tlv(0xa3, descriptor(tlv(0x82, Buffer.from('4121', 'hex')), tlv(0x80, Buffer.of(8)), tlv(0x88)))
    const isim = fileElement(0xb5, 9, 8, tlv(0xa2), impi, impu, tlv(0xa5))
    const upp = made([], { impi: 'somebody@ims.example.org', imsDomain: 'ims.example.org' }, [isim])
    expect(at(upp, '/b5/a3/a1/80')).toBe('1a')
    expect(at(upp, '/b5/a5/a1/80')).toBe('11')
    expect(
      leaves(upp)
        .filter(leaf => leaf.path.startsWith('/b5/a3/a1/'))
        .map(leaf => leaf.path.slice(10)),
    ).toEqual(['82', '80', '88'])
    expect(() => made([], { impu: 'sip:somebody-with-a-name@ims.example.org' }, [isim])).toThrow(/a record of EF.IMPU has 32/)
  })

  test('profile B keys and several keys stand in the order of priority', () => {
    const upp = personalise(
      prepareTemplate(suciProfile),
      parse({
        iccid,
        suciKeys: [
          { profile: 'B', keyId: 27, publicKey: `02${'11'.repeat(32)}` },
          { profile: 'A', keyId: 30, publicKey: '22'.repeat(32) },
        ],
      }),
    )
    expect(at(upp, '/bd/a3/83')).toMatch(/^a00402010102a14b80011b812102(11){32}80011e8120(22){32}f*$/)
    expect(at(upp, '/bc/a9/83')).toBeUndefined()
  })
})

describe('values without a place', () => {
  const refusal = (upp: Buffer, values: Record<string, unknown>) => {
    try {
      personalise(prepareTemplate(upp), parse({ iccid, ...values }))
    } catch (error) {
      if (error instanceof PersonalisationError) return [error.value, error.message]
      throw error
    }
    return ['taken', '']
  }

  test.each([
    ['msisdn', { msisdn: '491711234567' }, /no EF\.MSISDN/],
    ['impi', { impi: 'a@b' }, /no EF\.IMPI/],
    ['impi', { deriveIms: true, imsi: '310410000000001' }, /no EF\.IMPI/],
    ['deriveIms', { deriveIms: true }, /IMSI, which is not given/],
    ['k', { k, opc }, /no algorithm parameters/],
    ['pin1', { pin1: '1234' }, /no PIN1/],
    ['puk2', { puk2: '12345678' }, /no PUK2/],
    ['adm1', { adm1: '12345678' }, /no ADM1/],
    ['otaKeys', { otaKeys: [{ keyVersion: 1, keyId: 1, key: k }] }, /no key 1 of version 1/],
    ['suciKeys', { suciKeys: [{ profile: 'A', keyId: 1, publicKey: '00'.repeat(32) }] }, /service 124/],
    ['routingIndicator', { routingIndicator: '17' }, /no EF\.Routing_Indicator/],
    ['spn', { spn: 'Net' }, /no EF\.SPN/],
  ])('%s is refused with its name and the reason', (value, values, sentence) => {
    expect(refusal(craftPackage(), values)).toEqual([value, expect.stringMatching(sentence)])
  })

  test('a link, a file of another kind and an OTA key of a wrong length are refused', () => {
    const link = tlv(0xa7, descriptor(tlv(0xc7, Buffer.from('7f106f40', 'hex'))))
    expect(refusal(craftPackage({ elements: [fileElement(0xb4, 9, 5, link)] }), { msisdn: '491711234567' })).toEqual([
      'msisdn',
      expect.stringMatching(/link/),
    ])
    const kind = tlv(0xa7, descriptor(tlv(0x82, Buffer.from('4121', 'hex'))))
    expect(refusal(craftPackage({ elements: [fileElement(0xb4, 9, 5, kind)] }), { msisdn: '491711234567' })).toEqual([
      'msisdn',
      expect.stringMatching(/no linear fixed/),
    ])
    expect(refusal(suciProfile, { otaKeys: [{ keyVersion: 2, keyId: 1, key: '11'.repeat(8) }] })).toEqual([
      'otaKeys',
      expect.stringMatching(/8 octets/),
    ])
    expect(refusal(suciProfile, { otaKeys: [{ keyVersion: 9, keyId: 1, key: k }] })).toEqual([
      'otaKeys',
      expect.stringMatching(/version 9/),
    ])
  })

  test('a template without EF.ICCID cannot be personalised', () => {
    const mf = fileElement(0xb0, 1, 1, tlv(0xa2), tlv(0xa5), tlv(0xa6))
    expect(refusal(craftPackage({ mf }), {})).toEqual(['iccid', expect.stringMatching(/EF\.ICCID/)])
  })

  test('no refusal quotes a secret', () => {
    const secrets = { k: `${'c0ffee'.repeat(5)}c0`, opc: 'deadbeef'.repeat(4), pin1: '48151623', adm1: 'feedfacefeedface' }
    for (const upp of [craftPackage(), Buffer.concat([craftHeader(), craftMf(), craftUsim(), element(0xaa, 9)])])
      for (const [name, value] of Object.entries(secrets))
        expect(refusal(upp, name === 'opc' ? { k: secrets.k, opc: value } : { [name]: value }).join(' ')).not.toMatch(
          /c0ffee|deadbeef|48151623|feedface/i,
        )
  })
})

describe('damaged templates', () => {
  test('give packages that read well, or a sentence: nothing else', () => {
    const random = randomFrom(0xbadc0de)
    const values = parse(randomValues(random, { suci: true }))
    let refused = 0
    for (let round = 0; round < 600; round++) {
      const damaged = Buffer.from(profile(names[round % names.length] ?? 'TS48v1_A'))
      for (let times = 1 + random.below(3); times > 0; times--) damaged[random.below(damaged.length)] = random.below(256)
      try {
        const made = personalise(prepareTemplate(damaged), values)
        expect(readElements(made).length).toBeGreaterThan(20)
      } catch (error) {
        if (!(error instanceof PackageError) && !(error instanceof PersonalisationError)) throw error
        expect(error.message).toMatch(/\.$/)
        expect(error.message.toLowerCase()).not.toContain(values.k?.toLowerCase() ?? '-')
        refused++
      }
    }
    expect(refused).toBeGreaterThan(100)
    expect(refused).toBeLessThan(550)
  }, 60_000)

  test('small templates damaged at any octet', () => {
    const impu = tlv(0xa4, descriptor(tlv(0x82, Buffer.from('42210040', 'hex')), tlv(0x80, integerValue(64))))
    const upp = craftPackage({
      usim: craftUsim(
        tlv(0xa2, descriptor(tlv(0x83, Buffer.from('7fd0', 'hex')))),
        tlv(0xa3, write('083901142143658709')),
        tlv(0xa8, write('00')),
        tlv(0xad, descriptor(), skip(1), write('41')),
      ),
      elements: [fileElement(0xb5, 9, 8, tlv(0xa2), tlv(0xa3), impu, tlv(0xa5))],
    })
    const values = parse({ iccid, imsi: '310410000000001', spn: 'Net', mncLength: 3, deriveIms: true })
    for (let offset = 0; offset < upp.length; offset++)
      for (let octet = 0; octet < 256; octet += 17) {
        const damaged = Buffer.from(upp)
        damaged[offset] = octet
        try {
          personalise(prepareTemplate(damaged), values)
        } catch (error) {
          if (!(error instanceof PackageError) && !(error instanceof PersonalisationError)) throw error
        }
      }
  })
})
