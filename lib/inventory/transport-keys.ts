import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { type Actor, requireMay } from '@/lib/accounts/actor'
import { decideApproval, requestApproval } from '@/lib/accounts/approvals/approvals'
import { approvalRequired } from '@/lib/accounts/approvals/settings'
import { audit } from '@/lib/accounts/audit'
import { readApproval } from '@/lib/db/approval-rows'
import { isUniqueViolation } from '@/lib/db/failures'
import { type Database, type Queryable, type Transaction, transaction } from '@/lib/db/pool'
import {
  completeTransportKey,
  endTransportKey,
  insertTransportKey,
  keepTransportKeyParts,
  lockTransportKey,
  readTransportKeys,
  readUsableTransportKey,
  type SealedTransportKey,
  type TransportKeyRow,
} from '@/lib/db/transport-key-rows'
import { FormError } from '@/lib/form-error'
import type { Vault } from '@/lib/vault/vault'
import { combineParts, keyCheckValue, type TransportKeyLookup, transportIndex } from './formats/transport-key'

export interface KeyContext {
  actor: Actor
  vault: Vault
}

const keyLengths = { AES: [16, 24, 32], '3DES': [16, 24] } as const
const blockBytes = { AES: 16, '3DES': 8 } as const

const spaced = (text: string) => text.replace(/[\s:-]/g, '').toUpperCase()

/** Hexadecimal as people have it on paper: in groups, in lower case. No message quotes it. */
const KeyText = z
  .string({ error: 'The key is missing.' })
  .max(400, 'This is too long for a key.')
  .transform(spaced)
  .pipe(z.string().regex(/^([0-9A-F]{2})+$/, 'A key is written in hexadecimal digits, two for each octet.'))

const CheckValue = z
  .string()
  .transform(spaced)
  .pipe(z.string().regex(/^[0-9A-F]{6}([0-9A-F]{10})?$/, 'A check value has 6 hexadecimal digits.'))
  .optional()

const described = {
  /** Empty: of any vendor */
  vendor: z
    .string()
    .trim()
    .max(100, 'A vendor’s name has at most 100 characters.')
    .regex(/^\P{Cc}*$/u, 'A name has no control characters.')
    .default(''),
  keyIndex: z
    .string({ error: 'The vendor’s number of the key is missing.' })
    .trim()
    .regex(/^[0-9A-Za-z._-]{1,32}$/, 'The vendor’s number of a key has 1 to 32 digits or letters.')
    .transform(transportIndex),
  algorithm: z.enum(['AES', '3DES'], { error: 'A transport key is of AES or 3DES.' }),
  mode: z.enum(['ECB', 'CBC'], { error: 'The mode is ECB or CBC.' }).default('ECB'),
  iv: z
    .string()
    .transform(spaced)
    .pipe(
      z
        .string()
        .regex(/^([0-9A-F]{16}|[0-9A-F]{32})$/, 'An initial vector has one block in hexadecimal: 16 digits with 3DES, 32 with AES.'),
    )
    .optional(),
}

/** A transport key that one person has, or the first part of one that several have. */
export const TransportKeyInput = z
  .object({
    ...described,
    /** How many people have a part each; 1: the key is entered whole */
    parts: z.int().min(1).max(5, 'A key has at most 5 parts.').default(1),
    key: KeyText,
    checkValue: CheckValue,
  })
  .superRefine(({ algorithm, key, mode, iv }, context) => {
    const refuse = (field: string, message: string) => context.addIssue({ code: 'custom', path: [field], message })
    const lengths: readonly number[] = keyLengths[algorithm]
    if (!lengths.includes(key.length / 2))
      refuse('key', algorithm === 'AES' ? 'An AES key has 32, 48 or 64 digits.' : 'A 3DES key has 32 or 48 digits.')
    if (iv && mode === 'ECB') refuse('iv', 'ECB has no initial vector.')
    else if (iv && iv.length !== 2 * blockBytes[algorithm])
      refuse('iv', algorithm === 'AES' ? 'With AES the initial vector has 32 digits.' : 'With 3DES the initial vector has 16 digits.')
  })
export type TransportKeyInput = z.input<typeof TransportKeyInput>

export const TransportKeyPartInput = z.object({ id: z.uuid(), key: KeyText, checkValue: CheckValue })

export interface EnteredTransportKey {
  id: string
  /** Of what this person entered: the part, or the whole key */
  checkValue: string
  /** inUse, waiting for a second person, or incomplete: other people have to enter their parts */
  state: 'inUse' | 'waiting' | 'incomplete'
  /** Of the whole key, once it is whole */
  kcv?: string
}

/** @throws FormError when it is no key at all, or another one than the paper says */
function checkedValue(algorithm: 'AES' | '3DES', key: Buffer, expected: string | undefined): string {
  if (key.every(octet => octet === key[0])) throw new FormError('This is no key.', { key: 'All octets of it are equal.' })
  const value = keyCheckValue(algorithm, key)
  if (expected && expected.slice(0, 6) !== value)
    throw new FormError('The check value does not fit, so nothing was kept.', {
      checkValue: `What was entered has the check value ${value}. Compare it with the paper, digit by digit.`,
    })
  return value
}

function requireStrong(algorithm: 'AES' | '3DES', key: Buffer): void {
  const single = algorithm === '3DES' && key.subarray(0, 8).equals(key.subarray(8, 16))
  if (single) throw new FormError('This is no 3DES key.', { key: 'Its halves are equal: it would encrypt with single DES.' })
  if (key.every(octet => octet === key[0])) throw new FormError('The parts cancel each other out.', { key: 'Together they make no key.' })
}

const identityOf = (id: string) => `transport_key:${id}`
const partIdentityOf = (id: string, number: number) => `transport_key_part:${id}:${number}`

/** Makes the key usable, or asks for a second person where the rule wants one and only one person has seen it. */
async function complete(
  tx: Transaction,
  { actor, vault }: KeyContext,
  row: Pick<TransportKeyRow, 'id' | 'vendor' | 'keyIndex' | 'algorithm' | 'mode'>,
  key: Buffer,
  enteredBy: string[],
): Promise<Pick<EnteredTransportKey, 'state' | 'kcv'>> {
  const { id, vendor, keyIndex, algorithm, mode } = row
  requireStrong(algorithm, key)
  const kcv = keyCheckValue(algorithm, key)
  await completeTransportKey(tx, { id, sealed: vault.seal(key, identityOf(id)), kcv, enteredBy })
  const alone = new Set(enteredBy).size < 2
  if (!alone || !(await approvalRequired(tx, 'transport-key'))) return { state: 'inUse', kcv }
  await requestApproval(tx, actor, { kind: 'transport-key', target: id, detail: { vendor, keyIndex, algorithm, mode, kcv } })
  return { state: 'waiting', kcv }
}

/**
 * Takes a transport key: whole, or the first of its parts. What is shown of it from then on is the check value.
 * @throws FormError when the vendor has a key of this number in use, the check value does not fit, or it is no key; NotAllowed
 */
export async function enterTransportKey(
  db: Database,
  ctx: KeyContext,
  input: z.output<typeof TransportKeyInput>,
): Promise<EnteredTransportKey> {
  const { actor, vault } = ctx
  requireMay(actor, 'transport:write')
  const { vendor, keyIndex, algorithm, mode, iv, parts } = input
  const key = Buffer.from(input.key, 'hex')
  try {
    const checkValue = checkedValue(algorithm, key, input.checkValue)
    const id = randomUUID()
    return await transaction(db, async tx => {
      await insertTransportKey(tx, { id, vendor, keyIndex, algorithm, mode, iv: iv ?? null, parts, createdBy: actor.name })
      const told = { keyIndex, algorithm, mode, parts, ...(parts > 1 ? { part: 1 } : {}), checkValue }
      await audit(tx, actor, 'transport:write', { target: vendor || 'any vendor', detail: { id, ...told } })
      if (parts === 1) return { id, checkValue, ...(await complete(tx, ctx, { id, vendor, keyIndex, algorithm, mode }, key, [actor.name])) }
      await keepTransportKeyParts(tx, id, [vault.seal(key, partIdentityOf(id, 1))], [actor.name])
      return { id, checkValue, state: 'incomplete' }
    })
  } catch (error) {
    if (!isUniqueViolation(error, 'transport_key_current')) throw error
    throw new FormError(
      `There is a key with the number ${keyIndex} ${vendor ? `of ${vendor}` : 'for any vendor'} already. Retire it first.`,
      {
        keyIndex: 'This number is taken.',
      },
    )
  } finally {
    key.fill(0)
  }
}

/** @throws FormError when it is gone or has come to its end */
async function lockOpenKey(tx: Transaction, id: string): Promise<SealedTransportKey> {
  const row = await lockTransportKey(tx, id)
  if (!row || row.retiredAt) throw new FormError('This key is not in use any more.')
  return row
}

/**
 * Takes another person's part of a key, or once more the part of the same person while the key is not whole. The last one makes it whole: the
 * parts by exclusive or.
 * @throws FormError when the key is whole, the part has another length, its check value does not fit, or the parts make no key; NotAllowed
 */
export async function enterTransportKeyPart(
  db: Database,
  ctx: KeyContext,
  input: z.output<typeof TransportKeyPartInput>,
): Promise<EnteredTransportKey> {
  const { actor, vault } = ctx
  requireMay(actor, 'transport:write')
  const part = Buffer.from(input.key, 'hex')
  const opened: Buffer[] = []
  try {
    return await transaction(db, async tx => {
      const row = await lockOpenKey(tx, input.id)
      if (row.kcv) throw new FormError('All parts of this key have been entered already.')
      for (const [i, sealed] of row.sealedParts.entries()) opened.push(vault.open(sealed, partIdentityOf(row.id, i + 1)))
      if (opened.some(other => other.length !== part.length))
        throw new FormError('This part has another length than the others.', {
          key: `The others have ${2 * (opened[0]?.length ?? 0)} digits.`,
        })
      const checkValue = checkedValue(row.algorithm, part, input.checkValue)
      const before = row.enteredBy.indexOf(actor.name)
      const at = before < 0 ? opened.length : before
      const enteredBy = before < 0 ? [...row.enteredBy, actor.name] : row.enteredBy
      opened[at] = Buffer.from(part)
      const detail = { id: row.id, keyIndex: row.keyIndex, part: at + 1, checkValue }
      await audit(tx, actor, 'transport:write', { target: row.vendor || 'any vendor', detail })
      if (opened.length < row.parts) {
        const sealed = [...row.sealedParts]
        sealed[at] = vault.seal(part, partIdentityOf(row.id, at + 1))
        await keepTransportKeyParts(tx, row.id, sealed, enteredBy)
        return { id: row.id, checkValue, state: 'incomplete' }
      }
      const key = combineParts(opened)
      const result = await complete(tx, ctx, row, key, enteredBy)
      key.fill(0)
      return { id: row.id, checkValue, ...result }
    })
  } finally {
    for (const octets of [part, ...opened]) octets.fill(0)
  }
}

/** Ends the use of a key, also of one that is not whole, and forgets what was secret of it. @throws FormError, NotAllowed */
export function retireTransportKey(db: Database, { actor }: Pick<KeyContext, 'actor'>, id: string): Promise<void> {
  requireMay(actor, 'transport:write')
  return transaction(db, async tx => {
    const row = await lockOpenKey(tx, id)
    if (row.approvalId) await decideApproval(tx, actor, row.approvalId, 'withdrawn')
    await end(tx, actor, row)
  })
}

async function end(tx: Transaction, actor: Actor, { id, vendor, keyIndex, kcv }: TransportKeyRow): Promise<void> {
  await endTransportKey(tx, id)
  await audit(tx, actor, 'transport:write', { target: vendor || 'any vendor', detail: { id, keyIndex, kcv, retired: true } })
}

/** The second person's answer: approved, it is in use; otherwise it is gone. @throws FormError, NotAllowed */
export function decideTransportKey(
  db: Database,
  { actor }: Pick<KeyContext, 'actor'>,
  approvalId: string,
  decision: 'approved' | 'declined' | 'withdrawn',
): Promise<void> {
  return transaction(db, async tx => {
    // The key is held before its request, as everybody does who works on both.
    const request = await readApproval(tx, approvalId)
    if (request?.kind !== 'transport-key') throw new FormError('There is no such request any more.')
    const row = await lockTransportKey(tx, request.target)
    await decideApproval(tx, actor, approvalId, decision)
    if (!row || row.retiredAt) throw new FormError('This key is not in use any more.')
    if (decision !== 'approved') await end(tx, actor, row)
  })
}

/** All keys, without their secrets. @throws NotAllowed */
export function listTransportKeys(db: Queryable, actor: Actor): Promise<TransportKeyRow[]> {
  requireMay(actor, 'transport:read')
  return readTransportKeys(db)
}

/** Finds the key in use by the vendor's number for it: the vendor's own, else one for any vendor. Each is opened once. */
export function transportKeyLookup(db: Queryable, vault: Vault, vendor: string | null): TransportKeyLookup {
  const found = new Map<string, ReturnType<typeof find>>()
  const find = async (keyIndex: string) => {
    const row = await readUsableTransportKey(db, vendor?.trim() ?? '', keyIndex)
    if (!row?.sealed) return undefined
    await vault.load(row.sealed)
    const { algorithm, mode, iv } = row
    return { algorithm, mode, ...(iv ? { iv } : {}), key: vault.open(row.sealed, identityOf(row.id)) }
  }
  return index => {
    const keyIndex = transportIndex(index)
    let key = found.get(keyIndex)
    if (!key) {
      key = find(keyIndex)
      found.set(keyIndex, key)
    }
    return key
  }
}
