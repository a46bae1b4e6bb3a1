import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { EnvError, parseEnv } from './env'

const problemsOf = (variables: Record<string, string>): string[] => {
  try {
    parseEnv(variables)
  } catch (error) {
    if (error instanceof EnvError) return error.problems
    throw error
  }
  return []
}

describe('an environment without variables', () => {
  test('has the defaults of a laptop', () => {
    expect(parseEnv({})).toEqual({
      port: 8443,
      host: undefined,
      httpPort: 8080,
      httpHost: '127.0.0.1',
      es2Port: 8444,
      es2PortSet: false,
      es2Proxy: undefined,
      smds: { caFile: undefined, servers: {}, forwarding: false },
      smdpAddress: 'localhost:8443',
      smdpAddresses: ['localhost:8443'],
      portalUrl: 'http://localhost:8080',
      customerUrl: 'http://localhost:8080',
      portalTls: undefined,
      trustedProxies: [],
      dataDir: resolve('data'),
      databaseUrl: undefined,
      masterKey: {},
      es9Limits: {
        concurrency: 20,
        queue: 400,
        addressPerMinute: 1_200,
        totalPerMinute: 120_000,
        addressRefusalsPerMinute: 120,
        totalRefusalsPerMinute: 6_000,
      },
      sessionRetentionDays: 30,
    })
  })

  test('takes empty variables for unset ones', () => {
    expect(parseEnv({ PORT: '', SMDP_ADDRESS: ' ', DATABASE_URL: '', HOST: '' })).toEqual(parseEnv({}))
  })
})

describe('what is set', () => {
  test('PORT carries over to the default SM-DP+ address, HTTP_PORT to the portal', () => {
    expect(parseEnv({ PORT: '9443', HTTP_PORT: '9080' })).toMatchObject({
      smdpAddress: 'localhost:9443',
      portalUrl: 'http://localhost:9080',
    })
    expect(parseEnv({ PORT: '443', HTTP_PORT: '80' })).toMatchObject({ smdpAddress: 'localhost', portalUrl: 'http://localhost' })
  })

  test('SMDP_ADDRESS is the address and, after commas, its aliases, in their spelling and once each', () => {
    const env = parseEnv({ SMDP_ADDRESS: 'Smdp.Example.com, old.example.com:8443,smdp.example.COM,' })
    expect(env.smdpAddress).toBe('Smdp.Example.com')
    expect(env.smdpAddresses).toEqual(['Smdp.Example.com', 'old.example.com:8443'])
  })

  test('SMDS_ADDRESS names SM-DS, and where ES12 of them is served', () => {
    const servers = { 'lpa.ds.example.com': 'es12.ds.example.com:8443', 'other.example.com': 'other.example.com' }
    expect(parseEnv({ SMDS_ADDRESS: 'LPA.ds.example.com=es12.ds.example.com:8443, other.example.com' }).smds.servers).toEqual(servers)
    expect(parseEnv({ SMDS_FORWARDING: 'yes', SMDS_CA: '/etc/ci.pem' }).smds).toEqual({
      servers: {},
      forwarding: true,
      caFile: '/etc/ci.pem',
    })
  })

  test('PORTAL_URL is kept as an origin', () => {
    expect(parseEnv({ PORTAL_URL: 'https://Portal.Example.com/' }).portalUrl).toBe('https://portal.example.com')
  })

  test('CUSTOMER_URL is where customers open their pages, the portal’s address where none is set', () => {
    const PORTAL_URL = 'https://portal.example.com'
    expect(parseEnv({ PORTAL_URL }).customerUrl).toBe('https://portal.example.com')
    expect(parseEnv({ PORTAL_URL, CUSTOMER_URL: 'https://eSIM.example.com/' })).toMatchObject({
      portalUrl: 'https://portal.example.com',
      customerUrl: 'https://esim.example.com',
    })
    expect(problemsOf({ CUSTOMER_URL: 'esim.example.com/x' })[0]).toMatch(
      /^CUSTOMER_URL is "esim\.example\.com\/x": .*https:\/\/esim\.example\.com\.$/,
    )
  })

  test('limits for strangers are whole numbers, 0 for none where there can be none', () => {
    const { es9Limits, sessionRetentionDays } = parseEnv({
      ES9_CONCURRENCY: '8',
      ES9_QUEUE: '0',
      ES9_ADDRESS_PER_MINUTE: '30',
      ES9_TOTAL_PER_MINUTE: '0',
      ES9_ADDRESS_REFUSALS_PER_MINUTE: '5',
      ES9_TOTAL_REFUSALS_PER_MINUTE: '600',
      SESSION_RETENTION_DAYS: '7',
    })
    expect(sessionRetentionDays).toBe(7)
    expect(es9Limits).toEqual({
      concurrency: 8,
      queue: 0,
      addressPerMinute: 30,
      totalPerMinute: 0,
      addressRefusalsPerMinute: 5,
      totalRefusalsPerMinute: 600,
    })
  })

  test('SMTP_URL and MAIL_FROM say how mail goes out', () => {
    expect(parseEnv({ SMTP_URL: 'smtps://me:secret@mail.example.com', MAIL_FROM: 'Slipway <esim@example.com>' }).mail).toEqual({
      host: 'mail.example.com',
      port: 465,
      secure: true,
      requireTls: false,
      login: { user: 'me', password: 'secret' },
      from: { name: 'Slipway', address: 'esim@example.com' },
    })
    expect(parseEnv({ MAIL_FROM: 'esim@example.com' }).mail).toBeUndefined()
  })

  test('HTTP_HOST may be open to others behind trusted proxies', () => {
    expect(parseEnv({ HTTP_HOST: '0.0.0.0', TRUSTED_PROXIES: '10.0.0.0/8, fd00::/8,192.0.2.1' })).toMatchObject({
      httpHost: '0.0.0.0',
      trustedProxies: ['10.0.0.0/8', 'fd00::/8', '192.0.2.1'],
    })
  })
})

describe('a variable that is wrong is answered with one sentence that names it', () => {
  const cases: [string, Record<string, string>, RegExp][] = [
    ['a port that is no number', { PORT: 'https' }, /^PORT is "https": a port from 1 to 65535 is expected\.$/],
    ['port 0', { HTTP_PORT: '0' }, /^HTTP_PORT is "0"/],
    ['a port that is too high', { ES2_PORT: '65536' }, /^ES2_PORT is "65536"/],
    ['one port twice', { PORT: '8080' }, /^HTTP_PORT and PORT are both 8080/],
    ['a port of ES2+ that is taken', { ES2_PORT: '8443' }, /^ES2_PORT is 8443, which is PORT already/],
    [
      'a proxy of ES2+ without its header',
      { ES2_PROXY_ADDRESS: '10.0.0.5' },
      /^ES2_PROXY_CERTIFICATE_HEADER is not set but ES2_PROXY_ADDRESS is/,
    ],
    ['a header without its proxy', { ES2_PROXY_CERTIFICATE_HEADER: 'Client-Cert' }, /^ES2_PROXY_ADDRESS is not set but/],
    [
      'a proxy of ES2+ that is no address',
      { ES2_PROXY_ADDRESS: 'proxy', ES2_PROXY_CERTIFICATE_HEADER: 'Client-Cert' },
      /^ES2_PROXY_ADDRESS has "proxy"/,
    ],
    [
      'a header that is none',
      { ES2_PROXY_ADDRESS: '10.0.0.5', ES2_PROXY_CERTIFICATE_HEADER: 'Client Cert' },
      /^ES2_PROXY_CERTIFICATE_HEADER is "Client Cert"/,
    ],
    ['an interface that is no address', { HOST: 'example.com' }, /^HOST is "example\.com"/],
    ['plain HTTP for everybody', { HTTP_HOST: '0.0.0.0' }, /^HTTP_HOST is "0\.0\.0\.0": .*TRUSTED_PROXIES/],
    ['an SM-DP+ address that is a URL', { SMDP_ADDRESS: 'https://smdp.example.com' }, /^SMDP_ADDRESS has "https:\/\/smdp\.example\.com"/],
    ['an SM-DP+ address with a bad port', { SMDP_ADDRESS: 'smdp.example.com:99999' }, /^SMDP_ADDRESS has/],
    ['a portal under a path', { PORTAL_URL: 'https://example.com/portal' }, /^PORTAL_URL is "https:\/\/example\.com\/portal"/],
    ['a certificate without key', { PORTAL_TLS_CERT: '/tmp/a.pem' }, /^PORTAL_TLS_KEY is not set but PORTAL_TLS_CERT is/],
    ['a proxy that is a name', { TRUSTED_PROXIES: '10.0.0.1,proxy' }, /^TRUSTED_PROXIES has "proxy"/],
    ['a network that is too narrow', { TRUSTED_PROXIES: '10.0.0.0/33' }, /^TRUSTED_PROXIES has "10\.0\.0\.0\/33"/],
    [
      'a mail server that is no SMTP URL',
      { SMTP_URL: 'mail.example.com', MAIL_FROM: 'a@b.example' },
      /^SMTP_URL \(not shown\) cannot be read/,
    ],
    ['a mail server without a sender', { SMTP_URL: 'smtp://mail.example.com' }, /^SMTP_URL is set but MAIL_FROM is not/],
    ['a sender that is no address', { MAIL_FROM: 'Slipway' }, /^MAIL_FROM is "Slipway"/],
    ['no place for work', { ES9_CONCURRENCY: '0' }, /^ES9_CONCURRENCY is "0": a whole number from 1 to 1000 is expected\.$/],
    ['a queue below nothing', { ES9_QUEUE: '-1' }, /^ES9_QUEUE is "-1": a whole number from 0 to/],
    ['a rate in words', { ES9_ADDRESS_PER_MINUTE: 'many' }, /^ES9_ADDRESS_PER_MINUTE is "many"/],
    ['a rate with a fraction', { ES9_TOTAL_REFUSALS_PER_MINUTE: '1.5' }, /^ES9_TOTAL_REFUSALS_PER_MINUTE is "1\.5"/],
    ['no day to keep sessions', { SESSION_RETENTION_DAYS: '0' }, /^SESSION_RETENTION_DAYS is "0": a whole number from 1 to 3650/],
    ['another kind of database', { DATABASE_URL: 'mysql://u:secret@h/d' }, /^DATABASE_URL begins with "mysql:"/],
  ]
  test.each(cases)('%s', (_, variables, sentence) => {
    const problems = problemsOf(variables)
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatch(sentence)
  })

  test('passwords are not shown', () => {
    const problems = problemsOf({ DATABASE_URL: 'mysql://u:hunter2@h/d', PORTAL_URL: 'https://u:hunter2@example.com' })
    expect(problems).toHaveLength(2)
    expect(problems.join()).not.toContain('hunter2')
  })

  test('all problems are told at once', () => {
    expect(problemsOf({ PORT: 'x', HTTP_PORT: 'y', DATABASE_URL: 'z' })).toHaveLength(3)
  })
})
