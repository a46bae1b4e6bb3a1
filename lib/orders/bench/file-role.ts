import { readDocument } from '@/lib/db/document-rows'
import { openDatabase } from '@/lib/db/pool'
import { openVault } from '@/lib/vault/vault'
import { makeDocument } from '../documents/document-task'
import { startDocument } from '../documents/documents'
import { FILES, type FileFigures, type RoleInput } from './figures'
import { actor, silent, taskContext, watched } from './watch'

/** Makes a file of the run as the background does, sealed pieces and all. */
export async function fileRole({ url, dataDir, runId = '', file = 'csv' }: RoleInput): Promise<FileFigures> {
  const db = openDatabase(url, { maxConnections: 4 })
  const vault = await openVault(db, dataDir)
  const { kind, ...more } = FILES[file]
  const options = 'layout' in more ? { layout: more.layout } : {}
  const { documentId } = await startDocument(db, { actor, now: new Date() }, { runId, kind, options })
  const report = silent()
  const figures = await watched(() => makeDocument.perform(taskContext(db, vault, dataDir), { documentId, title: file }, report))
  const document = await readDocument(db, documentId, new Date())
  await db.close()
  return { ...figures, codes: report.count, bytes: document?.readyAt ? document.bytes : 0 }
}
