import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { KnownPartner } from '@/lib/partners/known-partner'
import { Iccid } from '@/lib/rsp/identifiers'
import { PROFILE_STATES, type ProfileState } from '@/lib/rsp/lifecycle'
import { Device } from '../testing/device'
import { Laboratory } from '../testing/laboratory'
import type { Es2FunctionName } from './json-binding'
import { Office, partnerNamed } from './testing/office'

const eid = '89999123000000000000000000004291'
const otherEid = '89999123000000000000000000004388'
const unknownIccid = '89019990001234567893'

let lab: Laboratory
let office: Office
const partner = partnerNamed('bss.example.com')
const otherPartner = partnerNamed('other.example.com')
const withoutTypes = partnerNamed('none.example.com', { allTypes: false })
const ofOneType = partnerNamed('one.example.com', { allTypes: false })

beforeAll(async () => {
  lab = await Laboratory.open()
  office = new Office(lab)
  await lab.addType({ name: 'other' })
  const [row] = await lab.sql(`SELECT id FROM profile_type WHERE name = 'test'`)
  ofOneType.typeIds.push(String(row?.id))
})
afterAll(() => lab.close())

interface Ordered {
  iccid: Iccid
  eid?: string
  matchingId?: string
}

async function done(name: Es2FunctionName, members: object) {
  const { verdict, json } = await office.call(partner, name, { ...members })
  expect(verdict).toBe('ok')
  return json
}

/** A profile that the partner's own calls, and devices, have brought to this state. */
const IN_STATE: Record<ProfileState, () => Promise<Ordered>> = {
  Available: async () => ({ iccid: (await lab.addProfile()).iccid }),
  Allocated: async () => {
    const { iccid } = await lab.addProfile()
    await done('downloadOrder', { iccid })
    return { iccid }
  },
  Linked: async () => {
    const { iccid } = await lab.addProfile()
    await done('downloadOrder', { iccid, eid })
    return { iccid, eid }
  },
  Confirmed: async () => {
    const ordered = await IN_STATE.Linked()
    return { ...ordered, matchingId: String((await done('confirmOrder', { ...ordered, releaseFlag: false })).matchingId) }
  },
  Released: async () => {
    const ordered = await IN_STATE.Linked()
    return { ...ordered, matchingId: String((await done('confirmOrder', { ...ordered, releaseFlag: true })).matchingId) }
  },
  Downloaded: async () => {
    const { iccid } = await IN_STATE.Allocated()
    const matchingId = String((await done('confirmOrder', { iccid, releaseFlag: true })).matchingId)
    await new Device(lab).downloaded(matchingId)
    return { iccid, matchingId }
  },
  Installed: async () => {
    const { iccid } = await IN_STATE.Allocated()
    const { matchingId, smdpAddress } = await done('confirmOrder', { iccid, releaseFlag: true })
    await lab.phone().download({ activationCode: `LPA:1$${smdpAddress}$${matchingId}` })
    return { iccid, matchingId: String(matchingId) }
  },
  Error: async () => {
    const { iccid } = await IN_STATE.Allocated()
    const matchingId = String((await done('confirmOrder', { iccid, releaseFlag: true })).matchingId)
    const device = new Device(lab)
    await device.authenticate(matchingId)
    await device.cancel('undefinedReason')
    return { iccid, matchingId }
  },
  Unavailable: async () => {
    const { iccid } = await IN_STATE.Allocated()
    await done('cancelOrder', { iccid, finalProfileStatusIndicator: 'Unavailable' })
    return { iccid }
  },
}

/** The state that the profile is in afterwards, or the code of the refusal: the same for all states, or by state with the rest under `else`. */
type Expected = string | ({ else: string } & Partial<Record<ProfileState, string>>)

interface Row {
  fault: string
  by?: KnownPartner
  /** What is changed of the right call; undefined takes a member away */
  change?: Record<string, unknown> | ((ordered: Ordered) => Record<string, unknown>)
  expect: Expected
}

const WITHOUT_HEADER: Row[] = [
  { fault: 'no header', change: { header: undefined }, expect: '1.3.1/2.2' },
  { fault: 'a header that is no object', change: { header: 'x' }, expect: '1.3.1/2.1' },
  { fault: 'no functionRequesterIdentifier', change: { header: { functionCallIdentifier: 'x' } }, expect: '1.3.1/2.2' },
  { fault: 'no functionCallIdentifier', change: { header: { functionRequesterIdentifier: partner.identifier } }, expect: '1.3.1/2.2' },
  {
    fault: 'a functionCallIdentifier that is no text',
    change: { header: { functionRequesterIdentifier: partner.identifier, functionCallIdentifier: 7 } },
    expect: '1.3.1/2.1',
  },
  {
    fault: 'the functionRequesterIdentifier of another partner',
    change: { header: { functionRequesterIdentifier: otherPartner.identifier, functionCallIdentifier: 'x' } },
    expect: '1.1/1.2',
  },
]

const WRONG_ICCID: Row[] = [
  { fault: 'an ICCID that nobody knows', change: { iccid: unknownIccid }, expect: '8.2.1/3.9' },
  { fault: 'an ICCID that is none', change: { iccid: '8901999' }, expect: '1.3.1/2.1' },
  { fault: 'an ICCID that is a number', change: { iccid: 8901999 }, expect: '1.3.1/2.1' },
]

const NOT_THEIRS: Row[] = [
  { fault: 'another partner', by: otherPartner, expect: { Available: '8.2.1/3.3', else: '8.2.1/1.2' } },
  { fault: 'a partner who may not use the type', by: withoutTypes, expect: '8.2.1/1.2' },
]

const NO_ICCID: Row[] = [{ fault: 'no ICCID', change: { iccid: undefined }, expect: '8.2.1/2.2' }]

const ended = { Downloaded: '8.2.1/3.3', Installed: '8.2.1/3.3', Error: '8.2.1/3.3', Unavailable: '8.2.1/3.3' } as const

const TABLE: Record<Es2FunctionName, { right: (ordered: Ordered) => Record<string, unknown>; rows: Row[] }> = {
  downloadOrder: {
    right: ({ iccid }) => ({ iccid }),
    rows: [
      ...WITHOUT_HEADER,
      ...WRONG_ICCID,
      { fault: 'nothing', expect: { Available: 'Allocated', else: '8.2.1/3.3' } },
      { fault: 'nothing, with an EID', change: { eid }, expect: { Available: 'Linked', else: '8.2.1/3.3' } },
      { fault: 'nothing, with its type', change: { profileType: 'test' }, expect: { Available: 'Allocated', else: '8.2.1/3.3' } },
      { fault: 'nothing, null for what is left out', change: { profileType: null }, expect: { Available: 'Allocated', else: '8.2.1/3.3' } },
      { fault: 'a padded ICCID', change: ({ iccid }) => ({ iccid: `${iccid}F` }), expect: { Available: 'Allocated', else: '8.2.1/3.3' } },
      { fault: 'another partner', by: otherPartner, expect: { Available: 'Allocated', else: '8.2.1/1.2' } },
      { fault: 'a partner who may not use the type', by: withoutTypes, expect: '8.2.1/1.2' },
      { fault: 'another type', change: { profileType: 'other' }, expect: '8.2.5/3.8' },
      { fault: 'a type that nobody knows', change: { profileType: 'no such type' }, expect: '8.2.5/3.9' },
      {
        fault: 'a type that the partner may not use',
        by: ofOneType,
        change: { profileType: 'other' },
        expect: { Available: '8.2.5/1.2', else: '8.2.1/1.2' },
      },
      {
        fault: 'another type, of another partner’s profile',
        by: otherPartner,
        change: { profileType: 'other' },
        expect: { Available: '8.2.5/3.8', else: '8.2.1/1.2' },
      },
      { fault: 'an EID that is none', change: { eid: eid.slice(1) }, expect: '1.3.1/2.1' },
      { fault: 'neither ICCID nor type', change: { iccid: undefined }, expect: '1.3.1/2.2' },
    ],
  },
  confirmOrder: {
    right: ({ iccid }) => ({ iccid, releaseFlag: true }),
    rows: [
      ...WITHOUT_HEADER,
      ...WRONG_ICCID,
      ...NO_ICCID,
      ...NOT_THEIRS,
      { fault: 'nothing', expect: { Allocated: 'Released', Linked: 'Released', else: '8.2.1/3.3' } },
      {
        fault: 'nothing, not released',
        change: { releaseFlag: false },
        expect: { Allocated: 'Confirmed', Linked: 'Confirmed', else: '8.2.1/3.3' },
      },
      { fault: 'nothing, with the EID', change: { eid }, expect: { Allocated: 'Released', Linked: 'Released', else: '8.2.1/3.3' } },
      { fault: 'another EID', change: { eid: otherEid }, expect: { Allocated: 'Released', Linked: '8.1.1/3.10', else: '8.2.1/3.3' } },
      { fault: 'an EID that is none', change: { eid: 'x' }, expect: '1.3.1/2.1' },
      {
        fault: 'an empty MatchingID',
        change: { matchingId: '' },
        expect: { Allocated: '8.1.1/2.2', Linked: 'Released', else: '8.2.1/3.3' },
      },
      { fault: 'a malformed MatchingID', change: { matchingId: 'abc' }, expect: '8.2.6/2.1' },
      {
        fault: 'a MatchingID in use',
        change: { matchingId: 'IN-USE' },
        expect: { Allocated: '8.2.6/3.3', Linked: '8.2.6/3.3', else: '8.2.1/3.3' },
      },
      { fault: 'a confirmation code that is no text', change: { confirmationCode: 1234 }, expect: '1.3.1/2.1' },
      { fault: 'an smdsAddress that is none', change: { smdsAddress: 'https://x' }, expect: '8.9/5.1' },
      {
        fault: 'an smdsAddress, no SM-DS there',
        change: { smdsAddress: 'ds.example.com' },
        expect: { Allocated: '8.1.1/2.2', Linked: '8.9/5.1', else: '8.2.1/3.3' },
      },
      {
        fault: 'an smdsAddress and an empty MatchingID',
        change: { eid, smdsAddress: 'ds.example.com', matchingId: '' },
        expect: { Allocated: '8.2.6/2.1', Linked: '8.2.6/2.1', else: '8.2.1/3.3' },
      },
      { fault: 'no releaseFlag', change: { releaseFlag: undefined }, expect: '1.3.1/2.2' },
      { fault: 'a releaseFlag that is text', change: { releaseFlag: 'true' }, expect: '1.3.1/2.1' },
    ],
  },
  cancelOrder: {
    right: ordered => ({ ...ordered, finalProfileStatusIndicator: 'Available' }),
    rows: [
      ...WITHOUT_HEADER,
      ...WRONG_ICCID,
      ...NO_ICCID,
      ...NOT_THEIRS,
      { fault: 'nothing', expect: { Available: '8.2.1/3.3', ...ended, else: 'Available' } },
      {
        fault: 'nothing, for good',
        change: { finalProfileStatusIndicator: 'Unavailable' },
        expect: { Available: '8.2.1/3.3', ...ended, else: 'Unavailable' },
      },
      { fault: 'another EID', change: { eid: otherEid }, expect: { Available: '8.2.1/3.3', ...ended, else: '8.1.1/3.10' } },
      {
        fault: 'no EID',
        change: { eid: undefined },
        expect: { Available: '8.2.1/3.3', Allocated: 'Available', ...ended, else: '8.1.1/2.2' },
      },
      { fault: 'an EID that is none', change: { eid: 'x' }, expect: '1.3.1/2.1' },
      { fault: 'another MatchingID', change: { matchingId: 'ANOTHER' }, expect: { Available: '8.2.1/3.3', ...ended, else: '8.2.6/3.10' } },
      {
        fault: 'no MatchingID',
        change: { matchingId: undefined },
        expect: { Available: '8.2.1/3.3', Allocated: 'Available', Linked: 'Available', ...ended, else: '8.2.6/2.2' },
      },
      { fault: 'a malformed MatchingID', change: { matchingId: 'a b' }, expect: '8.2.6/2.1' },
      { fault: 'no finalProfileStatusIndicator', change: { finalProfileStatusIndicator: undefined }, expect: '8.2.1/2.2' },
      { fault: 'an unknown finalProfileStatusIndicator', change: { finalProfileStatusIndicator: 'Deleted' }, expect: '1.3.1/2.1' },
    ],
  },
  releaseProfile: {
    right: ({ iccid }) => ({ iccid }),
    rows: [
      ...WITHOUT_HEADER,
      ...WRONG_ICCID,
      ...NO_ICCID,
      { fault: 'another partner', by: otherPartner, expect: { Available: '8.2.1/3.5', else: '8.2.1/1.2' } },
      { fault: 'a partner who may not use the type', by: withoutTypes, expect: '8.2.1/1.2' },
      { fault: 'nothing', expect: { Confirmed: 'Released', else: '8.2.1/3.5' } },
    ],
  },
}

const isState = (text: string): text is ProfileState => (PROFILE_STATES as readonly string[]).includes(text)

describe('each function in each state with each fault', () => {
  beforeAll(async () => {
    const { iccid } = await IN_STATE.Allocated()
    await done('confirmOrder', { iccid, matchingId: 'IN-USE', releaseFlag: true })
  })

  const cells = Object.entries(TABLE).flatMap(([name, { rows }]) =>
    PROFILE_STATES.map(state => [name as Es2FunctionName, state, rows.length] as const),
  )

  test.each(cells)('%s of a profile that is %s: %i calls', async (name, state) => {
    const { right, rows } = TABLE[name]
    let held = await IN_STATE[state]()
    for (const { fault, by = partner, change = {}, expect: expected } of rows) {
      const wanted = typeof expected === 'string' ? expected : (expected[state] ?? expected.else)
      const changes = typeof change === 'function' ? change(held) : change
      const { verdict, status, json } = await office.call(by, name, { ...right(held), ...changes })
      const after = (await lab.profile(held.iccid))?.state
      expect([fault, verdict === 'ok' ? after : verdict]).toEqual([fault, wanted])
      expect(status).toBe(200)
      if (verdict === 'ok') held = await IN_STATE[state]()
      else {
        expect([fault, after]).toEqual([fault, state])
        expect(Object.keys(json)).toEqual(['header'])
      }
      expect(isState(wanted)).toBe(verdict === 'ok')
    }
  })
})

test('orders of staff are nobody’s on ES2+ (8.2.1/1.2)', async () => {
  const { iccid, matchingId } = await lab.issued()
  for (const [name, { right }] of Object.entries(TABLE))
    expect((await office.call(partner, name as Es2FunctionName, right({ iccid: Iccid.parse(iccid), matchingId }))).verdict).toBe(
      '8.2.1/1.2',
    )
})
