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
