import { resolve } from 'node:path'
import { z } from 'zod'
import type { OidcSettings } from './accounts/oidc-settings'
import { perProcess } from './db/per-process'
import {
  addresses,
  databaseUrl,
  file,
  headerName,
  interfaceAddress,
  isLoopback,
  mailSender,
  networks,
  oidcIssuer,
  oidcRoles,
  optional,
  origin,
  perMinute,
  port,
  smdsServers,
  smtpUrl,
  wholeNumber,
  yesOrNo,
} from './env-fields'
import type { MailSettings } from './mail/mail-settings'
import type { SmdsSettings } from './smdp/es12/settings'

/** Who may ask ES9+ for how much, in one process. Rates are tokens that come back per minute, a minute's worth at once; 0: no limit. */
export interface Es9LimitSettings {
  /** Requests in work at once: some wait for the database while others are signed. */
  concurrency: number
  /** Requests that wait beside them; half of the places are for initiateAuthentication. */
  queue: number
  /**
   * initiateAuthentication from one address. Behind a carrier-grade NAT an IPv4 address stands for some hundred, rarely a few thousand
   * phones; were a thousand of them to begin a download in the same minute, they would still get through. Twenty a second cost well
   * under a hundredth of a core.
   */
  addressPerMinute: number
  /** initiateAuthentication of everybody: about twice of what a core can carry through to the end. */
  totalPerMinute: number
  /**
   * Requests of one address that are refused or come to nothing: forgeries, certificates of others, old transactions, unknown codes.
   * Phones are refused once for a wrong code, not twice a second.
   */
  addressRefusalsPerMinute: number
  /** The same of everybody; beyond it, an address with a fresh refusal is turned away. */
  totalRefusalsPerMinute: number
}

/** The environment, parsed. */
export interface Env {
  /** TLS: portal and ES9+. */
  port: number
  /** All addresses when undefined. */
  host: string | undefined
  /** The same without TLS. */
  httpPort: number
  httpHost: string
  /** ES2+ with mutual TLS */
  es2Port: number
  /** Whether that port was set: then it must be had. */
  es2PortSet: boolean
  /** Who ends the TLS of ES2+ instead, and in which header it hands on the client's certificate. */
  es2Proxy: { addresses: string[]; certificateHeader: string } | undefined
  /** Which SM-DS are told of orders, and how */
  smds: SmdsSettings
  /** The SM-DP+ address as activation codes name it, with a port where one was set. */
  smdpAddress: string
  /** The SM-DP+ address first, then its aliases, spelt as configured. */
  smdpAddresses: string[]
  /** Origin of the portal, without a slash at its end. */
  portalUrl: string
  /** Origin under which customers open the page of their eSIM, without a slash at its end; the portal's where none is set. */
  customerUrl: string
  /** Absolute paths of PEM files. */
  portalTls: { certificate: string; key: string } | undefined
  /** Addresses and networks (CIDR) whose X-Forwarded headers are believed. */
  trustedProxies: string[]
  /** Absolute. */
  dataDir: string
  /** Undefined: the embedded PostgreSQL in the data folder. */
  databaseUrl: string | undefined
  /** Where the master key comes from instead of the data folder: an absolute path, or a command for the system's shell. */
  masterKey: { file?: string; command?: string }
  /** Undefined: mail stays in the outbox. */
  mail: MailSettings | undefined
  /** Undefined: everybody signs in with an account of the portal's own. */
  oidc: OidcSettings | undefined
  es9Limits: Es9LimitSettings
  /** How long RSP sessions are kept after their order has closed, for late installation results. */
  sessionRetentionDays: number
}

/** The environment cannot be used; one sentence for each variable that is wrong. */
export class EnvError extends Error {
  override name = 'EnvError'
  constructor(readonly problems: string[]) {
    super(problems.join('\n'))
  }
}

const Variables = z.object({
  PORT: port('PORT'),
  HTTP_PORT: port('HTTP_PORT'),
  ES2_PORT: port('ES2_PORT'),
  ES2_PROXY_ADDRESS: networks('ES2_PROXY_ADDRESS'),
  ES2_PROXY_CERTIFICATE_HEADER: headerName('ES2_PROXY_CERTIFICATE_HEADER'),
  SMDS_ADDRESS: smdsServers,
  SMDS_CA: file,
  SMDS_FORWARDING: yesOrNo('SMDS_FORWARDING'),
  HOST: interfaceAddress('HOST'),
  HTTP_HOST: interfaceAddress('HTTP_HOST'),
  SMDP_ADDRESS: addresses,
  PORTAL_URL: origin('PORTAL_URL', 'https://portal.example.com'),
  CUSTOMER_URL: origin('CUSTOMER_URL', 'https://esim.example.com'),
  PORTAL_TLS_CERT: file,
  PORTAL_TLS_KEY: file,
  TRUSTED_PROXIES: networks('TRUSTED_PROXIES'),
  DATA_DIR: optional,
  DATABASE_URL: databaseUrl,
  MASTER_KEY_FILE: file,
  MASTER_KEY_COMMAND: optional,
  SMTP_URL: smtpUrl,
  MAIL_FROM: mailSender,
  OIDC_ISSUER: oidcIssuer,
  OIDC_CLIENT_ID: optional,
  OIDC_CLIENT_SECRET: optional,
  OIDC_CLIENT_SECRET_FILE: file,
  OIDC_ROLE_CLAIM: optional,
  OIDC_ROLES: oidcRoles,
  ES9_CONCURRENCY: wholeNumber('ES9_CONCURRENCY', 1, 1_000),
  ES9_QUEUE: wholeNumber('ES9_QUEUE', 0, 100_000),
  ES9_ADDRESS_PER_MINUTE: perMinute('ES9_ADDRESS_PER_MINUTE'),
  ES9_TOTAL_PER_MINUTE: perMinute('ES9_TOTAL_PER_MINUTE'),
  ES9_ADDRESS_REFUSALS_PER_MINUTE: perMinute('ES9_ADDRESS_REFUSALS_PER_MINUTE'),
  ES9_TOTAL_REFUSALS_PER_MINUTE: perMinute('ES9_TOTAL_REFUSALS_PER_MINUTE'),
  SESSION_RETENTION_DAYS: wholeNumber('SESSION_RETENTION_DAYS', 1, 3_650),
})

/** Rules between variables, one sentence each. */
function contradictions(env: Env, given: z.output<typeof Variables>): string[] {
  const problems: string[] = []
  if (env.httpPort === env.port) problems.push(`HTTP_PORT and PORT are both ${env.port}: two different ports are expected.`)
  if (given.ES2_PORT !== undefined && (env.es2Port === env.port || env.es2Port === env.httpPort)) {
    problems.push(
      `ES2_PORT is ${env.es2Port}, which is ${env.es2Port === env.port ? 'PORT' : 'HTTP_PORT'} already: a port of its own is expected.`,
    )
  }
  if (given.ES2_PROXY_ADDRESS.length > 0 !== (given.ES2_PROXY_CERTIFICATE_HEADER !== undefined)) {
    const names = ['ES2_PROXY_ADDRESS', 'ES2_PROXY_CERTIFICATE_HEADER']
    const [set, missing] = given.ES2_PROXY_CERTIFICATE_HEADER === undefined ? names : names.reverse()
    problems.push(
      `${missing} is not set but ${set} is: both are expected, for a proxy that ends the TLS of ES2+, or none, for mutual TLS with this server.`,
    )
  }
  if (!isLoopback(env.httpHost) && env.trustedProxies.length === 0) {
    problems.push(
      `HTTP_HOST is "${env.httpHost}": without TLS only this machine may connect (127.0.0.1), unless TRUSTED_PROXIES names the TLS proxies in front.`,
    )
  }
  if ((given.PORTAL_TLS_CERT === undefined) !== (given.PORTAL_TLS_KEY === undefined)) {
    const [set, missing] = given.PORTAL_TLS_CERT ? ['PORTAL_TLS_CERT', 'PORTAL_TLS_KEY'] : ['PORTAL_TLS_KEY', 'PORTAL_TLS_CERT']
    problems.push(`${missing} is not set but ${set} is: both or none are expected.`)
  }
  if (given.SMTP_URL && !given.MAIL_FROM) {
    problems.push('SMTP_URL is set but MAIL_FROM is not: the address that mail comes from is expected, such as Slipway <esim@example.com>.')
  }
  if (given.OIDC_ISSUER || given.OIDC_CLIENT_ID) {
    const missing = (['OIDC_ISSUER', 'OIDC_CLIENT_ID', 'OIDC_ROLES'] as const).filter(name => !given[name])
    if (missing.length > 0) problems.push(`For single sign-on these are missing: ${missing.join(', ')}.`)
    if (!given.OIDC_CLIENT_SECRET === !given.OIDC_CLIENT_SECRET_FILE) {
      problems.push('For single sign-on either OIDC_CLIENT_SECRET or OIDC_CLIENT_SECRET_FILE is expected.')
    }
  }
  if (given.MASTER_KEY_FILE && given.MASTER_KEY_COMMAND) {
    problems.push('MASTER_KEY_FILE and MASTER_KEY_COMMAND are both set: the master key comes from one place.')
  }
  return problems
}

function oidcOf(given: z.output<typeof Variables>): OidcSettings | undefined {
  const {
    OIDC_ISSUER: issuer,
    OIDC_CLIENT_ID: clientId,
    OIDC_CLIENT_SECRET: value,
    OIDC_CLIENT_SECRET_FILE: path,
    OIDC_ROLES: roles,
  } = given
  const clientSecret = value ? { value } : path ? { file: path } : undefined
  if (!issuer || !clientId || !clientSecret || !roles) return undefined
  return { issuer, clientId, clientSecret, roleClaim: given.OIDC_ROLE_CLAIM ?? 'groups', roles }
}

/**
 * Parses the environment; an empty variable is as good as none.
 * @throws EnvError with all that is wrong; passwords are never shown
 */
export function parseEnv(variables: Record<string, string | undefined>): Env {
  const parsed = Variables.safeParse(variables)
  if (!parsed.success) throw new EnvError(parsed.error.issues.map(issue => issue.message))
  const given = parsed.data
  const tlsPort = given.PORT ?? 8443
  const httpPort = given.HTTP_PORT ?? 8080
  const portalUrl = given.PORTAL_URL ?? new URL(`http://localhost:${httpPort}`).origin
  const [first = tlsPort === 443 ? 'localhost' : `localhost:${tlsPort}`, ...aliases] = given.SMDP_ADDRESS
  const env: Env = {
    port: tlsPort,
    host: given.HOST,
    httpPort,
    httpHost: given.HTTP_HOST ?? '127.0.0.1',
    es2Port: given.ES2_PORT ?? 8444,
    es2PortSet: given.ES2_PORT !== undefined,
    es2Proxy:
      given.ES2_PROXY_ADDRESS.length > 0 && given.ES2_PROXY_CERTIFICATE_HEADER
        ? { addresses: given.ES2_PROXY_ADDRESS, certificateHeader: given.ES2_PROXY_CERTIFICATE_HEADER }
        : undefined,
    smds: { caFile: given.SMDS_CA, servers: given.SMDS_ADDRESS, forwarding: given.SMDS_FORWARDING },
    smdpAddress: first,
    smdpAddresses: [first, ...aliases],
    portalUrl,
    customerUrl: given.CUSTOMER_URL ?? portalUrl,
    portalTls:
      given.PORTAL_TLS_CERT && given.PORTAL_TLS_KEY ? { certificate: given.PORTAL_TLS_CERT, key: given.PORTAL_TLS_KEY } : undefined,
    trustedProxies: given.TRUSTED_PROXIES,
    dataDir: resolve(/* turbopackIgnore: true */ given.DATA_DIR ?? 'data'),
    databaseUrl: given.DATABASE_URL,
    masterKey: {
      ...(given.MASTER_KEY_FILE ? { file: given.MASTER_KEY_FILE } : {}),
      ...(given.MASTER_KEY_COMMAND ? { command: given.MASTER_KEY_COMMAND } : {}),
    },
    mail: given.SMTP_URL && given.MAIL_FROM ? { ...given.SMTP_URL, from: given.MAIL_FROM } : undefined,
    oidc: oidcOf(given),
    es9Limits: {
      concurrency: given.ES9_CONCURRENCY ?? 20,
      queue: given.ES9_QUEUE ?? 400,
      addressPerMinute: given.ES9_ADDRESS_PER_MINUTE ?? 1_200,
      totalPerMinute: given.ES9_TOTAL_PER_MINUTE ?? 120_000,
      addressRefusalsPerMinute: given.ES9_ADDRESS_REFUSALS_PER_MINUTE ?? 120,
      totalRefusalsPerMinute: given.ES9_TOTAL_REFUSALS_PER_MINUTE ?? 6_000,
    },
    sessionRetentionDays: given.SESSION_RETENTION_DAYS ?? 30,
  }
  const problems = contradictions(env, given)
  if (problems.length > 0) throw new EnvError(problems)
  return env
}

/** The process's environment, parsed at the first call. */
export const env = (): Env => perProcess('env', () => parseEnv(process.env))
