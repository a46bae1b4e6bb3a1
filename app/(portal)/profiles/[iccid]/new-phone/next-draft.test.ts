import { expect, test } from 'vitest'
import { draftFor, nextInput } from './next-draft'

const customer = { customerEmail: 'kim@example.com', reference: 'A-1', language: 'de' }

test('the next order goes to the customer of the one before, in their language', () => {
  expect(nextInput(draftFor(customer))).toEqual({ customerEmail: 'kim@example.com', language: 'de' })
  expect(nextInput(draftFor({ customerEmail: null, reference: null, language: 'tlh' }))).toEqual({})
})

test('an EID goes without its spaces, and a confirmation code only where one was chosen', () => {
  const draft = { ...draftFor(customer), eid: '8904 9032 1234 5123 4512 3456 7890 1235', confirmationCode: '4711' }
  expect(nextInput(draft)).toMatchObject({ eid: '89049032123451234512345678901235' })
  expect(nextInput(draft)).not.toHaveProperty('confirmationCode')
  expect(nextInput({ ...draft, codeChoice: 'typed' })).toMatchObject({ confirmationCode: '4711' })
  expect(nextInput({ ...draft, codeChoice: 'none' })).toMatchObject({ confirmationCode: null })
})
