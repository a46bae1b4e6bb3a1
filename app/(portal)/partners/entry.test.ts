import { describe, expect, test } from 'vitest'
import type { CallDetail } from '@/lib/db/partners/workbench'
import { shownCall } from './entry'
import { shownUrl } from './shown-url'

const call: CallDetail = {
  functionCallIdentifier: 'one',
  request: { header: {}, eid: '89049032123451234512345678901235', confirmationCode: '4711' },
  response: { header: { functionExecutionStatus: { status: 'Executed-Success' } }, matchingId: 'A1B2-C3D4-E5F6' },
  status: null,
  address: '192.0.2.1',
  durationUs: 1_200,
  resent: 0,
  lastResentAt: null,
}

describe('a call unfolded', () => {
  test('shows request and answer, each with what is not for whoever asks masked', () => {
    const { request, answer, refusal, anew } = shownCall(call, { eids: false, codes: false })
    expect(request).toContain('••••1235')
    expect(answer).toContain('••••E5F6')
    expect(`${request}${answer}`).not.toMatch(/4711|8904903212345|A1B2-C3D4/)
    expect({ refusal, anew }).toEqual({ refusal: undefined, anew: false })
  })

  test('says why it was refused, and whether the same call again gets the same answer', () => {
    const all = { eids: true, codes: true }
    expect(shownCall({ ...call, status: 'fieldMissing' }, all)).toMatchObject({ refusal: expect.any(String), anew: false })
    expect(shownCall({ ...call, status: 'smdsInaccessible' }, all)).toMatchObject({ anew: true })
    expect(shownCall({ ...call, status: 'ofAnotherVersion' }, all)).toMatchObject({ refusal: undefined, anew: false })
  })
})

test('the path of an address, by which a receiver may know us, is for administrators', () => {
  const url = 'https://hooks.example.com/T1/secret?key=1'
  expect(shownUrl(url, 'administrator')).toBe(url)
  expect(shownUrl(url, 'operator')).toBe('https://hooks.example.com/…')
  expect(shownUrl('https://bss.example.com/', 'support')).toBe('https://bss.example.com')
})
