import { Secret, TOTP } from 'otpauth'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '@/lib/db/embedded/test-database'
import { type Database, openDatabase } from '@/lib/db/pool'
import { FormError } from '@/lib/form-error'
import { createVault } from '@/lib/vault/vault'
import type { Account } from '../account'
import { type Actor, NotAllowed } from '../actor'
import { addAccount } from '../add-account'
import { changeRole, disableAccount, endSessionsOf, newPasswordLink, resetFactors, sessionsOf } from '../change-account'
import { changeOwnPassword } from '../change-own-password'
import { beginSession, liftLimit, runningSession, sessionAccount } from '../sessions'
import { setPassword } from '../set-password'
import { type Challenge, type SignedIn, signIn, signInAfterLink } from '../sign-in'
import { answerChallenge } from '../sign-in-second-step'
import { addTotp, type Own, removeTotp, renewRecoveryCodes } from './own-factors'
import { requireSecondFactor, secondFactorRoles } from './policy'
import { offerTotp } from './totp'

const portalUrl = 'http://localhost:8080'
const password = 'correct horse battery staple'
const cli: Actor = { kind: 'cli', name: 'cli:tester', role: 'administrator' }
const here = { address: '192.0.2.1', userAgent: 'test' }
const now = new Date('2030-01-01T12:00:00Z')
const later = (seconds: number) => new Date(now.getTime() + seconds * 1_000)
const vault = createVault(new Map([[1, Buffer.alloc(32, 1)]]))
const tokenOf = (url: string) => url.slice(url.lastIndexOf('/') + 1)

let server: TestDatabase
let db: Database

beforeAll(async () => {
  server = await createTestDatabase()
  db = openDatabase(server.url)
})
afterAll(async () => {
  await db?.close()
  await server?.close()
})
beforeEach(async () => {
  await db.query({ text: 'TRUNCATE account CASCADE' })
  await db.query({ text: 'TRUNCATE sign_in_failure, sign_in_challenge, audit, setting' })
})

async function person(email = 'a@example.com'): Promise<Account> {
  const { account, link } = await addAccount(db, cli, { email, role: 'operator' }, { portalUrl, now })
  await setPassword(db, tokenOf(link), { password }, { now })
  return account
}

const codeOf = (secret: string, at: Date) =>
  new TOTP({ secret: Secret.fromBase32(secret.replaceAll(' ', '')) }).generate({ timestamp: at.getTime() })

const session = async (at = now): Promise<SignedIn> => {
  const answer = await signIn(db, { email: 'a@example.com', password }, here, at)
  if ('session' in answer) return answer.session
  throw new Error('a second factor was asked for')
}

const challenge = async (at = now, from = here): Promise<Challenge> => {
  const answer = await signIn(db, { email: 'a@example.com', password }, from, at)
  if ('challenge' in answer) return answer
  throw new Error('no second factor was asked for')
}

const own = ({ account, sid, limited }: SignedIn): Own => ({ account, sid, limited, address: here.address })

async function withTotp() {
  await person()
  const signedIn = await session()
  const { secret, sealed } = offerTotp(vault, signedIn.account)
  const { recoveryCodes } = await addTotp(db, vault, own(signedIn), { sealed, code: codeOf(secret, now) }, now)
  return { ...signedIn, secret, recoveryCodes }
}

const refusal = async (promise: Promise<unknown>): Promise<FormError> => {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (error instanceof FormError) return error
  throw new Error(`expected a FormError, got ${error}`)
}

const audited = async () => {
  const { rows } = await db.query<{ action: string; result: string; detail: Record<string, unknown> | null }>({
    text: 'SELECT action, result, detail FROM audit ORDER BY id',
  })
  return rows
}

describe('a role that needs a second factor', () => {
  test('is every role until an administrator says otherwise', async () => {
    expect(await secondFactorRoles(db)).toEqual(['administrator', 'operator', 'approver', 'support', 'auditor'])
    await requireSecondFactor(db, cli, ['administrator'])
    expect(await secondFactorRoles(db)).toEqual(['administrator'])
    await expect(requireSecondFactor(db, { kind: 'account', name: 'o@example.com', role: 'operator' }, [])).rejects.toThrow(NotAllowed)
  })

  test('begins with a session that opens nothing until the second factor is set up in it', async () => {
    await person()
    const { sid, limited, account } = await session()
    expect(limited).toBe(true)
    expect(await sessionAccount(db, sid, now)).toBeUndefined()
    expect(await liftLimit(db, sid, now)).toBe(false)
    const { secret, sealed } = offerTotp(vault, account)
    await addTotp(db, vault, { account, sid, limited, address: '' }, { sealed, code: codeOf(secret, now) }, now)
    expect(await sessionAccount(db, sid, now)).toBeUndefined()
    expect(await liftLimit(db, sid, now)).toBe(true)
    expect(await sessionAccount(db, sid, now)).toEqual(account)
  })

  test('does not let a session begun with the password alone profit from what another one sets up', async () => {
    await person()
    const [thief, owner] = [await session(), await session()]
    const { secret, sealed } = offerTotp(vault, owner.account)
    await addTotp(db, vault, own(owner), { sealed, code: codeOf(secret, now) }, now)
    expect(await runningSession(db, thief.sid, now)).toBeUndefined()
    expect(await liftLimit(db, thief.sid, now)).toBe(false)
    const late = offerTotp(vault, thief.account)
    expect((await refusal(addTotp(db, vault, own(thief), { sealed: late.sealed, code: codeOf(late.secret, now) }, now))).message).toMatch(
      /set up elsewhere/,
    )
  })

  test('signs in with the password alone where it needs none', async () => {
    await requireSecondFactor(db, cli, ['administrator'])
    await person()
    const { sid, limited } = await session()
    expect(limited).toBe(false)
    expect(await sessionAccount(db, sid, now)).toBeDefined()
  })

  test('limits the running sessions of those who have none, from the moment it is demanded', async () => {
    await requireSecondFactor(db, cli, [])
    await person()
    const { sid } = await session()
    await requireSecondFactor(db, cli, ['operator'])
    expect(await sessionAccount(db, sid, now)).toBeUndefined()
    expect(await runningSession(db, sid, now)).toMatchObject({ limited: true })
  })
})

describe('an authenticator app', () => {
  test('is offered as an otpauth link and kept once its first code is right', async () => {
    const account = await person()
    const { uri, secret, sealed } = offerTotp(vault, account)
    expect(uri).toMatch(/^otpauth:\/\/totp\/Slipway:a%40example\.com\?.*algorithm=SHA1&digits=6&period=30/)
    expect(new URL(uri).searchParams.get('secret')).toBe(secret.replaceAll(' ', ''))
    const signedIn = await session()
    expect((await refusal(addTotp(db, vault, own(signedIn), { sealed, code: '000000' }, now))).fields).toHaveProperty('code')
    await addTotp(db, vault, own(signedIn), { sealed, code: codeOf(secret, now) }, now)
    expect((await challenge()).factors).toEqual(['totp', 'recovery'])
  })

  test('takes no secret that was offered to somebody else', async () => {
    await person()
    const other = await person('b@example.com')
    const { secret, sealed } = offerTotp(vault, other)
    await refusal(addTotp(db, vault, own(await session()), { sealed, code: codeOf(secret, now) }, now))
  })

  test('keeps its secret sealed', async () => {
    const { secret } = await withTotp()
    const { rows } = await db.query<{ row: string; sealed: Buffer }>({
      text: 'SELECT account::text AS row, totp_sealed AS sealed FROM account',
    })
    const bytes = Secret.fromBase32(secret.replaceAll(' ', '')).bytes
    expect(rows[0]?.sealed.includes(Buffer.from(bytes))).toBe(false)
    expect(rows[0]?.row).not.toContain(Buffer.from(bytes).toString('hex'))
  })

  test.each([
    ['the step before', -30, true],
    ['now', 0, true],
    ['the step after', 30, true],
    ['two steps before', -60, false],
    ['two steps after', 60, false],
  ])('takes a code of %s: %#', async (_, seconds, good) => {
    const { secret } = await withTotp()
    const at = later(600)
    const { challenge: token } = await challenge(at)
    const answer = answerChallenge(db, vault, { token, code: codeOf(secret, later(600 + seconds)) }, here, at)
    if (good) expect((await answer).limited).toBe(false)
    else expect((await refusal(answer)).message).toMatch(/wrong/)
  })

  test('takes no code twice, also when two use it at the same time, and none older than the last', async () => {
    const { secret } = await withTotp()
    const at = later(60)
    const code = codeOf(secret, at)
    const tokens = [await challenge(at), await challenge(at, { ...here, address: '198.51.100.1' })]
    const answers = await Promise.allSettled(
      tokens.map(({ challenge: token }, i) => answerChallenge(db, vault, { token, code }, { ...here, address: `203.0.113.${i}` }, at)),
    )
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    const { challenge: token } = await challenge(at)
    expect((await refusal(answerChallenge(db, vault, { token, code: codeOf(secret, later(30)) }, here, at))).message).toMatch(
      /used already/,
    )
  })
})

describe('the second step', () => {
  test('begins a session with its factor, and says so in the audit', async () => {
    const { secret } = await withTotp()
    const { challenge: token } = await challenge(later(60))
    const { sid } = await answerChallenge(db, vault, { token, code: codeOf(secret, later(60)) }, here, later(60))
    expect(await runningSession(db, sid, later(60))).toMatchObject({ factor: 'totp', limited: false })
    expect((await audited()).at(-1)).toMatchObject({ action: 'account:sign-in', detail: { by: 'totp' } })
  })

  test('takes each recovery code once, however it is spelt', async () => {
    const { recoveryCodes } = await withTotp()
    expect(recoveryCodes).toHaveLength(10)
    expect(recoveryCodes[0]).toMatch(/^[0-9a-z]{4}(-[0-9a-z]{4}){3}$/)
    const [code = ''] = recoveryCodes
    const typed = ` ${code.toUpperCase().replaceAll('-', ' ').replaceAll('0', 'O')}`
    await answerChallenge(db, vault, { token: (await challenge()).challenge, code: typed }, here, now)
    const again = answerChallenge(db, vault, { token: (await challenge()).challenge, code }, here, now)
    expect((await refusal(again)).message).toMatch(/recovery codes/)
  })

  test('leaves no recovery code in the database', async () => {
    const { recoveryCodes } = await withTotp()
    const { rows } = await db.query({ text: 'SELECT account_recovery_code::text AS row FROM account_recovery_code' })
    for (const code of recoveryCodes) expect(JSON.stringify(rows)).not.toContain(code.replaceAll('-', ''))
  })

  test('is over after five minutes, after ten answers, and once it was answered', async () => {
    const { recoveryCodes } = await withTotp()
    const { challenge: token } = await challenge()
    const answer = (code: string, at: Date, address = here.address) => answerChallenge(db, vault, { token, code }, { ...here, address }, at)
    expect((await refusal(answer(recoveryCodes[0] ?? '', later(301)))).message).toMatch(/Start again/)
    await answer(recoveryCodes[0] ?? '', later(10))
    expect((await refusal(answer(recoveryCodes[1] ?? '', later(11)))).message).toMatch(/Start again/)

    const { challenge: second } = await challenge(later(20))
    for (let i = 0; i < 10; i++) {
      const from = { ...here, address: `203.0.113.${i}` }
      await refusal(answerChallenge(db, vault, { token: second, code: 'not-one-of-them' }, from, later(21)))
    }
    const eleventh = answerChallenge(
      db,
      vault,
      { token: second, code: recoveryCodes[1] ?? '' },
      { ...here, address: '203.0.113.99' },
      later(22),
    )
    expect((await refusal(eleventh)).message).toMatch(/Start again/)
  })

  test('is slowed like wrong passwords, and a right password in between does not reset that', async () => {
    await withTotp()
    const messages: string[] = []
    for (let i = 0; i < 6; i++) {
      const answer = await signIn(db, { email: 'a@example.com', password }, here, now).catch((error: FormError) => error)
      if (answer instanceof FormError) messages.push(answer.message)
      else if ('challenge' in answer) {
        messages.push((await refusal(answerChallenge(db, vault, { token: answer.challenge, code: '000000' }, here, now))).message)
      }
    }
    expect(messages.at(-1)).toMatch(/Try again in/)
  })

  test('is slowed for codes guessed from everywhere, while the owner’s recovery code still opens', async () => {
    const { secret, recoveryCodes } = await withTotp()
    const guess = async (i: number) => {
      const from = { ...here, address: `198.51.100.${i}` }
      return refusal(answerChallenge(db, vault, { token: (await challenge(now, from)).challenge, code: '000000' }, from, now))
    }
    for (let i = 0; i < 5; i++) expect((await guess(i)).message).toMatch(/wrong/)
    expect((await guess(6)).message).toMatch(/recovery code or a passkey/)
    const code = codeOf(secret, now)
    await refusal(answerChallenge(db, vault, { token: (await challenge()).challenge, code }, here, now))
    await answerChallenge(db, vault, { token: (await challenge()).challenge, code: recoveryCodes[0] ?? '' }, here, now)
  })

  test('cannot be barred by a stranger who does not know the password', async () => {
    const { secret } = await withTotp()
    for (let i = 0; i < 30; i++) {
      const from = { ...here, address: `198.51.100.${i}` }
      await refusal(signIn(db, { email: 'a@example.com', password: 'a guess at it' }, from, later(60)))
      await refusal(answerChallenge(db, vault, { token: 'invented', code: '000000' }, from, later(60)))
    }
    const { challenge: token } = await challenge(later(60))
    await answerChallenge(db, vault, { token, code: codeOf(secret, later(60)) }, here, later(60))
  })

  test('is asked for after a one-time link as well, and ends with a change of password, role or state', async () => {
    const { account, secret } = await withTotp()
    const link = await newPasswordLink(db, cli, account.id, { portalUrl, now })
    const stale = await challenge()
    await setPassword(db, tokenOf(link.url), { password }, { now })
    const code = codeOf(secret, later(60))
    expect((await refusal(answerChallenge(db, vault, { token: stale.challenge, code }, here, later(60)))).message).toMatch(/Start again/)
    expect(await signInAfterLink(db, account, here, now)).toMatchObject({ factors: ['totp', 'recovery'] })

    const beforeRole = await challenge(later(60))
    await changeRole(db, cli, account.id, 'support', later(60))
    await refusal(answerChallenge(db, vault, { token: beforeRole.challenge, code }, here, later(60)))
    const beforeDisabling = await challenge(later(60))
    await disableAccount(db, cli, account.id, later(60))
    await refusal(answerChallenge(db, vault, { token: beforeDisabling.challenge, code }, here, later(60)))
  })
})

describe('one’s own factors', () => {
  test('cannot be taken away while the role needs one', async () => {
    const signedIn = await withTotp()
    expect((await refusal(removeTotp(db, own(signedIn)))).message).toMatch(/only second factor/)
    expect((await challenge()).factors).toContain('totp')
    await requireSecondFactor(db, cli, [])
    await removeTotp(db, own(signedIn))
    expect((await session()).limited).toBe(false)
  })

  test('bring new recovery codes when asked, and the earlier ones are over', async () => {
    const signedIn = await withTotp()
    const renewed = await renewRecoveryCodes(db, own(signedIn), now)
    const old = answerChallenge(db, vault, { token: (await challenge()).challenge, code: signedIn.recoveryCodes[0] ?? '' }, here, now)
    await refusal(old)
    await answerChallenge(db, vault, { token: (await challenge()).challenge, code: renewed[0] ?? '' }, here, now)
  })

  test('are reset by an administrator for who lost them, with the sessions', async () => {
    const { account, sid } = await withTotp()
    await resetFactors(db, cli, account.id, now)
    expect(await runningSession(db, sid, now)).toBeUndefined()
    expect((await session()).limited).toBe(true)
  })
})

describe('sessions', () => {
  test('end with a new password of one’s own, all of them, and this browser gets a new one', async () => {
    const { account, sid } = await withTotp()
    const elsewhere = await beginSession(db, account.id, { now })
    const next = 'another horse altogether'
    expect(
      (await refusal(changeOwnPassword(db, { account, factor: 'totp' }, { password: 'wrong', next }, here, now))).fields,
    ).toHaveProperty('password')
    expect(
      (await refusal(changeOwnPassword(db, { account, factor: 'totp' }, { password, next: 'short' }, here, now))).fields,
    ).toHaveProperty('next')
    const fresh = await changeOwnPassword(db, { account, factor: 'totp' }, { password, next }, here, now)
    expect(await runningSession(db, sid, now)).toBeUndefined()
    expect(await runningSession(db, elsewhere.sid, now)).toBeUndefined()
    expect(await sessionAccount(db, fresh.sid, now)).toEqual(account)
  })

  test('of anybody are listed and ended by administrators only', async () => {
    const account = await person()
    const operator: Actor = { kind: 'account', name: 'o@example.com', role: 'operator' }
    const [one, two] = [await beginSession(db, account.id, { now }), await beginSession(db, account.id, { now })]
    await expect(sessionsOf(db, operator, account.id, now)).rejects.toThrow(NotAllowed)
    await expect(endSessionsOf(db, operator, account.id, undefined, now)).rejects.toThrow(NotAllowed)
    const { id = '' } = (await runningSession(db, one.sid, now)) ?? {}
    expect((await sessionsOf(db, cli, account.id, now)).map(row => row.id)).toContain(id)
    await endSessionsOf(db, cli, account.id, id, now)
    expect(await sessionAccount(db, one.sid, now)).toBeUndefined()
    expect(await sessionAccount(db, two.sid, now)).toBeDefined()
    await endSessionsOf(db, cli, account.id, undefined, now)
    expect(await sessionAccount(db, two.sid, now)).toBeUndefined()
  })
})
