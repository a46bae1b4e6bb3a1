import { createHash, randomBytes } from 'node:crypto'
import { type ChallengePurpose, type ChallengeRow, closeChallenge, insertChallenge, takeChallengeAttempt } from '@/lib/db/factor-rows'
import type { Queryable } from '@/lib/db/pool'

const challengeMinutes = 5
const maxAttempts = 10

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest()

/** Begins the moment between two steps and returns its secret name; the database knows only its hash. */
export async function beginChallenge(
  db: Queryable,
  { purpose, accountId, challenge }: { purpose: ChallengePurpose; accountId?: string; challenge?: string },
  now: Date,
): Promise<string> {
  const token = randomBytes(32).toString('base64url')
  const expiresAt = new Date(now.getTime() + challengeMinutes * 60_000)
  await insertChallenge(db, {
    tokenHash: hashOf(token),
    purpose,
    now,
    expiresAt,
    ...(accountId ? { accountId } : {}),
    ...(challenge ? { challenge } : {}),
  })
  return token
}

/** Counts an attempt before its answer is looked at; undefined when the challenge is over. */
export const attemptChallenge = (db: Queryable, token: string, purpose: ChallengePurpose, now: Date): Promise<ChallengeRow | undefined> =>
  takeChallengeAttempt(db, { tokenHash: hashOf(token), purpose, maxAttempts, now })

/** Uses a challenge up; false when somebody was quicker. */
export const finishChallenge = (db: Queryable, token: string, now: Date): Promise<boolean> => closeChallenge(db, hashOf(token), now)
