import { describe, expect, test } from 'vitest'
import { createHosts, hostNameOf } from './host-routing'

describe('the name in a Host header', () => {
  const cases: [string | undefined, string | undefined][] = [
    ['smdp.example.com', 'smdp.example.com'],
    ['SMDP.Example.Com:8443', 'smdp.example.com'],
    ['smdp.example.com.', 'smdp.example.com'],
    ['127.0.0.1:80', '127.0.0.1'],
    ['[::1]:8443', '::1'],
    ['[::1]', '::1'],
    ['::1', undefined],
    ['', undefined],
    [undefined, undefined],
    ['a b', undefined],
    ['smdp.example.com, other', undefined],
    ['user@smdp.example.com', undefined],
    ['smdp.example.com:port', undefined],
    ['smdp.example.com:65535', 'smdp.example.com'],
    ['smdp.example.com:65536', undefined],
    ['smdp.example.com:99999', undefined],
    ['smdp.example.com:0', undefined],
    ['[::1]:99999', undefined],
    ['smdp.example.com\0', undefined],
  ]
  test.each(cases)('%s is %s', (host, name) => {
    expect(hostNameOf(host)).toBe(name)
  })
})

describe('a host name decides what is served', () => {
  const apart = { smdpAddresses: ['smdp.example.com', 'old.example.com:8443'], portalUrl: 'https://portal.example.com' }
  const shared = { smdpAddresses: ['one.example.com'], portalUrl: 'https://one.example.com' }
  const laptop = { smdpAddresses: ['localhost:8443'], portalUrl: 'http://localhost:8080' }
  const mixed = { smdpAddresses: ['smdp.example.com'], portalUrl: 'http://127.0.0.1:8080' }
  const outside = { ...mixed, customerUrl: 'https://esim.example.com:8443' }
  const both = { ...apart, customerUrl: 'https://smdp.example.com' }

  const served = (env: typeof apart, host: string, address: string): string | undefined => {
    const sides = createHosts(env).sidesOf(host, address)
    const names = Object.entries(sides ?? {}).flatMap(([name, is]) => (is ? name : []))
    return sides && names.join(' ')
  }

  const cases: [typeof apart, string, string | undefined][] = [
    [apart, 'smdp.example.com', 'smdp'],
    [apart, 'SMDP.EXAMPLE.COM:443', 'smdp'],
    [apart, 'old.example.com', 'smdp'],
    [apart, 'portal.example.com:8443', 'portal customer'],
    [apart, 'localhost:8080', undefined],
    [apart, 'evil.example.com', undefined],
    [apart, 'smdp.example.com.evil.com', undefined],
    [shared, 'one.example.com', 'portal smdp customer'],
    [laptop, 'localhost:8080', 'portal smdp customer'],
    [laptop, '127.0.0.1:8443', 'portal smdp customer'],
    [laptop, '[::1]:8080', 'portal smdp customer'],
    [laptop, '127.0.0.1.evil.com', undefined],
    [mixed, 'localhost:8080', 'portal customer'],
    [mixed, 'smdp.example.com', 'smdp'],
    [outside, 'esim.example.com', 'customer'],
    [outside, 'localhost:8080', 'portal customer'],
    [both, 'smdp.example.com', 'smdp customer'],
  ]
  test.each(cases)('%o: %s → %s', (env, host, sides) => {
    expect(served(env, host, '127.0.0.1')).toBe(sides)
  })

  const remote: [typeof apart, string, string | undefined][] = [
    [mixed, 'localhost', undefined],
    [mixed, '127.0.0.1:8080', undefined],
    [mixed, '[::1]', undefined],
    [mixed, 'smdp.example.com', 'smdp'],
    [laptop, 'localhost:8443', 'smdp'],
    [apart, 'portal.example.com', 'portal customer'],
    [shared, 'one.example.com', 'portal smdp customer'],
    [outside, 'esim.example.com', 'customer'],
    [outside, 'localhost', undefined],
  ]
  test.each(remote)('%o: %s → %s for callers from elsewhere', (env, host, sides) => {
    for (const address of ['203.0.113.5', '2001:db8::7', '']) expect(served(env, host, address)).toBe(sides)
  })
})
