import { openDatabase } from '@/lib/db/pool'
import { openVault } from '@/lib/vault/vault'
import { batchChecker } from '../batch-checker'
import { resumeChecks } from '../resume-checks'
import { testChunkRows } from './batch-site'

/** Run as a process of its own, to be killed: goes on with whatever check was left, and ends when there is none. */
const [url = '', dataDir = ''] = process.argv.slice(2)
const db = openDatabase(url, { maxConnections: 4 })
const ctx = { vault: await openVault(db, dataDir), dataDir, chunkRows: testChunkRows }
process.stdout.write('ready\n')
await resumeChecks(db, ctx)
await batchChecker().idle()
await db.close()
