/** Whom the harness speaks to. */
export const host = 'smdp.faults.example'
/** A header line. */
export const json = 'Content-Type: application/json'

const path = '/gsma/rsp2/es9plus/initiateAuthentication'

/** Octets that a server gets instead of HTTP, what they are, and whether they take long. */
export interface Odd {
  name: string
  octets: (string | Buffer)[]
  /** Milliseconds between the parts */
  pauseMs?: number
  slow?: boolean
}

const head = (...lines: string[]) => `POST ${path} HTTP/1.1\r\nHost: ${host}\r\n${lines.map(line => `${line}\r\n`).join('')}\r\n`

/** Things that clients do which are no HTTP, or not what ES9+ takes. */
export const ODD: Odd[] = [
  { name: 'nothing', octets: [''] },
  { name: 'line ends only', octets: ['\r\n'.repeat(500)] },
  { name: 'no HTTP', octets: [Buffer.from('16030100c8010000c40303', 'hex'), Buffer.alloc(300, 0x41)] },
  { name: 'HTTP/2', octets: ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'] },
  { name: 'HTTP/0.9', octets: ['GET /\r\n'] },
  { name: 'a version of its own', octets: [`POST ${path} HTTP/9.9\r\nHost: ${host}\r\n\r\n`] },
  { name: 'no Host', octets: [`POST ${path} HTTP/1.1\r\n\r\n`] },
  { name: 'two Hosts', octets: [head(`Host: other`, json, 'Content-Length: 2'), '{}'] },
  { name: 'a foreign Host', octets: [`POST ${path} HTTP/1.1\r\nHost: other.example\r\nContent-Length: 2\r\n\r\n{}`] },
  { name: 'two lengths', octets: [head(json, 'Content-Length: 2', 'Content-Length: 3'), '{}'] },
  { name: 'length and chunks', octets: [head(json, 'Content-Length: 2', 'Transfer-Encoding: chunked'), '0\r\n\r\n{}'] },
  { name: 'chunks twice', octets: [head(json, 'Transfer-Encoding: chunked, chunked'), '0\r\n\r\n'] },
  { name: 'unknown coding', octets: [head(json, 'Transfer-Encoding: gzip'), '0\r\n\r\n'] },
  { name: 'broken chunks', octets: [head(json, 'Transfer-Encoding: chunked'), 'zz\r\n{}\r\n'] },
  { name: 'a huge chunk', octets: [head(json, 'Transfer-Encoding: chunked'), 'ffffffffffffffff\r\n{}'] },
  {
    name: 'chunks without end',
    octets: [head(json, 'Transfer-Encoding: chunked'), ...Array.from({ length: 40 }, () => `1000\r\n${'a'.repeat(4096)}\r\n`)],
  },
  { name: 'a negative length', octets: [head(json, 'Content-Length: -1'), '{}'] },
  { name: 'a huge length', octets: [head(json, 'Content-Length: 99999999999999999999'), '{}'] },
  { name: 'a body too large', octets: [head(json, 'Content-Length: 200000'), Buffer.alloc(200_000, 0x20)] },
  { name: 'less than announced', octets: [head(json, 'Content-Length: 500'), '{"a":1}'] },
  { name: 'huge headers', octets: [head(`X-Long: ${'a'.repeat(100_000)}`, 'Content-Length: 2'), '{}'] },
  { name: 'very many headers', octets: [head(...Array.from({ length: 5_000 }, (_, i) => `X-${i}: ${i}`), 'Content-Length: 2'), '{}'] },
  { name: 'folded headers', octets: [head('X-Folded: a', ' b', 'Content-Length: 2'), '{}'] },
  { name: 'zeros in headers', octets: [head('X-Zero: a\u0000b', 'Content-Length: 2'), '{}'] },
  {
    name: 'a path of dots',
    octets: [`POST /gsma/rsp2/es9plus/../../../../etc/passwd HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 2\r\n\r\n{}`],
  },
  { name: 'a path of escapes', octets: [`POST /gsma/%zz%00%ff%2e%2e HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 2\r\n\r\n{}`] },
  { name: 'a whole address', octets: [`POST http://${host}${path} HTTP/1.1\r\nHost: ${host}\r\n${json}\r\nContent-Length: 2\r\n\r\n{}`] },
  { name: 'CONNECT', octets: [`CONNECT ${host}:443 HTTP/1.1\r\nHost: ${host}\r\n\r\n`] },
  { name: 'an upgrade', octets: [`GET /gsma HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`] },
  { name: 'another method', octets: [`DELETE ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`] },
  { name: 'Expect', octets: [head(json, 'Expect: 100-continue', 'Content-Length: 2'), '{}'] },
  { name: 'Expect something else', octets: [head(json, 'Expect: wonders', 'Content-Length: 2'), '{}'] },
  { name: 'a compressed body', octets: [head(json, 'Content-Encoding: gzip', 'Content-Length: 4'), Buffer.from('1f8b0800', 'hex')] },
  { name: 'another type', octets: [head('Content-Type: multipart/form-data; boundary=x', 'Content-Length: 2'), '{}'] },
  { name: '50 requests at once', octets: [`${head(json, 'Content-Length: 2')}{}`.repeat(50)] },
  { name: 'a request and rubbish', octets: [`${head(json, 'Content-Length: 2')}{}`, 'rubbish\r\n\r\n'] },
  { name: 'an address of a proxy', octets: [`PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n${head('Content-Length: 2')}{}`] },
  { name: 'a body in drops', octets: [head(json, 'Content-Length: 40'), ...Array.from({ length: 40 }, () => ' ')], pauseMs: 20 },
  {
    name: 'a body that never ends',
    octets: [head(json, 'Content-Length: 400'), ...Array.from({ length: 36 }, () => ' ')],
    pauseMs: 500,
    slow: true,
  },
  {
    name: 'headers that never end',
    octets: ['POST / HTTP/1.1\r\n', ...Array.from({ length: 44 }, (_, i) => `X-${i}: 1\r\n`)],
    pauseMs: 500,
    slow: true,
  },
]
