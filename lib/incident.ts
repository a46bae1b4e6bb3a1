import { randomBytes } from 'node:crypto'

/**
 * Logs what nobody foresaw under a new id, which is all that the person or device outside gets to see.
 * @param where what was being done, without identifiers of people or secrets
 */
export function reportIncident(error: unknown, where: string): string {
  const id = randomBytes(4).toString('hex')
  console.error(`${new Date().toISOString()} incident ${id} (${where}):`, error instanceof Error ? (error.stack ?? error.message) : error)
  return id
}

/**
 * Reports what nothing else has caught, and goes on. Where the log goes may end before we do: what is written then is lost, and no
 * incident, for its report would be lost the same way, and be the next one.
 */
export function watchForIncidents(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
  process.on('unhandledRejection', reason => reportIncident(reason, 'unhandled rejection'))
  process.on('uncaughtException', error => reportIncident(error, 'uncaught exception'))
}
