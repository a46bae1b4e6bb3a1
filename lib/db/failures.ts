import pg from 'pg'

/** PostgreSQL's unique_violation, with the constraint's or index's name. */
export const isUniqueViolation = (error: unknown, constraint?: string): boolean =>
  error instanceof pg.DatabaseError && error.code === '23505' && (constraint === undefined || error.constraint === constraint)

/** Two transactions waited for each other, and this one was ended. */
export const isDeadlock = (error: unknown): boolean => error instanceof pg.DatabaseError && error.code === '40P01'

/** Whether the database itself is away: nothing was decided, the caller may try again. */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { code = '', syscall } = error as Error & { code?: string; syscall?: string }
  return (
    // Its Unix socket: taken away while it starts anew, or with too many who want in.
    (syscall === 'connect' && (code === 'ENOENT' || code === 'EAGAIN')) ||
    /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$/.test(code) ||
    /^(57P0[1235]|08...|53...|58030|25006)$/.test(code) ||
    /Connection terminated|timeout exceeded when trying to connect|timeout expired|Query read timeout/.test(error.message) ||
    /Client has encountered a connection error|Client was closed|Cannot use a pool after calling end/.test(error.message)
  )
}
