import { randomUUID } from 'node:crypto'
import { hash, verify } from '@node-rs/argon2'
import { perProcess } from '@/lib/db/per-process'

export const minPasswordCharacters = 12
const maxPasswordBytes = 1_024

// Beginnings of what guessers try first; alone, doubled or with digits around them they are no passwords.
const obvious =
  /(password|passwort|kennwort|motdepasse|contrasena|welcome|letmein|iloveyou|administrator|admin|qwertyuiop|qwertzuiop|azertyuiop|qwerty|qwertz|azerty|asdfghjkl|asdfgh|zxcvbnm|abcdefghijklmnopqrstuvwxyz|abcdef|slipway|changeme|secret|monkey|dragon|football|sunshine|princess)/g

// RFC 8265: one spelling of a letter, whatever keyboard made it.
const normal = (password: string): string => password.normalize('NFC')

/** The sentence that says why a password will not do; undefined when it will. */
export function passwordProblem(password: string, person: { email?: string; name?: string } = {}): string | undefined {
  const characters = [...normal(password)]
  if (characters.length < minPasswordCharacters)
    return `A password has at least ${minPasswordCharacters} characters. A few words in a row do well.`
  if (Buffer.byteLength(password) > maxPasswordBytes) return `A password has at most ${maxPasswordBytes} bytes.`
  if (new Set(characters).size < 5) return 'This password repeats very few characters. Choose one that is harder to guess.'
  const plain = normal(password).toLowerCase()
  const steps = [...plain].slice(1).filter((character, i) => Math.abs(character.charCodeAt(0) - plain.charCodeAt(i)) <= 1).length
  if (steps > characters.length * 0.7) return 'This password is a sequence. Choose one that is harder to guess.'
  const own = [person.email, person.email?.split('@')[0], ...(person.name?.split(/\s+/) ?? [])]
  const left = own
    .filter((part): part is string => (part?.length ?? 0) >= 4)
    .reduce((rest, part) => rest.replaceAll(part.toLowerCase(), ''), plain)
    .replace(obvious, '')
    .replace(/[\d\s!@#$%^&*()_+.,?-]/g, '')
  if (left.length < 4) return 'This password is one of the first that a guesser tries. Choose one of your own.'
  return undefined
}

/** argon2id with 19 MiB and two passes. */
export const hashPassword = (password: string): Promise<string> => hash(normal(password))

/** Checks a password; without a hash it takes as long and says no, so that nobody learns which accounts exist. */
export async function verifyPassword(passwordHash: string | null | undefined, password: string): Promise<boolean> {
  const decoy = await perProcess('password-decoy', () => hash(randomUUID()))
  const fits = await verify(passwordHash ?? decoy, normal(password).slice(0, maxPasswordBytes))
  return fits && passwordHash !== null && passwordHash !== undefined
}
