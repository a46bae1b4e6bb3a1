import { describe, expect, test } from 'vitest'
import { createHosts, hostNameOf, type Side } from './host-routing'

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
  const cases: [typeof apart, string, Side | undefined][] = [
    [apart, 'smdp.example.com', 'smdp'],
    [apart, 'SMDP.EXAMPLE.COM:443', 'smdp'],
    [apart, 'old.example.com', 'smdp'],
    [apart, 'portal.example.com:8443', 'portal'],
    [apart, 'localhost:8080', undefined],
    [apart, 'evil.example.com', undefined],
    [apart, 'smdp.example.com.evil.com', undefined],
    [shared, 'one.example.com', 'both'],
    [laptop, 'localhost:8080', 'both'],
    [laptop, '127.0.0.1:8443', 'both'],
    [laptop, '[::1]:8080', 'both'],
    [laptop, '127.0.0.1.evil.com', undefined],
    [mixed, 'localhost:8080', 'portal'],
    [mixed, 'smdp.example.com', 'smdp'],
  ]
  test.each(cases)('%o: %s → %s', (env, host, side) => {
    expect(createHosts(env).sideOf(host, '127.0.0.1')).toBe(side)
  })

  const remote: [typeof apart, string, Side | undefined][] = [
    [mixed, 'localhost', undefined],
    [mixed, '127.0.0.1:8080', undefined],
    [mixed, '[::1]', undefined],
    [mixed, 'smdp.example.com', 'smdp'],
    [laptop, 'localhost:8443', 'smdp'],
    [apart, 'portal.example.com', 'portal'],
    [shared, 'one.example.com', 'both'],
  ]
  test.each(remote)('%o: %s → %s for callers from elsewhere', (env, host, side) => {
    for (const address of ['203.0.113.5', '2001:db8::7', '']) expect(createHosts(env).sideOf(host, address)).toBe(side)
  })
})
