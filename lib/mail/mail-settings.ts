/** Through which server mail goes out, and as whom. */
export interface MailSettings {
  host: string
  port: number
  /** TLS from the beginning; else by STARTTLS where the server offers it. */
  secure: boolean
  /** STARTTLS or nothing: a password must not travel in the clear. */
  requireTls: boolean
  login: { user: string; password: string } | undefined
  from: { name: string; address: string }
}

const decode = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

const isLoopback = (host: string): boolean => /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i.test(host)

/** Reads smtp://user:password@host:port or smtps://…; undefined when it is none. */
export function parseSmtpUrl(text: string): Omit<MailSettings, 'from'> | undefined {
  if (!URL.canParse(text)) return undefined
  const url = new URL(text)
  const secure = url.protocol === 'smtps:'
  const user = decode(url.username)
  const password = decode(url.password)
  const plain = /^smtps?:$/.test(url.protocol) && url.hostname !== '' && /^\/?$/.test(url.pathname) && !url.search && !url.hash
  if (!plain || user === undefined || password === undefined || (user === '' && password !== '')) return undefined
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port ? Number(url.port) : secure ? 465 : 587,
    secure,
    requireTls: !secure && user !== '' && !isLoopback(url.hostname),
    login: user ? { user, password } : undefined,
  }
}

const addressForm = /^[^\s@<>(),;:"\\[\]]+@[^\s@<>(),;:"\\[\]]+$/

/** An e-mail address that can stand in an envelope. */
export const isMailAddress = (text: string): boolean => text.length <= 254 && addressForm.test(text)

/** Reads `name@example.com` or `A name <name@example.com>`; undefined when it is neither. */
export function parseSender(text: string): MailSettings['from'] | undefined {
  const [, name = '', inBrackets] = /^([^<>\p{Cc}]*)<([^<>]*)>$/u.exec(text.trim()) ?? []
  const address = (inBrackets ?? text).trim()
  if (!isMailAddress(address)) return undefined
  return { name: name.trim().replace(/^"(.*)"$/, '$1'), address }
}
