import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

export const header = 'ICCID,IMSI,K,OPc,MSISDN,ACC,PIN1,PUK1,PIN2,PUK2,ADM1'

/** Luhn's check digit of 18 digits. */
function checkDigit(body: string): string {
  let sum = 0
  for (let at = 0; at < body.length; at++) {
    const digit = body.charCodeAt(body.length - 1 - at) - 0x30
    const doubled = at % 2 === 0 ? digit * 2 : digit
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  return String((10 - (sum % 10)) % 10)
}

/** Subscriber `n` of a made-up batch: the same in every run, and nothing in it weak or repeated. */
export function subscriber(n: number): string[] {
  const body = `8999912${String(n).padStart(11, '0')}`
  const imsi = `00101${String(n).padStart(10, '0')}`
  const random = createHash('sha512').update(`subscriber ${n}`).digest()
  const code = (at: number, digits: number) => String(random.readUInt32BE(at) % 10 ** digits).padStart(digits, '0')
  return [
    body + checkDigit(body),
    imsi,
    random.toString('hex', 0, 16).toUpperCase(),
    random.toString('hex', 16, 32).toUpperCase(),
    `4915${String(n).padStart(9, '0')}`,
    (1 << (n % 10)).toString(16).padStart(4, '0').toUpperCase(),
    code(32, 4),
    code(36, 8),
    code(40, 4),
    code(44, 8),
    code(48, 8),
  ]
}

const rowsAtOnce = 1_000

function* pieces(rows: number): Generator<string, void> {
  yield `${header}\n`
  for (let start = 0; start < rows; start += rowsAtOnce) {
    const lines: string[] = []
    for (let n = start; n < Math.min(start + rowsAtOnce, rows); n++) lines.push(subscriber(n).join(','))
    yield `${lines.join('\n')}\n`
  }
}

/** Writes a vendor's file of that many subscribers, piece by piece. */
export const writeSubscribers = (path: string, rows: number): Promise<void> =>
  pipeline(Readable.from(pieces(rows)), createWriteStream(path))
