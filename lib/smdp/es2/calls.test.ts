import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { RspError } from '@/lib/rsp/status'
import type { EventRegistrar, SmdsEvent } from '../es12/registrar'
import { Device } from '../testing/device'
import { Laboratory } from '../testing/laboratory'
import { Office, partnerNamed } from './testing/office'

const eid = '89999123000000000000000000004291'

let lab: Laboratory
let office: Office
const partner = partnerNamed('bss.example.com')
const otherPartner = partnerNamed('other.example.com')

beforeAll(async () => {
  lab = await Laboratory.open()
  office = new Office(lab)
})
afterAll(() => lab.close())
afterEach(() => {
  office.registrar = undefined
})

const stock = async (type: string, count: number) => {
  await lab.addType({ name: type })
  for (let i = 0; i < count; i++) await lab.addProfile({ type })
}
const calls = () => lab.sql('SELECT function, request, response, status, iccid, resent FROM es2_call ORDER BY id')
const ordersOf = (type: string) =>
  lab.sql(
    `SELECT o.partner_id AS partner FROM download_order o JOIN profile p USING (iccid) JOIN profile_type t ON t.id = p.type_id WHERE t.name = $1`,
    [type],
  )

describe('a call that is sent again', () => {
  test('is answered as the first one, to the letter, and done once', async () => {
    await stock('again', 3)
    const body = { header: office.header(partner), profileType: 'again' }
    const first = await office.post(partner, 'downloadOrder', JSON.stringify(body))
    const again = await office.post(partner, 'downloadOrder', JSON.stringify({ profileType: 'again', header: body.header }, null, 2))
    expect([first.verdict, again.text]).toEqual(['ok', first.text])
    expect(await ordersOf('again')).toEqual([{ partner: partner.id }])
    expect((await calls()).at(-1)).toMatchObject({ function: 'downloadOrder', resent: 1, iccid: first.json.iccid, status: null })
  })

  test('at the same moment is done once too: all get one answer', async () => {
    await stock('at once', 8)
    const body = JSON.stringify({ header: office.header(partner), profileType: 'at once' })
    const answers = await Promise.all(Array.from({ length: 6 }, () => office.post(partner, 'downloadOrder', body)))
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
    expect(answers[0]?.verdict).toBe('ok')
    expect(await ordersOf('at once')).toHaveLength(1)
  })

  test('of the last profile is not told that there is none', async () => {
    await stock('last again', 1)
    const body = JSON.stringify({ header: office.header(partner), profileType: 'last again' })
    const answers = await Promise.all(Array.from({ length: 4 }, () => office.post(partner, 'downloadOrder', body)))
    expect(answers.map(({ verdict }) => verdict)).toEqual(['ok', 'ok', 'ok', 'ok'])
  })

  test('is refused again, also when it would go well by now', async () => {
    await stock('empty', 0)
    const body = JSON.stringify({ header: office.header(partner), profileType: 'empty' })
    expect((await office.post(partner, 'downloadOrder', body)).verdict).toBe('8.2.5/3.7')
    await lab.addProfile({ type: 'empty' })
    expect((await office.post(partner, 'downloadOrder', body)).verdict).toBe('8.2.5/3.7')
    expect((await office.call(partner, 'downloadOrder', { profileType: 'empty' })).verdict).toBe('ok')
  })

  test('under another identifier, with other content or by another partner is a new call', async () => {
    await stock('new calls', 5)
    const header = office.header(partner)
    const iccids = [
      await office.call(partner, 'downloadOrder', { header, profileType: 'new calls' }),
      await office.call(partner, 'downloadOrder', { profileType: 'new calls' }),
      await office.call(partner, 'downloadOrder', { header, profileType: 'new calls', eid }),
      await office.call(otherPartner, 'downloadOrder', {
        header: { ...header, functionRequesterIdentifier: otherPartner.identifier },
        profileType: 'new calls',
      }),
    ].map(({ json }) => json.iccid)
    expect(new Set(iccids).size).toBe(4)
  })

  test('whose requester was refused is judged anew: the partner’s identifier may have been corrected', async () => {
    const { iccid } = await lab.addProfile()
    const body = JSON.stringify({ header: office.header({ identifier: 'bss.new.example.com' }), iccid })
    expect((await office.post(partner, 'downloadOrder', body)).verdict).toBe('1.1/1.2')
    expect((await office.post({ ...partner, identifier: 'bss.new.example.com' }, 'downloadOrder', body)).verdict).toBe('ok')
  })

  test('with another confirmation code is another call, and no code is kept anywhere', async () => {
    const { iccid } = await lab.addProfile()
    await office.call(partner, 'downloadOrder', { iccid })
    const header = office.header(partner)
    const confirm = (confirmationCode: string) =>
      office.call(partner, 'confirmOrder', { header, iccid, releaseFlag: true, confirmationCode, imei: 'secret-of-ours' })
    expect((await confirm('code-4711')).verdict).toBe('ok')
    expect((await confirm('code-4711')).verdict).toBe('ok')
    expect((await confirm('code-4712')).verdict).toBe('8.2.1/3.3')
    const kept = JSON.stringify([await calls(), await lab.sql('SELECT * FROM audit')])
    expect(kept).not.toMatch(/code-471|secret-of-ours/)
    expect((await calls()).at(-1)?.request).toMatchObject({ iccid, confirmationCode: '(not kept)', imei: '(not read)' })
  })
})

describe('several callers', () => {
  test('for the last profile of a type: one gets it, the other hears that there is none (8.2.5/3.7)', async () => {
    for (let i = 0; i < 5; i++) {
      await stock(`last ${i}`, 1)
      const verdicts = await Promise.all(
        [partner, otherPartner, partner].map(async who => (await office.call(who, 'downloadOrder', { profileType: `last ${i}` })).verdict),
      )
      expect(verdicts.sort()).toEqual(['8.2.5/3.7', '8.2.5/3.7', 'ok'])
    }
  })

  test('for one ICCID: one gets it, the other partner hears that it is not its (8.2.1/1.2)', async () => {
    const { iccid } = await lab.addProfile()
    const verdicts = await Promise.all(
      [partner, otherPartner].map(async who => (await office.call(who, 'downloadOrder', { iccid })).verdict),
    )
    expect(verdicts.sort()).toEqual(['8.2.1/1.2', 'ok'])
  })

  test('who ask for one MatchingID: one gets it (8.2.6/3.3)', async () => {
    const iccids = [(await lab.addProfile()).iccid, (await lab.addProfile()).iccid]
    for (const iccid of iccids) await office.call(partner, 'downloadOrder', { iccid })
    const matchingId = 'MATCHING_ID_CONFLICT_TEST'
    const verdicts = await Promise.all(
      iccids.map(async iccid => (await office.call(partner, 'confirmOrder', { iccid, matchingId, releaseFlag: true })).verdict),
    )
    expect(verdicts.sort()).toEqual(['8.2.6/3.3', 'ok'])
    await new Device(lab).downloaded(matchingId)
  })
})

describe('what is answered', () => {
  test('confirmOrder: EID, MatchingID and address; a made MatchingID cannot be guessed', async () => {
    const { iccid } = await lab.addProfile()
    await office.call(partner, 'downloadOrder', { iccid, eid })
    const { json, status, headers } = await office.call(partner, 'confirmOrder', { iccid, releaseFlag: true })
    expect([status, headers['content-type'], headers['x-admin-protocol']]).toEqual([200, 'application/json', 'gsma/rsp/v2.2.2'])
    expect(json).toEqual({
      header: { functionExecutionStatus: { status: 'Executed-Success' } },
      eid,
      matchingId: expect.stringMatching(/^([2-9A-HJ-NP-Z]{5}-){3}[2-9A-HJ-NP-Z]{5}$/),
      smdpAddress: 'smdp.example.com',
    })
  })

  test('the ICCID is spelt as it was sent, else as the partner’s version has it', async () => {
    const iccids = await Promise.all(Array.from({ length: 2 }, async () => (await lab.addProfile()).iccid))
    expect((await office.call(partner, 'downloadOrder', { iccid: `${iccids[0]}F` })).json.iccid).toBe(`${iccids[0]}F`)
    await stock('padded', 2)
    const older = partnerNamed('older.example.com', { headerVersion: '2.1.0' })
    expect((await office.call(older, 'downloadOrder', { profileType: 'padded' })).json.iccid).toMatch(/^\d{19}F$/)
    expect((await office.call(partner, 'downloadOrder', { profileType: 'padded' })).json.iccid).toMatch(/^\d{19}$/)
  })

  test('a default SM-DP+ order is found by the EID alone', async () => {
    const { iccid } = await lab.addProfile()
    const card = lab.card()
    await office.call(partner, 'downloadOrder', { iccid, eid: card.eid })
    const { json } = await office.call(partner, 'confirmOrder', { iccid, matchingId: '', releaseFlag: true })
    expect(json).toMatchObject({ matchingId: '', eid: card.eid })
    await lab.phone(card).download({ activationCode: 'LPA:1$smdp.example.com$' })
    expect(await lab.profile(iccid)).toMatchObject({ state: 'Installed' })
  })

  test.each([
    ['an unknown function', 'orderDownload', '{}', {}, 404],
    ['no JSON', 'downloadOrder', 'iccid=1', {}, 400],
    ['a JSON array', 'downloadOrder', '[]', {}, 400],
    ['another protocol', 'downloadOrder', '{}', { 'x-admin-protocol': 'gsma/sas/v1' }, 400],
    [
      'JSON without an end',
      'downloadOrder',
      `{"header":{"functionRequesterIdentifier":"${partner.identifier}","functionCallIdentifier":"d"},"x":${'['.repeat(60)}${']'.repeat(60)}}`,
      {},
      400,
    ],
  ])('%s is no call', async (_, name, body, headers, status) => {
    const answer = await office.post(partner, name, body, headers)
    expect([answer.status, answer.json.message]).toEqual([status, expect.stringMatching(/^[A-Z].*\.$/)])
  })

  test('every step is audited under the partner’s name, with its call', async () => {
    const { iccid } = await lab.addProfile()
    const header = office.header(partner)
    await office.call(partner, 'downloadOrder', { header, iccid })
    await office.call(partner, 'confirmOrder', { iccid, releaseFlag: false })
    await office.call(partner, 'releaseProfile', { iccid })
    expect(
      await lab.sql(`SELECT actor, actor_kind AS kind, action, detail->>'function' AS function FROM audit WHERE target = $1 ORDER BY id`, [
        iccid,
      ]),
    ).toEqual([
      { actor: 'partner:bss.example.com', kind: 'partner', action: 'order:issue', function: 'downloadOrder' },
      { actor: 'partner:bss.example.com', kind: 'partner', action: 'order:issue', function: 'confirmOrder' },
      { actor: 'partner:bss.example.com', kind: 'partner', action: 'order:release', function: 'releaseProfile' },
    ])
    expect((await lab.events(iccid)).map(({ kind }) => kind)).toEqual(['uploaded', 'downloadOrder', 'confirmOrder', 'releaseProfile'])
  })
})

describe('orders on an SM-DS', () => {
  class Recorded implements EventRegistrar {
    readonly told: [string, SmdsEvent][] = []
    fails: 'smdsInaccessible' | 'smdsError' | undefined

    register = (event: SmdsEvent) => this.tell('register', event)
    delete = (event: SmdsEvent) => this.tell('delete', event)

    private async tell(what: string, event: SmdsEvent): Promise<void> {
      if (this.fails) throw new RspError(this.fails)
      this.told.push([what, event])
    }
  }

  async function linked() {
    const { iccid } = await lab.addProfile()
    await office.call(partner, 'downloadOrder', { iccid, eid })
    return iccid
  }
  const smdsAddress = 'ds.example.com'
  const eventOf = async (iccid: string) =>
    (await lab.sql('SELECT smds_address AS address, smds_event AS event FROM download_order WHERE iccid = $1', [iccid]))[0]

  test('are told there when they are released, and taken away when they are cancelled', async () => {
    const smds = new Recorded()
    office.registrar = smds
    const iccid = await linked()
    const { matchingId } = (await office.call(partner, 'confirmOrder', { iccid, smdsAddress, releaseFlag: true })).json
    const event = { eid, eventId: matchingId, smdsAddress }
    expect([smds.told, await eventOf(iccid)]).toEqual([[['register', event]], { address: smdsAddress, event: 'registered' }])
    await office.call(partner, 'cancelOrder', { iccid, eid, matchingId, finalProfileStatusIndicator: 'Available' })
    expect([smds.told.at(-1), await eventOf(iccid)]).toEqual([['delete', event], { address: smdsAddress, event: 'deleted' }])
  })

  test('wait for releaseProfile', async () => {
    const smds = new Recorded()
    office.registrar = smds
    const iccid = await linked()
    const { matchingId } = (await office.call(partner, 'confirmOrder', { iccid, smdsAddress, releaseFlag: false })).json
    expect([smds.told, await eventOf(iccid)]).toEqual([[], { address: smdsAddress, event: 'waiting' }])
    expect((await office.call(partner, 'releaseProfile', { iccid })).verdict).toBe('ok')
    expect([smds.told, await eventOf(iccid)]).toEqual([
      [['register', { eid, eventId: matchingId, smdsAddress }]],
      { address: smdsAddress, event: 'registered' },
    ])
  })

  test.each([
    ['smdsInaccessible', '8.9/5.1'],
    ['smdsError', '8.9/4.2'],
  ] as const)('stay as they were when the SM-DS fails (%s, %s), and the same call is tried again', async (fails, code) => {
    const smds = new Recorded()
    office.registrar = smds
    const iccid = await linked()
    const confirm = { header: office.header(partner), iccid, smdsAddress, matchingId: `EVENT-${randomUUID().slice(0, 8).toUpperCase()}` }
    const steps = [
      ['confirmOrder', { ...confirm, releaseFlag: true }, 'Linked'],
      ['confirmOrder', { ...confirm, header: office.header(partner), releaseFlag: false }, undefined],
      ['releaseProfile', { header: office.header(partner), iccid }, 'Confirmed'],
      [
        'cancelOrder',
        { header: office.header(partner), iccid, eid, matchingId: confirm.matchingId, finalProfileStatusIndicator: 'Available' },
        'Released',
      ],
    ] as const
    for (const [name, members, stays] of steps) {
      if (stays) {
        smds.fails = fails
        const before = await lab.sql('SELECT * FROM download_order WHERE iccid = $1', [iccid])
        expect((await office.call(partner, name, members)).verdict).toBe(code)
        expect((await lab.profile(iccid))?.state).toBe(stays)
        expect(await lab.sql('SELECT * FROM download_order WHERE iccid = $1', [iccid])).toEqual(before)
        smds.fails = undefined
      }
      if (stays === 'Linked') continue
      expect((await office.call(partner, name, members)).verdict).toBe('ok')
    }
    expect((await lab.profile(iccid))?.state).toBe('Available')
  })
})
