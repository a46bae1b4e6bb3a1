import { type CiRow, type CredentialRow, readCis, readCredentials } from '@/lib/db/credential-rows'
import type { Database } from '@/lib/db/pool'

/** Whom this server trusts and with what it answers; no keys. */
export interface PkiOverview {
  cis: Omit<CiRow, 'certificate'>[]
  credentials: Omit<CredentialRow, 'certificate' | 'privateKey'>[]
}

export async function pkiOverview(db: Database): Promise<PkiOverview> {
  const [cis, credentials] = await Promise.all([readCis(db), readCredentials(db)])
  return {
    cis: cis.map(({ certificate, ...ci }) => ci),
    credentials: credentials.map(({ certificate, privateKey, ...credential }) => credential),
  }
}
