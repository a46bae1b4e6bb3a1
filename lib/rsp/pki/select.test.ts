import { describe, expect, test } from 'vitest'
import { selectCredentials } from './select'

const [nist, brainpool, live, other] = ['A1', 'B2', 'C3', 'D4'].map(octet => octet.repeat(20)) as [string, string, string, string]
const sets = [
  { ciKeyId: nist, set: 'nist' },
  { ciKeyId: brainpool, set: 'brainpool' },
]

describe('§5.6.1 choice of CI and credentials', () => {
  test('the first CI for signing that the server trusts is chosen, whatever the order of the server', () => {
    expect(selectCredentials({ forVerification: [nist, brainpool], forSigning: [other, brainpool, nist] }, sets)).toEqual({
      ciKeyId: brainpool,
      credentials: sets[1],
    })
  })

  test('the server’s certificates are of the same CI when the eUICC verifies it, wherever it stands in the list', () => {
    expect(selectCredentials({ forVerification: [brainpool, nist], forSigning: [nist] }, sets).credentials.set).toBe('nist')
  })

  test('otherwise they are of the first CI for verification that has some', () => {
    const chosen = selectCredentials({ forVerification: [other, brainpool], forSigning: [nist] }, sets)
    expect(chosen).toEqual({ ciKeyId: nist, credentials: sets[1] })
  })

  test('a CI may be trusted without certificates of the server under it', () => {
    const chosen = selectCredentials({ forVerification: [nist], forSigning: [live, nist] }, sets, [nist, brainpool, live])
    expect(chosen).toEqual({ ciKeyId: live, credentials: sets[0] })
  })

  test('key identifiers compare without case', () => {
    const chosen = selectCredentials({ forVerification: [nist.toLowerCase()], forSigning: [nist.toLowerCase()] }, sets)
    expect(chosen.ciKeyId).toBe(nist)
  })

  test.each([[[]], [[other]]])('no CI for signing is trusted: 8.8.2/3.1 (%j)', forSigning => {
    const select = () => selectCredentials({ forVerification: [nist], forSigning }, sets)
    expect(select).toThrow(expect.objectContaining({ status: 'signingCiUnsupported' }))
  })

  test.each([[[]], [[other]]])('no certificate under a CI for verification: 8.8.4/3.7 (%j)', forVerification => {
    const select = () => selectCredentials({ forVerification, forSigning: [nist] }, sets)
    expect(select).toThrow(expect.objectContaining({ status: 'noDpCertificate' }))
  })
})
