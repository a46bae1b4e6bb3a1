import { publishedKeys, publishedOperatorCodes } from './published-keys'

/**
 * Why a key is none that chance made, as the end of a sentence; undefined for a good one.
 * @param key hexadecimal, upper case
 */
export function weaknessOf(key: string): string | undefined {
  if (publishedKeys.has(key)) return 'is a published test key'
  return patternOf(key)
}

/** The same for OP, OPc and TOPc. */
export function operatorCodeWeakness(code: string): string | undefined {
  if (publishedOperatorCodes.has(code)) return 'is a published test value'
  return patternOf(code)
}

const periods = [2, 3, 4, 6, 8, 10, 12, 16]

function patternOf(key: string): string | undefined {
  for (const period of periods)
    if (period <= key.length / 2 && repeats(key, period)) return period === 2 ? 'is one octet over and over' : 'repeats itself'
  if (countsInOctets(key) || countsInDigits(key, 16) || countsInDigits(key, 10)) return 'is a counting sequence'
  if (endsLongRun(key, 0x30) || endsLongRun(key, 0x46)) return 'is nearly all zeros or ones'
  return undefined
}

function repeats(key: string, period: number): boolean {
  for (let at = period; at < key.length; at++) if (key.charCodeAt(at) !== key.charCodeAt(at - period)) return false
  return true
}

const digitAt = (key: string, at: number): number => {
  const code = key.charCodeAt(at)
  return code < 0x3a ? code - 0x30 : code - 0x37
}

const octetAt = (key: string, at: number): number => digitAt(key, at) * 16 + digitAt(key, at + 1)

// 000102…, 0F0E0D…, 001122…: the same step from each octet to the next.
function countsInOctets(key: string): boolean {
  const step = (octetAt(key, 2) - octetAt(key, 0)) & 0xff
  for (let at = 4; at < key.length; at += 2) if (((octetAt(key, at) - octetAt(key, at - 2)) & 0xff) !== step) return false
  return true
}

// 0123456789ABCDEF…, 0987654321…
function countsInDigits(key: string, modulus: number): boolean {
  const step = (digitAt(key, 1) - digitAt(key, 0) + modulus) % modulus
  for (let at = 1; at < key.length; at++) {
    const digit = digitAt(key, at)
    if (digit >= modulus || (digit - digitAt(key, at - 1) + modulus) % modulus !== step) return false
  }
  return true
}

/** Whether three quarters of the key, at its start or its end, are one digit. */
function endsLongRun(key: string, code: number): boolean {
  const long = (key.length * 3) / 4
  let front = 0
  while (front < key.length && key.charCodeAt(front) === code) front++
  let back = 0
  while (back < key.length && key.charCodeAt(key.length - 1 - back) === code) back++
  return front >= long || back >= long
}

/** A PIN that is tried first: one digit over and over, or a counting sequence. */
export function isSimplePin(pin: string): boolean {
  const step = pin.charCodeAt(1) - pin.charCodeAt(0)
  if (step < -1 || step > 1) return false
  for (let at = 2; at < pin.length; at++) if (pin.charCodeAt(at) - pin.charCodeAt(at - 1) !== step) return false
  return true
}
