import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type AuditFilters, auditActors, listAudit } from '@/lib/db/audit-rows'
import type { Database } from '@/lib/db/pool'
import { parseEnv } from '@/lib/env'
import { startRuntime } from '@/lib/runtime'
import { sealAudit } from './sealer'
import { verifyAudit } from './verify'

// npx tsx lib/accounts/audit-chain/bench.ts [rows]
// Fills an audit, seals it, verifies it and asks for its pages, with what the process holds in memory at its peak.

const rows = Number(process.argv[2] ?? 1_000_000)
// Rows of one statement have one moment.
const perInsert = 500
const times = 20

const mostBytes = () => process.resourceUsage().maxRSS * 1024

async function fill(db: Database): Promise<void> {
  for (let from = 0; from < rows; from += perInsert)
    await db.query({
      text: `INSERT INTO audit (actor, actor_kind, action, target, result, detail, address)
        SELECT 'agent' || (n % 40)::text || '@example.com', 'account', (ARRAY['order:issue', 'order:bind', 'order:cancel', 'link:write'])[1 + n % 4],
          '8988' || lpad((n / 4)::text, 15, '0'), CASE WHEN n % 500 = 0 THEN 'not allowed' ELSE 'ok' END,
          jsonb_build_object('orderId', md5(n::text), 'confirmationCodeRequired', n % 2 = 0, 'expiresAt', NULL,
            'eid', jsonb_build_object('digest', substr(md5(n::text) || md5((n + 1)::text), 1, 43))), '192.0.2.' || (n % 200)::text
        FROM generate_series($1::int, $2::int) AS n`,
      values: [from + 1, Math.min(rows, from + perInsert)],
    })
}

/** Until autovacuum has taken statistics, as it does within a minute. */
async function analysed(db: Database): Promise<void> {
  for (let look = 0; look < 120; look++) {
    const { rows } = await db.query({
      text: `SELECT 1 FROM pg_stat_user_tables WHERE relname = 'audit' AND last_autoanalyze IS NOT NULL AND n_mod_since_analyze < 100000`,
    })
    if (rows.length > 0) return
    await delay(1_000)
  }
}

async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const startedAt = performance.now()
  const cpuBefore = process.cpuUsage()
  const result = await work()
  const seconds = (performance.now() - startedAt) / 1_000
  const cpu = process.cpuUsage(cpuBefore)
  const processor = (cpu.user + cpu.system) / 1_000_000
  const perSecond = Math.round(rows / seconds).toLocaleString('en')
  console.log(
    `${what}: ${seconds.toFixed(1)} s, ${perSecond} rows a second, ${processor.toFixed(1)} s of this process, ${Math.round(mostBytes() / 1e6)} MB at its peak`,
  )
  return result
}

async function page(db: Database, name: string, filters: AuditFilters): Promise<void> {
  const taken: number[] = []
  for (let n = 0; n < times; n++) {
    const startedAt = performance.now()
    await listAudit(db, filters, { limit: 51 })
    taken.push(performance.now() - startedAt)
  }
  taken.sort((a, b) => a - b)
  const at = (share: number) => Math.round(taken[Math.min(times - 1, Math.floor(times * share))] ?? 0)
  console.log(`page, ${name}: ${at(0.5)} / ${at(0.95)} ms`)
}

const dataDir = mkdtempSync(path.join(tmpdir(), 'slipway-audit-bench-'))
const runtime = await startRuntime(parseEnv({ DATA_DIR: dataDir }))
try {
  const { db } = runtime
  await timed('fill', () => fill(db))
  await timed('seal', () => sealAudit(db))
  const verdict = await timed('verify', () => verifyAudit(db))
  console.log(`${verdict.rows} rows hold${verdict.firstBroken ? `, then ${JSON.stringify(verdict.firstBroken)}` : ''}`)
  await analysed(db)
  console.log(`${(await auditActors(db)).length} names`)
  await page(db, 'newest', {})
  await page(db, 'by one person', { who: 'agent7@' })
  await page(db, 'one verb', { what: 'order:bind' })
  await page(db, 'one target', { target: '8988000000000001000' })
  await page(db, 'the beginning of a target', { target: '898800000000000100*' })
  await page(db, 'refused', { result: 'not allowed' })
  await page(db, 'nothing', { what: 'order:bind', result: 'none' })
} finally {
  await runtime.stop()
  rmSync(dataDir, { recursive: true, force: true })
}
