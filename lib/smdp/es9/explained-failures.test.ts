import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { profileAttempts, strayAttempts } from '@/lib/db/portal/attempts'
import { profileStory } from '@/lib/db/portal/profile-detail'
import { createCard } from '@/lib/phone/card'
import type { DownloadRequest, Lpa } from '@/lib/phone/lpa'
import { attemptOfUnproved } from '@/lib/rsp/explain/attempt'
import { explain } from '@/lib/rsp/explain/explain'
import { verdictOf } from '@/lib/rsp/explain/verdict'
import { Eid } from '@/lib/rsp/identifiers'
import { makeTestPki } from '@/lib/rsp/pki/test-pki'
import { issuing, testSmdpOid } from '../pki/test-pki-files'
import { forgedCard } from '../testing/forged-card'
import { address, Laboratory } from '../testing/laboratory'

let lab: Laboratory
beforeAll(async () => {
  lab = await Laboratory.open()
  await lab.addType({ name: 'strict', strict: true })
  await lab.addType({ name: 'ends', onRejection: 'end' })
})
afterAll(() => lab.close())

const codeOf = (matchingId: string): string => `LPA:1$${address}$${matchingId}`

/** A download that goes wrong somewhere, as a customer's phone would do it. */
const tryWith = (phone: Lpa, request: DownloadRequest) => phone.download(request).catch(() => undefined)

/** What the desk says of a profile, read from the rows that the server wrote. */
async function desk(iccid: string, now = lab.now) {
  const story = await profileStory(lab.db, iccid, 200)
  if (!story) throw new Error('no such profile')
  const { attempts } = await profileAttempts(lab.db, iccid)
  return { verdict: verdictOf(story.events, story.orders, story.profile, now), attempts, ...story }
}

describe('failures of real downloads are explained from the events that were written', () => {
  test('wrong confirmation code: what is left is counted, and the last one ends the order', async () => {
    const { iccid, matchingId } = await lab.issued({ confirmationCode: '12345678' })
    await tryWith(lab.phone(), { activationCode: codeOf(matchingId), confirmationCode: '0000' })
    const { verdict, orders } = await desk(iccid)
    const limit = orders[0]?.confirmationLimit ?? 0
    expect(verdict.why).toMatchObject({
      sentence: `The customer typed a wrong confirmation code. ${limit - 1} tries of ${limit} are left.`,
      specialist: '8.2.7 / 3.8 Confirmation code refused',
    })
    expect(verdict.advice).toContain('the code still works')
    for (let i = 1; i < limit; i++) await tryWith(lab.phone(), { activationCode: codeOf(matchingId), confirmationCode: '0000' })
    const over = (await desk(iccid)).verdict
    expect(over).toMatchObject({ state: 'Error', tone: 'bad', actions: ['move', 'replace'] })
    expect(over.why?.sentence).toBe(
      `The customer typed a wrong confirmation code ${limit} times, and the order ended to keep guessers out.`,
    )
  })

  test('wrong activation code: the attempt belongs to the device alone', async () => {
    const phone = lab.phone()
    await tryWith(phone, { activationCode: codeOf('NO-SUCH-CODE') })
    const { attempts } = await strayAttempts(lab.db, phone.euicc.eid)
    const [only] = attempts
    if (!only) throw new Error('no attempt')
    expect(explain(only, { now: lab.now })).toMatchObject({
      sentence: expect.stringContaining('a code that no order here has (one ending in “CODE”)'),
      actions: ['mailLink', 'showCode'],
    })
  })

  test('wrong EID: both phones by the end of their EID', async () => {
    const right = lab.phone()
    const wrong = lab.phone()
    const { iccid, matchingId } = await lab.issued({ eid: Eid.parse(right.euicc.eid) })
    await tryWith(wrong, { activationCode: codeOf(matchingId) })
    const { verdict } = await desk(iccid)
    expect(verdict.why?.sentence).toBe(
      `The code is for the phone with the EID ending ${right.euicc.eid.slice(-4)}, and a phone with the EID ending ${wrong.euicc.eid.slice(-4)} asked.`,
    )
    expect(verdict.actions).toEqual(['bindDevice', 'showCode'])
  })

  test('expired: the code is dead, and no other try is recommended', async () => {
    const before = lab.now
    const { iccid, matchingId } = await lab.issued({ expiresAt: new Date(before.getTime() + 60_000) })
    lab.now = new Date(before.getTime() + 120_000)
    try {
      await tryWith(lab.phone(), { activationCode: codeOf(matchingId) })
      const { verdict } = await desk(iccid)
      expect(verdict.why?.sentence).toMatch(/^The code was good until .* UTC, and the phone came after that\.$/)
      expect(verdict.headline).toContain('its code has run out')
      expect(verdict.actions).toEqual(['extendExpiry', 'cancelOrder', 'issueCode'])
    } finally {
      lab.now = before
    }
  })

  test.each([
    ['refused before the download', 'strict'],
    ['after the download', 'test'],
  ])('memory, %s: what is free and what is needed', async (_, type) => {
    const { iccid, matchingId } = await lab.issued({ type })
    await tryWith(lab.phone(lab.card({ settings: { nonVolatileMemoryBytes: 4_096 } })), { activationCode: codeOf(matchingId) })
    const { verdict } = await desk(iccid)
    expect(verdict.why?.sentence).toMatch(/^The phone has 4 kB free and this profile needs \d+ kB\.$/)
    expect(verdict.advice).toMatch(/^Ask the customer to delete an unused eSIM, then let them scan again.*: the code still works\.$/)
    expect(verdict.device).toMatchObject({ freeMemory: 4_096, neededMemory: expect.any(Number), tac: '35290611', category: 2 })
  })

  test('profile rejected by the eUICC: the element at which it stopped', async () => {
    const { iccid, matchingId } = await lab.issued()
    await tryWith(lab.phone(lab.card({ settings: { uiccCapability: [] } })), { activationCode: codeOf(matchingId) })
    const { verdict } = await desk(iccid)
    expect(verdict).toMatchObject({ state: 'Error', tone: 'bad', actions: ['replace', 'changeType'] })
    expect(verdict.why).toMatchObject({
      sentence: 'The eSIM uses a feature that the chip of this phone does not have.',
      specialist: expect.stringMatching(/^installation error 12, during loading the profile elements, profile element .*: status 10$/),
    })
  })

  test('cancelled: put off, and refused where the type ends the order with it', async () => {
    const kept = await lab.issued()
    await tryWith(lab.phone(), { activationCode: codeOf(kept.matchingId), accept: () => 'postpone' })
    expect((await desk(kept.iccid)).verdict).toMatchObject({
      why: { sentence: 'The customer chose “later” when the phone showed the eSIM.' },
      advice: 'Let them scan again: the code still works.',
    })
    const over = await lab.issued({ type: 'ends' })
    await tryWith(lab.phone(), { activationCode: codeOf(over.matchingId), accept: () => 'reject' })
    expect((await desk(over.iccid)).verdict).toMatchObject({
      state: 'Error',
      why: { sentence: 'The phone showed the eSIM, and somebody there said no.', actions: ['move', 'replace'] },
    })
  })

  test('unknown manufacturer: nothing is proved, so only memory knows', async () => {
    const ctx = await lab.ctx()
    const { matchingId } = await lab.issued()
    const foreign = makeTestPki({ curve: 'P-256', dnsNames: [address], oid: testSmdpOid }, issuing(lab.now))
    const card = createCard({
      ciCertificates: [foreign.ci.certificate],
      eumCertificate: foreign.eum.certificate,
      eumPrivateKey: foreign.eum.privateKey.export({ format: 'der', type: 'pkcs8' }),
      now: lab.now,
    })
    await tryWith(lab.phone(card), { activationCode: codeOf(matchingId) })
    const [untrusted] = ctx.strangers.recent()
    if (!untrusted) throw new Error('nobody was refused')
    expect(explain(attemptOfUnproved(untrusted), { now: lab.now })).toMatchObject({
      sentence: 'The phone has an eSIM chip of a manufacturer whose root certificate this server does not trust.',
      actions: ['importCertificates'],
    })
    await tryWith(lab.phone(forgedCard(lab, { eumDer: der => Buffer.concat([der.subarray(0, -1), Buffer.of((der.at(-1) ?? 0) ^ 1)]) })), {
      activationCode: codeOf(matchingId),
    })
    // The phone cancels what was refused, which is refused in its turn.
    const forged = ctx.strangers.recent().find(refusal => refusal.function === 'authenticateClient')
    if (!forged) throw new Error('nobody was refused')
    expect(explain(attemptOfUnproved(forged), { now: lab.now }).sentence).toContain('manufacturer that this server cannot verify')
  })

  test('lost after download: patience first, then what to look for on that phone', async () => {
    const before = lab.now
    const { iccid, matchingId } = await lab.issued()
    const phone = lab.phone()
    await tryWith(phone, { activationCode: codeOf(matchingId), faults: { keepNotifications: true } })
    expect((await desk(iccid)).verdict).toMatchObject({ state: 'Downloaded', tone: 'plain', why: { actions: [] } })
    const later = await desk(iccid, new Date(before.getTime() + 3 * 3_600_000))
    expect(later.verdict).toMatchObject({
      tone: 'warn',
      headline: `A phone with the EID ending ${phone.euicc.eid.slice(-4)} took this eSIM 3 hours ago and has not said that it is installed.`,
      why: { sentence: 'The phone took the eSIM 3 hours ago and has not told whether it installed it.' },
      actions: ['showCode', 'mailLink', 'replace'],
    })
    await phone.sendNotifications()
    expect((await desk(iccid)).verdict).toMatchObject({ state: 'Installed', tone: 'good' })
  })

  test('interrupted, then done: the last attempt decides, and the one before is still explained', async () => {
    const { iccid, matchingId } = await lab.issued()
    const phone = lab.phone()
    await tryWith(phone, { activationCode: codeOf(matchingId), faults: { interruptAfterSegments: 3 } })
    const { verdict } = await desk(iccid)
    expect(verdict.why?.sentence).toMatch(
      /^The installation was interrupted, .*: the phone was switched off, or lost its power or reception\.$/,
    )
    await phone.download({ activationCode: codeOf(matchingId) })
    const done = await desk(iccid)
    expect(done.verdict.why).toBeUndefined()
    expect(done.attempts.map(({ step }) => step)).toEqual(['installed', 'notInstalled'])
    await tryWith(lab.phone(), { activationCode: codeOf(matchingId) })
    expect((await desk(iccid)).verdict).toMatchObject({
      headline: expect.stringMatching(/^This eSIM was installed on a phone with the EID ending \d{4}/),
      why: { sentence: 'This code was used before: the eSIM was installed with it, and a code is good for one installation.' },
    })
  })
})
