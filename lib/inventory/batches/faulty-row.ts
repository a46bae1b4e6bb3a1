import type { Vault } from '@/lib/vault/vault'
import type { BatchRow } from '../formats/row'
import { secretJson } from './secret-json'

const identityOf = (batchId: string, line: number): string => `batch_row:${batchId}:${line}`

/** A row as it was read, without its package: to be given back with the reasons, and for the secrets that a mended row refers to. */
export function sealedFaultyRow(vault: Vault, batch: { id: string; dataKeyId: number }, row: BatchRow): Buffer {
  const { package: _package, packageInfo: _info, problems: _problems, ...cells } = row
  return vault.seal(Buffer.from(JSON.stringify(cells)), identityOf(batch.id, row.line), batch.dataKeyId)
}

/** @throws VaultError */
export const openFaultyRow = (vault: Vault, batchId: string, { line, sealed }: { line: number; sealed: Buffer }): BatchRow =>
  secretJson(vault.open(sealed, identityOf(batchId, line))) as BatchRow
