import type { ServerResponse } from 'node:http'
import { answerJson, refuse } from './answers'

/** What must hold for the server to serve, each check giving a sentence when it does not. */
export type HealthCheck = () => Promise<string | undefined>

const checkWithinMs = 2_000
const keepMs = 500

const within = async (check: HealthCheck): Promise<string | undefined> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<string>(resolve => {
    timer = setTimeout(resolve, checkWithinMs, 'A check of the server does not come to an end.')
  })
  const checked = check().catch(() => 'A check of the server failed.')
  return Promise.race([checked, late]).finally(() => clearTimeout(timer))
}

/** Runs the checks at most twice a second, however often it is asked. */
export function createHealth(checks: () => HealthCheck[]): () => Promise<string[]> {
  let running: Promise<string[]> | undefined
  return () => {
    running ??= Promise.all(checks().map(within)).then(results => {
      setTimeout(() => {
        running = undefined
      }, keepMs).unref()
      return results.filter(result => result !== undefined)
    })
    return running
  }
}

/** `GET /healthz`: 200 once the server can serve, else 503 with what is wrong in words. */
export async function answerHealth(method: string, res: ServerResponse, health: () => Promise<string[]>): Promise<void> {
  if (method !== 'GET' && method !== 'HEAD') return refuse(res, 405, 'Only GET is allowed here.', { allow: 'GET, HEAD' })
  const problems = await health()
  if (problems.length === 0) answerJson(res, 200, { status: 'ok' })
  else answerJson(res, 503, { status: 'unavailable', problems }, { 'retry-after': '1' })
}
