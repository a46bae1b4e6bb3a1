import { isIP } from 'node:net'
import { resolve } from 'node:path'
import { z } from 'zod'
import { parseOidcRoles } from './accounts/oidc-settings'
import { parseSender, parseSmtpUrl } from './mail/mail-settings'

/* How each variable of the environment is read: empty ones are as good as none, and what is wrong is told in a sentence. */

type Context = { issues: z.core.$ZodRawIssue[] }

const refuse = (context: Context, message: string): never => {
  context.issues.push({ code: 'custom', message, input: undefined })
  return z.NEVER
}

export const optional = z
  .string()
  .optional()
  .transform(value => value?.trim() || undefined)

export const port = (name: string) =>
  optional.transform((value, context) => {
    if (value === undefined) return undefined
    const number = Number(value)
    if (/^\d+$/.test(value) && number >= 1 && number <= 65_535) return number
    return refuse(context, `${name} is "${value}": a port from 1 to 65535 is expected.`)
  })

export const wholeNumber = (name: string, min: number, max: number) =>
  optional.transform((value, context) => {
    if (value === undefined) return undefined
    const number = Number(value)
    if (/^\d{1,9}$/.test(value) && number >= min && number <= max) return number
    return refuse(context, `${name} is "${value}": a whole number from ${min} to ${max} is expected.`)
  })

export const perMinute = (name: string) => wholeNumber(name, 0, 10_000_000)

export const file = optional.transform(value => value && resolve(/* turbopackIgnore: true */ value))

const hostName = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i

/** A host name or address, with or without a port: what may stand in an activation code. */
function isAddress(text: string): boolean {
  const [, host = '', digits] = /^(\[[^\]]*\]|[^:]*)(?::(\d{1,5}))?$/.exec(text) ?? []
  const known = host.startsWith('[') ? isIP(host.slice(1, -1)) === 6 : hostName.test(host)
  return known && (digits === undefined || (Number(digits) >= 1 && Number(digits) <= 65_535))
}

const list = (value: string | undefined): string[] =>
  value
    ?.split(',')
    .map(item => item.trim())
    .filter(Boolean) ?? []

export const addresses = optional.transform((value, context) => {
  const items = list(value)
  const wrong = items.find(item => !isAddress(item))
  if (wrong !== undefined) {
    return refuse(context, `SMDP_ADDRESS has "${wrong}": host names, each with or without a port, are expected, such as smdp.example.com.`)
  }
  return items.filter((item, i) => items.findIndex(other => other.toLowerCase() === item.toLowerCase()) === i)
})

/** SM-DS by their address in small letters, with where ES12 of each is served. */
export const smdsServers = optional.transform((value, context) => {
  const servers: Record<string, string> = {}
  for (const item of list(value)) {
    const [address = '', es12 = address, ...more] = item.toLowerCase().split('=')
    if (more.length > 0 || !isAddress(address) || !isAddress(es12) || es12.startsWith('['))
      return refuse(
        context,
        `SMDS_ADDRESS has "${item}": the host names of SM-DS are expected, each with = and where its ES12 is served if that is elsewhere.`,
      )
    servers[address] = es12
  }
  return servers
})

export const yesOrNo = (name: string) =>
  optional.transform((value, context) => {
    if (value === undefined || /^(yes|no)$/i.test(value)) return value?.toLowerCase() === 'yes'
    return refuse(context, `${name} is "${value}": yes or no is expected.`)
  })

export const networks = (name: string) =>
  optional.transform((value, context) => {
    const wrong = list(value).find(item => {
      const [, address = '', prefix] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(item) ?? []
      const family = isIP(address)
      return family === 0 || (prefix !== undefined && Number(prefix) > (family === 4 ? 32 : 128))
    })
    if (wrong === undefined) return list(value)
    return refuse(context, `${name} has "${wrong}": addresses or networks are expected, such as 10.0.0.5 or 10.0.0.0/8.`)
  })

export const origin = (name: string, example: string) =>
  optional.transform((value, context) => {
    if (value === undefined) return undefined
    const url = URL.canParse(value) ? new URL(value) : undefined
    const plain =
      url && /^https?:$/.test(url.protocol) && url.pathname === '/' && !url.search && !url.hash && !url.username && !url.password
    if (plain) return url.origin
    const shown = url?.password || url?.username ? 'an address with a user name' : `"${value}"`
    return refuse(context, `${name} is ${shown}: http:// or https:// with a name and nothing after it is expected, such as ${example}.`)
  })

export const databaseUrl = optional.transform((value, context) => {
  if (value === undefined || (URL.canParse(value) && /^postgres(ql)?:$/.test(new URL(value).protocol))) return value
  const scheme = /^[a-z][a-z0-9+.-]*(?=:)/i.exec(value)?.[0]
  const found = scheme ? `begins with "${scheme}:"` : 'is no URL'
  return refuse(context, `DATABASE_URL ${found} (the rest is not shown): postgresql://user:password@host:port/database is expected.`)
})

export const smtpUrl = optional.transform((value, context) => {
  const parsed = value === undefined ? undefined : parseSmtpUrl(value)
  if (value === undefined || parsed) return parsed
  return refuse(context, 'SMTP_URL (not shown) cannot be read: smtp://user:password@host:587 or smtps://user:password@host is expected.')
})

export const mailSender = optional.transform((value, context) => {
  const parsed = value === undefined ? undefined : parseSender(value)
  if (value === undefined || parsed) return parsed
  return refuse(context, `MAIL_FROM is "${value}": an address such as Slipway <esim@example.com> is expected.`)
})

export const oidcIssuer = optional.transform((value, context) => {
  const url = value !== undefined && URL.canParse(value) ? new URL(value) : undefined
  const safe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname))
  if (value === undefined || (url && safe && !url.search && !url.hash && !url.username && !url.password)) return value
  return refuse(
    context,
    'OIDC_ISSUER cannot be used: the https:// address of the issuer is expected, such as https://id.example.com/realms/staff.',
  )
})

export const oidcRoles = optional.transform((value, context) => {
  const parsed = value === undefined ? undefined : parseOidcRoles(value)
  if (value === undefined || parsed) return parsed
  return refuse(
    context,
    `OIDC_ROLES is "${value}": group=role, more after a comma, are expected, such as esim-admins=administrator,care=support.`,
  )
})

export const interfaceAddress = (name: string) =>
  optional.transform((value, context) => {
    if (value === undefined || isIP(value) || value.toLowerCase() === 'localhost') return value
    return refuse(context, `${name} is "${value}": the address of one of this machine's interfaces is expected, such as 0.0.0.0.`)
  })

export const headerName = (name: string) =>
  optional.transform((value, context) => {
    if (value === undefined || /^[a-z0-9][a-z0-9-]{0,63}$/i.test(value)) return value?.toLowerCase()
    return refuse(context, `${name} is "${value}": the name of a header is expected, such as Client-Cert.`)
  })

/** A name or address of this very machine. */
export const isLoopback = (address: string): boolean => /^(localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/i.test(address)
