import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { STATUS, type StatusName } from '@/lib/rsp/status'

const AUTHENTICATED = 'authenticated-euicc.test.ts'
const AUTHENTICATE_CLIENT = 'authenticate-client.test.ts'
const PACKAGE = 'get-bound-profile-package.test.ts'
const ORDERS = '../../orders/orders.test.ts'
const ES2 = '../es2/states.test.ts'
// Answered to us by an SM-DS, and never by us.
const ES12 = '../es12/client.test.ts'

/** Where a real call is refused with each status. A new status needs its line, and its test. */
const PROVED: Record<StatusName, string> = {
  smdpAddressRefused: 'initiate-authentication.test.ts',
  svnUnsupported: 'initiate-authentication.test.ts',
  signingCiUnsupported: 'initiate-authentication.test.ts',
  noDpCertificate: 'initiate-authentication.test.ts',
  transactionUnknown: AUTHENTICATED,
  ciKeyUnknown: AUTHENTICATED,
  eumCertificateInvalid: AUTHENTICATED,
  eumCertificateExpired: AUTHENTICATED,
  euiccCertificateInvalid: AUTHENTICATED,
  euiccCertificateExpired: AUTHENTICATED,
  euiccSignatureInvalid: AUTHENTICATED,
  matchingIdRefused: AUTHENTICATE_CLIENT,
  eidRefused: AUTHENTICATE_CLIENT,
  profileNotReleased: AUTHENTICATE_CLIENT,
  orderExpired: AUTHENTICATE_CLIENT,
  downloadAttemptsExceeded: AUTHENTICATE_CLIENT,
  profileNotEligible: 'eligibility.test.ts',
  insufficientMemory: 'eligibility.test.ts',
  confirmationCodeMissing: PACKAGE,
  confirmationCodeRefused: PACKAGE,
  confirmationCodeAttemptsExceeded: PACKAGE,
  bppUnavailable: PACKAGE,
  smdpOidMismatch: 'cancel-session.test.ts',
  formatInvalid: 'answer.test.ts',
  fieldMissing: 'answer.test.ts',
  iccidUnknown: ORDERS,
  iccidInUse: ORDERS,
  iccidNotAllowed: ES2,
  releaseNotPossible: ORDERS,
  profileTypeUnknown: ORDERS,
  profileTypeExhausted: ORDERS,
  profileTypeMismatch: ORDERS,
  profileTypeNotAllowed: ES2,
  eidMissing: ORDERS,
  eidAssociationInvalid: ORDERS,
  matchingIdInUse: ORDERS,
  matchingIdInvalid: ES2,
  matchingIdAssociationInvalid: ORDERS,
  functionRequesterNotAllowed: ES2,
  profileFieldMissing: ES2,
  matchingIdMissing: ES2,
  smdsInaccessible: ES2,
  smdsError: '../es2/calls.test.ts',
  eventExists: ES12,
  eventUnknown: ES12,
}

describe('§5.2.6 every status code that this server answers', () => {
  const names = Object.keys(STATUS) as StatusName[]

  test.each(names)('%s is proved by a call that is refused with it', name => {
    const where = PROVED[name]
    expect(where).toBeDefined()
    const { subjectCode, reasonCode } = STATUS[name]
    expect(readFileSync(join(import.meta.dirname, where), 'utf8')).toContain(`'${subjectCode}/${reasonCode}'`)
  })

  test('no two statuses have the same codes, and each has its sentences', () => {
    const codes = names.map(name => `${STATUS[name].subjectCode}/${STATUS[name].reasonCode}`)
    expect(new Set(codes).size).toBe(codes.length)
    for (const name of names) {
      expect(STATUS[name].meaning).toMatch(/^[A-Z].*\.$/)
      expect(STATUS[name].message).toMatch(/^\S.*[^.]$/)
      expect(`${STATUS[name].subjectCode}/${STATUS[name].reasonCode}`).toMatch(/^\d+(\.\d+)*\/\d+(\.\d+)*$/)
    }
  })
})
