/** A confirmation code of six digits, each code as likely as any other. */
export function newConfirmationCode(random: (bytes: number) => Buffer): string {
  const codes = 1_000_000
  // Numbers behind the last whole million would make small codes likelier.
  const limit = 2 ** 32 - (2 ** 32 % codes)
  for (;;) {
    const number = random(4).readUInt32BE()
    if (number < limit) return String(number % codes).padStart(6, '0')
  }
}
