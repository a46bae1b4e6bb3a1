import { expect, test } from 'vitest'
import { redacted } from './redact'

const eid = '89049032123451234512345678901235'
const body = {
  eid,
  iccid: '8944000000000000001',
  matchingId: 'A1B2-C3D4-E5F6',
  confirmationCode: '4711',
  order: { activationCode: 'LPA:1$smdp.example.com$A1B2-C3D4-E5F6', imei: '490154203237518' },
  header: { functionCallIdentifier: 'one' },
}

test('nobody sees a confirmation code', () => {
  const seen = redacted(body, { eids: true, codes: true })
  expect(seen).not.toContain('4711')
  for (const shown of [eid, 'A1B2-C3D4-E5F6', '490154203237518']) expect(seen).toContain(shown)
})

test('EIDs and IMEIs are masked for whoever may not see them whole', () => {
  const seen = redacted(body, { eids: false, codes: true })
  expect(seen).not.toContain(eid)
  expect(seen).not.toContain('490154203237518')
  expect(seen).toContain('••••1235')
  expect(seen).toContain('A1B2-C3D4-E5F6')
})

test('matching IDs are masked for whoever may not see codes, within activation codes too', () => {
  const seen = redacted(body, { eids: true, codes: false })
  expect(seen).not.toContain('A1B2-C3D4')
  expect(seen).toContain('••••E5F6')
})

test('the header stands first, each member in a line of its own', () => {
  expect(redacted(body, { eids: true, codes: true }).split('\n')[1]).toBe('  "header": {')
})
