import { createCipheriv, randomBytes } from 'node:crypto'
import { closeSync, openSync, readSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { type BatchColumns, type CopiedProfile, packageCopy, profileCopy } from '@/lib/db/batches/copy-rows'
import { openDatabase, transaction } from '@/lib/db/pool'
import type { BaselineFigures, RoleInput } from './figures'
import { subscriber } from './subscribers'

/** The least that an import of these rows has to do: seal their secrets, and have PostgreSQL take them in. */
export async function baselineRole({ url, dataDir, rows }: RoleInput): Promise<BaselineFigures> {
  const db = openDatabase(url, { maxConnections: 2, statementTimeoutMs: 3_600_000 })
  const files = { profile: join(dataDir, 'profile.copy'), package: join(dataDir, 'package.copy') }
  let sealSeconds = 0
  const columns: BatchColumns = {
    batchId: '1',
    typeId: '00000000-0000-4000-8000-000000000000',
    templateId: '00000000-0000-4000-8000-000000000001',
    createdAt: new Date(),
    createdBy: 'cli:bench',
  }
  const key = randomBytes(32)
  const facts = {
    packageName: 'GSMA Generic eUICC Test Profile',
    saipVersion: '2.3',
    mandatoryServices: ['usim', 'isim', 'csim', 'javacard', 'usim-test-algorithm', 'ber-tlv'],
    packageBytes: 20_000,
    installBytes: 60_000,
    gid1: 'FFFFFFFF',
    gid2: null,
    spn: null,
  }
  const chunkRows = 1_000
  function* profiles(): Generator<CopiedProfile, void> {
    for (let start = 0; start < rows; start += chunkRows) {
      const subscribers = Array.from({ length: Math.min(chunkRows, rows - start) }, (_, n) => subscriber(start + n))
      const secrets = subscribers.map(secretOf)
      const startedAt = performance.now()
      const sealed = subscribers.map(([iccid = ''], n) => seal(key, secrets[n] ?? Buffer.alloc(0), `profile_package:${iccid}`))
      sealSeconds += (performance.now() - startedAt) / 1000
      for (const [n, [iccid = '', imsi = '', , , msisdn = '']] of subscribers.entries())
        yield {
          iccid,
          line: start + n + 2,
          imsi,
          msisdn,
          mccMnc: imsi.slice(0, 5),
          warned: false,
          facts,
          sealed: sealed[n] ?? Buffer.alloc(0),
        }
    }
  }
  const copies = { profile: profileCopy(columns), package: packageCopy(columns) }
  // Each file for itself: the octets are made before the clock runs.
  writeAll(files.profile, copies.profile.octets(profiles()))
  sealSeconds = 0
  writeAll(files.package, copies.package.octets(profiles()))
  const startedAt = performance.now()
  await transaction(db, async tx => {
    await tx.copy(copies.profile.text, chunksOf(files.profile))
    await tx.copy(copies.package.text, chunksOf(files.package))
  })
  const copySeconds = (performance.now() - startedAt) / 1000
  await db.close()
  return { sealSeconds, copySeconds }
}

function secretOf([iccid, imsi, k, opc, msisdn, acc, pin1, puk1, pin2, puk2, adm1]: string[]): Buffer {
  return Buffer.from(JSON.stringify({ iccid, imsi, msisdn, acc, k, opc, pin1, pin2, puk1, puk2, adm1 }))
}

function seal(key: Buffer, secret: Buffer, identity: string): Buffer {
  const header = Buffer.alloc(5)
  const iv = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, iv)
  cipher.setAAD(Buffer.concat([header, Buffer.from(identity)]))
  return Buffer.concat([header, iv, cipher.update(secret), cipher.final(), cipher.getAuthTag()])
}

function writeAll(path: string, octets: Iterable<Buffer>): void {
  const file = openSync(path, 'w')
  for (const chunk of octets) writeSync(file, chunk)
  closeSync(file)
}

function* chunksOf(path: string): Generator<Buffer, void> {
  const file = openSync(path, 'r')
  try {
    for (;;) {
      const chunk = Buffer.allocUnsafe(65_536)
      const count = readSync(file, chunk)
      if (count === 0) return
      yield chunk.subarray(0, count)
    }
  } finally {
    closeSync(file)
  }
}
