import { createTransport } from 'nodemailer'
import type { MailSettings } from './mail-settings'

export interface Letter {
  /** Stays the same when it is sent again: a receiver may tell that it is the same. */
  id: string
  to: string
  subject: string
  text: string
  date: Date
}

/** What a mail server said. */
export type Delivery = { outcome: 'sent' } | { outcome: 'refused' | 'later'; sentence: string }

const timeouts = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 30_000, dnsTimeout: 10_000 }

/** Hands a mail to the mail server, on a connection of its own. */
export async function deliverBySmtp(settings: MailSettings, letter: Letter): Promise<Delivery> {
  const { host, port, secure, requireTls, login, from } = settings
  const transport = createTransport({
    host,
    port,
    secure,
    requireTLS: requireTls,
    ...(login ? { auth: { user: login.user, pass: login.password } } : {}),
    ...timeouts,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  try {
    await transport.sendMail({
      from,
      to: { name: '', address: letter.to },
      subject: letter.subject,
      text: letter.text,
      date: letter.date,
      messageId: `<${letter.id}@${from.address.split('@').at(-1)}>`,
      headers: { 'Auto-Submitted': 'auto-generated' },
    })
    return { outcome: 'sent' }
  } catch (error) {
    return problemOf(error, settings)
  } finally {
    transport.close()
  }
}

interface SmtpError {
  code?: string
  responseCode?: number
  response?: string
}

function problemOf(error: unknown, { host, port }: MailSettings): Delivery {
  if (!(error instanceof Error)) throw error
  const { code = '', responseCode, response } = error as Error & SmtpError
  const server = `The mail server ${host}:${port}`
  const words = response ? ` It said: ${response.split('\n', 1)[0]?.slice(0, 200)}` : ''
  if (code === 'EAUTH') return { outcome: 'later', sentence: `${server} does not accept the user name and password of SMTP_URL.${words}` }
  if (code === 'ETLS') return { outcome: 'later', sentence: `${server} offers no encryption (STARTTLS), and SMTP_URL has a password.` }
  // RFC 5321 §4.2.1: 5yz, the same again would be refused again.
  if (responseCode && responseCode >= 500 && /^(EENVELOPE|EMESSAGE)$/.test(code))
    return { outcome: 'refused', sentence: `${server} refused this mail.${words}` }
  if (responseCode) return { outcome: 'later', sentence: `${server} did not take this mail for now.${words}` }
  if (/CERT|SELF_SIGNED|ALTNAME|UNABLE_TO/.test(`${code} ${error.message}`))
    return { outcome: 'later', sentence: `${server} has a certificate that this server does not trust: ${error.message}.` }
  if (/^E[A-Z]+$/.test(code)) return { outcome: 'later', sentence: `${server} does not answer (${code}).` }
  throw error
}
