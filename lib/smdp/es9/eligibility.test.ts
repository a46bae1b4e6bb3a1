import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CardSettings } from '@/lib/phone/card'
import { decodeEuiccInfo2 } from '@/lib/rsp/asn1/euicc-info'
import { readSingle } from '@/lib/rsp/tlv'
import { Device, octetsOf, verdictOf } from '../testing/device'
import { Laboratory } from '../testing/laboratory'
import { eligibility } from './eligibility'

let lab: Laboratory
beforeAll(async () => {
  lab = await Laboratory.open()
  await lab.addPki('brainpoolP256r1', true)
  await lab.addType({ name: 'strict', strict: true })
  await lab.addType({ name: 'live', live: true })
  await lab.addType({ name: 'ppr1', policyRules: ['ppr1'] })
  await lab.addType({ name: 'all rules', policyRules: ['pprUpdateControl', 'ppr1', 'ppr2'] })
  await lab.addType({ name: 'class test', profileClass: 'test' })
  await lab.addType({ name: 'strict class test', profileClass: 'test', strict: true })
})
afterAll(() => lab.close())

async function tried(type: string, settings: Partial<CardSettings>, curve: 'P-256' | 'brainpoolP256r1' = 'P-256') {
  const { matchingId, iccid } = await lab.issued({ type })
  const device = new Device(lab, lab.card({ settings, curve }))
  const answer = await device.authenticate(matchingId)
  return { verdict: verdictOf(answer), answer, event: (await lab.events(iccid)).at(-1), state: (await lab.profile(iccid))?.state }
}

describe('Annex F, certain rules refuse', () => {
  test('#15 the profile has PPR1 and the eUICC forbids PPR1 (8.2.5/4.3)', async () => {
    const { verdict, event, state } = await tried('ppr1', { forbiddenProfilePolicyRules: [1] })
    expect(verdict).toBe('8.2.5/4.3')
    expect(event).toMatchObject({ outcome: 'refused', status: 'profileNotEligible', detail: expect.stringContaining('ppr1') })
    expect(state).toBe('Released')
  })

  test.each([0, 1, 2])('each policy rule by its bit: %i (8.2.5/4.3)', async bit =>
    expect((await tried('all rules', { forbiddenProfilePolicyRules: [bit] })).verdict).toBe('8.2.5/4.3'),
  )

  test('a forbidden rule that the profile does not have stands against nothing', async () => {
    expect((await tried('ppr1', { forbiddenProfilePolicyRules: [0, 2] })).verdict).toBe('Executed-Success')
    expect((await tried('test', { forbiddenProfilePolicyRules: [0, 1, 2] })).verdict).toBe('Executed-Success')
  })

  test('an eUICC under a test CI gets profiles of test types only (8.2.5/4.3)', async () => {
    const { verdict, event } = await tried('live', {})
    expect(verdict).toBe('8.2.5/4.3')
    expect(event?.detail).toContain('test CI')
  })

  test('an eUICC under a live CI gets profiles of live types, and none of test types (8.2.5/4.3)', async () => {
    expect((await tried('live', {}, 'brainpoolP256r1')).verdict).toBe('Executed-Success')
    expect((await tried('test', {}, 'brainpoolP256r1')).verdict).toBe('8.2.5/4.3')
  })
})

describe('Annex F, rules that the facts mark as uncertain warn, unless the type is strict', () => {
  const cases: [string, Partial<CardSettings>, string, RegExp][] = [
    ['free memory', { nonVolatileMemoryBytes: 1_000 }, '8.1/4.8', /free and this profile needs/],
    ['package version', { profileVersion: '2.0.0' }, '8.2.5/4.3', /package version/],
    ['another major version', { profileVersion: '3.3.0' }, '8.2.5/4.3', /package version/],
    ['mandatory services', { uiccCapability: [] }, '8.2.5/4.3', /does not promise what the package demands/],
  ]
  test.each(cases)('%s: a warning on the timeline', async (_, settings, __, sentence) => {
    const { verdict, event } = await tried('test', settings)
    expect(verdict).toBe('Executed-Success')
    expect(event).toMatchObject({ kind: 'authenticateClient', outcome: 'warning', data: { warnings: [expect.stringMatching(sentence)] } })
  })

  test.each(cases)('%s: a refusal of a strict type (8.2.5/4.3, 8.1/4.8)', async (_, settings, verdict, sentence) => {
    const { verdict: found, event } = await tried('strict', settings)
    expect(found).toBe(verdict)
    expect(event).toMatchObject({ outcome: 'refused', detail: expect.stringMatching(sentence) })
  })

  test('class test without testProfileSupport warns, and is refused of a strict type (8.2.5/4.3)', async () => {
    expect((await tried('class test', { rspCapability: [0] })).event?.outcome).toBe('warning')
    expect((await tried('strict class test', { rspCapability: [0] })).verdict).toBe('8.2.5/4.3')
    expect((await tried('strict class test', { rspCapability: [0, 3] })).verdict).toBe('Executed-Success')
  })

  test('several warnings stand beside each other', async () => {
    const { event } = await tried('test', { nonVolatileMemoryBytes: 1, uiccCapability: [], profileVersion: '2.0.0' })
    expect(event?.data?.warnings).toHaveLength(3)
  })

  test('an eUICC that does not say how much memory it has is not warned about', async () => {
    const device = new Device(lab)
    const euicc = { ...decodeEuiccInfo2(readSingle(device.euicc.getEuiccInfo2())), freeNonVolatileMemory: undefined }
    const type = { live: false, policyRules: [], strict: true, profileClass: 'operational' } as never
    expect(eligibility({ type, installBytes: 1e9, saipVersion: '2.3', mandatoryServices: [] }, euicc, { live: false })).toEqual([])
  })

  test('a version beside profileVersion counts (additionalEuiccProfilePackageVersions)', async () => {
    expect((await tried('strict', { profileVersion: '3.1.0', extraEuiccInfo2: 'af050403030301' })).verdict).toBe('8.2.5/4.3')
    expect((await tried('strict', { profileVersion: '3.1.0', extraEuiccInfo2: 'af050403020300' })).verdict).toBe('Executed-Success')
  })
})

test('§5.6.3 ineligible devices leave the attempts untouched for the right one', async () => {
  const { matchingId, orderId } = await lab.issued({ type: 'ppr1' })
  for (let i = 0; i < 3; i++) await new Device(lab, lab.card({ settings: { forbiddenProfilePolicyRules: [1] } })).authenticate(matchingId)
  expect(await lab.order(orderId)).toMatchObject({ download_attempts: 0, closed_at: null })
  const answer = await new Device(lab).authenticate(matchingId)
  expect(verdictOf(answer)).toBe('Executed-Success')
  expect(octetsOf(answer, 'profileMetadata').includes(Buffer.from('99020640', 'hex'))).toBe(true)
})
