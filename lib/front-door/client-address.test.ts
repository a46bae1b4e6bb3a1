import { expect, test } from 'vitest'
import { clientAddress, networkList } from './client-address'

const nobody = networkList([])
const proxies = networkList(['10.0.0.0/8', 'fd00::/8', '192.0.2.1'])

const cases: [string, string | undefined, string | undefined, typeof nobody, string][] = [
  ['is the socket’s', '203.0.113.5', undefined, nobody, '203.0.113.5'],
  ['is not what a stranger claims', '203.0.113.5', '1.2.3.4', nobody, '203.0.113.5'],
  ['is not what a stranger claims where proxies are trusted', '203.0.113.5', '1.2.3.4', proxies, '203.0.113.5'],
  ['is what a trusted proxy says', '10.1.2.3', '203.0.113.5', proxies, '203.0.113.5'],
  ['is the right-most one that is no proxy', '10.1.2.3', '1.2.3.4, 203.0.113.5, 192.0.2.1', proxies, '203.0.113.5'],
  ['is the proxy’s own where it says nothing', '10.1.2.3', undefined, proxies, '10.1.2.3'],
  ['is the last proxy where all are', '10.1.2.3', '10.9.9.9', proxies, '10.9.9.9'],
  ['is the one that wrote rubbish', '10.1.2.3', '1.2.3.4, unknown', proxies, '10.1.2.3'],
  ['is IPv4 on a socket for both', '::ffff:203.0.113.5', undefined, nobody, '203.0.113.5'],
  ['is compared as IPv4 on a socket for both', '::ffff:10.1.2.3', '203.0.113.5', proxies, '203.0.113.5'],
  ['may be IPv6', 'fd00::1', '2001:DB8::7', proxies, '2001:db8::7'],
  ['is read without port and brackets', '10.1.2.3', '[2001:db8::7]:4711', proxies, '2001:db8::7'],
  ['is read without port', '10.1.2.3', '203.0.113.5:4711', proxies, '203.0.113.5'],
  ['is read without zone', 'fe80::1%eth0', undefined, nobody, 'fe80::1'],
  ['is empty where the socket is gone', undefined, '1.2.3.4', proxies, ''],
]

test.each(cases)('the client address %s', (_, peer, forwardedFor, trusted, address) => {
  expect(clientAddress(peer, forwardedFor, trusted)).toBe(address)
})
