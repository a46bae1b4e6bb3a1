import type { Database } from '@/lib/db/pool'
import type { HealthCheck } from './health'
import type { TlsContexts } from './tls-contexts'

/** What must hold once the server has started; the sentences are read by strangers too. */
export const servingChecks = (db: Database, contexts: TlsContexts): HealthCheck[] => [
  async () =>
    db.query({ text: 'SELECT 1' }).then(
      () => undefined,
      () => 'The database does not answer.',
    ),
  async () =>
    contexts.defaultKeyPair().then(
      () => undefined,
      () => 'There is no valid TLS certificate for the SM-DP+ address.',
    ),
]
