import { afterEach, describe, expect, test } from 'vitest'
import { setPerProcess } from '@/lib/db/per-process'
import { iccidToBcd } from '@/lib/rsp/identifiers'
import { craftPackage } from '@/lib/rsp/saip/crafted-package'
import { personalise, prepareTemplate } from '@/lib/rsp/saip/personalise'
import { readPackage } from '@/lib/rsp/saip/read-package'
import { SubscriberValues } from '@/lib/rsp/saip/subscriber-values'
import { testIccid, ts48Iccid, withIccid } from '@/lib/rsp/testdata/personalised'
import { TS48, ts48 } from '@/lib/rsp/testdata/recorded-session'
import { readAll, tlv } from '@/lib/rsp/tlv'
import { strangers } from '../es9/strangers'
import { type PreflightType, preflight } from './preflight'

const now = new Date('2026-07-27T12:00:00Z')
const type: PreflightType = {
  name: 'retail',
  live: true,
  profileClass: 'operational',
  serviceProviderName: 'Example Mobile',
  profileName: 'Data 5 GB',
  iconType: null,
  icon: null,
  policyRules: [],
  ownerMccMnc: null,
  ownerGid1: null,
  ownerGid2: null,
  notifications: [],
  protection: 'session',
  onRejection: 'end',
  strict: true,
}
const upp = ts48('TS48v3_SAIP2.3_BERTLV.der')
const elements = readAll(upp).map(({ raw }) => raw)
const [header = Buffer.of(), mf = Buffer.of(), ...rest] = elements
const run = (sample: Buffer, changes: Partial<PreflightType> = {}, more: Partial<Parameters<typeof preflight>[0]> = {}) =>
  preflight({ package: sample, type: { ...type, ...changes }, now, ...more })

describe('a sample that a device takes', () => {
  test.each(TS48)('%s is bound and installed', async name => {
    const result = await run(ts48(name))
    expect(result).toMatchObject({ result: 'installed', iccid: ts48Iccid })
    expect(result.sentence).toBe(`The profile ${ts48Iccid} was bound for a virtual phone, and the phone has installed it.`)
    expect(result.durationMs).toBeGreaterThanOrEqual(0)
  })

  test.each<Partial<PreflightType>>([
    { protection: 'random' },
    { profileClass: 'test', live: false },
    { serviceProviderName: null, profileName: null },
    { policyRules: ['ppr1'], ownerMccMnc: '00101' },
    { notifications: [{ events: ['enable', 'delete'], address: 'events.example.com' }, { events: ['install'] }] },
    { iconType: 'png', icon: Buffer.alloc(1024, 1) },
  ])('with settings of its type, number %#', async changes => {
    expect(await run(upp, changes)).toMatchObject({ result: 'installed' })
  })

  test('made from a template and the values of a row', async () => {
    const values = SubscriberValues.parse({ iccid: testIccid(7), imsi: '001010000000007', k: '0F'.repeat(16), opc: '1E'.repeat(16) })
    const sample = personalise(prepareTemplate(ts48('TS48v5_SAIP2.3_BERTLV_SUCI.der')), values)
    expect(await run(sample, {}, { iccid: values.iccid })).toMatchObject({ result: 'installed', iccid: testIccid(7) })
  })

  test('of a package of version 3', async () => {
    expect(await run(craftPackage({ header: { majorVersion: 3 } }))).toMatchObject({ result: 'installed' })
  })
})

describe('a sample that fails has a sentence that says where', () => {
  const usim = elements.findIndex(element => element[0] === 0xb3)
  const usimLast = [...elements.filter((_, at) => at !== usim && at !== elements.length - 1), elements[usim], elements.at(-1)]
  const oversized = tlv(0xa9, tlv(0xa0, tlv(0x81, Buffer.of(0x7f))), tlv(0x81, Buffer.of(1)), tlv(0x82, Buffer.alloc(600_000)))
  const otherHeader = Buffer.from(header)
  iccidToBcd(testIccid(1)).copy(otherHeader, otherHeader.indexOf(iccidToBcd(ts48Iccid)))
  const cases: [
    what: string,
    sample: Buffer,
    sentence: RegExp,
    changes?: Partial<PreflightType>,
    more?: Partial<Parameters<typeof preflight>[0]>,
  ][] = [
    ['cut off', upp.subarray(0, 5000), /^The sample cannot be read as a profile package\. /],
    ['nothing', Buffer.alloc(0), /^The sample cannot be read as a profile package\. /],
    ['of another owner than its type', upp, /The profile owner is 26201/, { policyRules: ['ppr1'], ownerMccMnc: '26201' }],
    ['without its end', Buffer.concat(elements.slice(0, -1)), /cannot be read as a profile package/],
    [
      'with another ICCID in its header',
      Buffer.concat([otherHeader, mf, ...rest]),
      /cannot be read as a profile package\. EF\.ICCID .* disagree/,
    ],
    [
      'of another ICCID than the stock says',
      upp,
      new RegExp(
        `^The virtual phone refused the profile ${testIccid(2)} when it installed the profile elements\\. The package is of ICCID ${ts48Iccid}`,
      ),
      {},
      { iccid: testIccid(2) },
    ],
    [
      'with its master file second',
      Buffer.concat([header, ...rest.slice(0, 1), mf, ...rest.slice(1)]),
      /when it installed the profile elements\. The element A3 comes before the master file/,
    ],
    [
      'with its USIM last',
      Buffer.concat(usimLast.flatMap(element => element ?? [])),
      /The element B4 needs a USIM, which no element before it creates/,
    ],
    [
      'without an element that its header demands',
      Buffer.concat(elements.filter(element => element[0] !== 0xb9 && element[0] !== 0xba)),
      /demands the service csim, but brings nothing that uses it/,
    ],
    [
      'too large for the device',
      Buffer.concat([...elements.slice(0, -1), oversized, ...elements.slice(-1)]),
      /^The server refused to give the profile .* kB free/,
    ],
    [
      'too large, the type not being strict',
      Buffer.concat([...elements.slice(0, -1), oversized, ...elements.slice(-1)]),
      /^The virtual phone refused .*needs more than the 524288 octets/,
      { strict: false },
    ],
    [
      'with a service provider name that is too long',
      upp,
      /^The metadata of the profile type do not fit the profile .* more than 32 characters\.$/,
      { serviceProviderName: 'x'.repeat(33) },
    ],
    [
      'with a name that is too long in octets',
      upp,
      /^The virtual phone refused the profile .*more than 32/,
      { serviceProviderName: 'ü'.repeat(30) },
    ],
    [
      'with policy rules and no owner',
      craftPackage({ usim: tlv(0xb3, tlv(0xa0, tlv(0x81, Buffer.of(2))), tlv(0x81, Buffer.from('678f0102', 'hex'))) }),
      /Policy rules need a profile owner/,
      { policyRules: ['ppr1'] },
    ],
    [
      'demanding what this device does not have',
      upp,
      /^The server refused to give the profile .* does not promise what the package demands/,
      {},
      { euicc: { uiccCapability: [1] } },
    ],
  ]

  test.each(cases)('%s', async (_, sample, sentence, changes, more) => {
    const result = await run(sample, changes, more)
    expect(result.result).toBe('failed')
    expect(result.sentence).toMatch(sentence)
  })

  test('one octet changed anywhere never ends in an exception', async () => {
    for (let at = 0; at < 3000; at += 211) {
      const changed = Buffer.from(upp)
      changed[at] = (changed[at] ?? 0) ^ 0x21
      const { result, sentence } = await run(changed)
      expect(['installed', 'failed']).toContain(result)
      expect(sentence).toMatch(/^The .*\.$/s)
    }
  })
})

describe('a trial is on its own', () => {
  afterEach(() => {
    for (const name of ['es9', 'vault', 'credentials']) setPerProcess(name, undefined)
  })

  test('it uses neither the SM-DP+ of this process nor its vault, and leaves nothing with them', async () => {
    const touched: string[] = []
    for (const name of ['es9', 'vault', 'credentials'])
      setPerProcess(
        name,
        new Proxy(() => undefined, {
          apply: () => touched.push(name),
          get: () => touched.push(name),
        }),
      )
    expect(await run(upp)).toMatchObject({ result: 'installed' })
    expect(await run(upp, {}, { iccid: testIccid(2) })).toMatchObject({ result: 'failed' })
    expect(touched).toEqual([])
    expect(strangers().recent()).toEqual([])
  })

  test('two at once do not disturb each other', async () => {
    const samples = [1, 2, 3].map(n => withIccid(upp, testIccid(n)))
    const results = await Promise.all(samples.map(sample => run(sample)))
    expect(results.map(({ result, iccid }) => [result, iccid])).toEqual([1, 2, 3].map(n => ['installed', testIccid(n)]))
  })

  test('the sample is left as it was', async () => {
    const sample = Buffer.from(upp)
    await run(sample)
    expect(sample.equals(upp)).toBe(true)
    expect(readPackage(sample).iccid).toBe(ts48Iccid)
  })
})
