import { createHash } from 'node:crypto'

/**
 * The id of the order of a run's row: the same whenever the run is begun again, so that it finds what it has done. Version 8 of RFC 9562.
 * @param place what tells the row from the others of its run
 */
export function runOrderId(runId: string, place: string | number): string {
  const octets = createHash('sha256').update(`${runId}:${place}`).digest().subarray(0, 16)
  octets[6] = ((octets[6] ?? 0) & 0x0f) | 0x80
  octets[8] = ((octets[8] ?? 0) & 0x3f) | 0x80
  return octets.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
