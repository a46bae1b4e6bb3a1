import { expect, test } from 'vitest'
import { LANGUAGES } from './language'
import { linkMail } from './link-mail'

const url = 'https://esim.example.com/e/9hYx2bqWm0sN4T7uJ1cR5dKvLpAeGzFo'

test('the mail says how, until when and what else is needed', () => {
  const { subject, text } = linkMail('en', {
    brand: 'Nordlicht Mobil',
    url,
    expiresAt: new Date('2026-05-03T22:30:00Z'),
    confirmationCode: true,
  })
  expect(subject).toBe('Your eSIM from Nordlicht Mobil')
  expect(text).toContain('Please install the eSIM by 3 May 2026 at 22:30 UTC.')
  expect(text).toContain('confirmation code')
})

test.each(LANGUAGES)('%s: the link stands on a line of its own, and no placeholder is left', language => {
  const { subject, text } = linkMail(language, { brand: 'Nordlicht', url, expiresAt: new Date(0), confirmationCode: true })
  expect(text.split('\n')).toContain(url)
  expect(subject + text).not.toMatch(/[{}]/)
  expect(subject).toContain('Nordlicht')
})

test('what the order does not have is not mentioned', () => {
  const { text } = linkMail('en', { brand: 'Nordlicht', url, confirmationCode: false })
  expect(text).not.toMatch(/confirmation code| by /)
})

test('a name with line breaks or placeholders stays a name', () => {
  const { subject } = linkMail('en', { brand: 'A\r\nBcc: b@example.com {date} $&', url, confirmationCode: false })
  expect(subject).toBe('Your eSIM from A Bcc: b@example.com {date} $&')
})
