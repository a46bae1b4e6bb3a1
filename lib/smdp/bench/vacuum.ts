import { joinEmbedded } from '@/lib/db/embedded'
import { openDatabase } from '@/lib/db/pool'

/** Takes garbage and statistics of the embedded database's tables where they would be after a while. */
export async function vacuum(dataDir: string): Promise<void> {
  const url = await joinEmbedded(dataDir)
  if (!url) return
  const owner = openDatabase(url, { maxConnections: 1, statementTimeoutMs: 600_000 })
  try {
    await owner.query({ text: 'VACUUM ANALYZE' })
    await owner.query({ text: 'CHECKPOINT' })
  } finally {
    await owner.close()
  }
}
