import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Actor } from '@/lib/accounts/actor'
import { readCis, readCredentials } from '@/lib/db/credential-rows'
import { type Database, transaction } from '@/lib/db/pool'
import { parseCertificate } from '@/lib/rsp/pki/certificate'
import { issueTls } from '@/lib/rsp/pki/test-pki'
import type { Vault } from '@/lib/vault/vault'
import { importPki } from './import-pki'
import { issuing, readFolderFiles, readTestCredential, testPkiFolder, testSmdpOid, writeCredential, writeTestPki } from './test-pki-files'

export interface FirstKeys {
  db: Database
  vault: Vault
  dataDir: string
  /** The SM-DP+ address and its aliases, with or without ports */
  addresses: string[]
  now: Date
}

const system: Actor = { kind: 'cli', name: 'first start', role: 'administrator' }

const hostsOf = (addresses: string[]): string[] => [...new Set(addresses.map(address => address.replace(/:\d+$/, '').toLowerCase()))]

/** Two instances that start at once on one database make one PKI. */
const withLock = <T>(db: Database, work: () => Promise<T>): Promise<T> =>
  transaction(db, async tx => {
    await tx.query({ text: 'SELECT pg_advisory_xact_lock($1)', values: [7_270_736_901] })
    return work()
  })

/**
 * A deployment without any CI gets a test PKI in its data folder and serves it. Later starts issue a new CERT.DPtls when the
 * SM-DP+ address has no valid one and the test CI's key is at hand.
 * @returns what was made: 'pki', 'tls' or nothing
 */
export async function ensureFirstKeys(setup: FirstKeys): Promise<'pki' | 'tls' | undefined> {
  return withLock(setup.db, async () => {
    const ctx = { actor: system, now: setup.now, vault: setup.vault }
    if ((await readCis(setup.db)).length === 0) {
      const folder = testPkiFolder(setup.dataDir, 'P-256')
      if (!existsSync(join(folder, 'SK_DPtls.pem')))
        await writeTestPki(setup.dataDir, { curve: 'P-256', hosts: hostsOf(setup.addresses), now: setup.now })
      await importPki(setup.db, ctx, { files: await readFolderFiles(folder), live: false })
      return 'pki'
    }
    return (await tlsCovers(setup)) || !(await renewTestTls(setup)) ? undefined : 'tls'
  })
}

/** Makes the test PKI of a curve, unless it is there, and serves it. */
export async function initPki(setup: FirstKeys & { actor: Actor; curve: 'P-256' | 'brainpoolP256r1' }) {
  const folder = testPkiFolder(setup.dataDir, setup.curve)
  if (!existsSync(join(folder, 'SK_DPpb.pem')))
    await writeTestPki(setup.dataDir, { curve: setup.curve, hosts: hostsOf(setup.addresses), now: setup.now })
  const ctx = { actor: setup.actor, now: setup.now, vault: setup.vault }
  return importPki(setup.db, ctx, { files: await readFolderFiles(folder), live: false })
}

async function tlsCovers({ db, addresses, now }: FirstKeys): Promise<boolean> {
  const tls = (await readCredentials(db)).filter(row => row.role === 'DPtls' && !row.retiredAt && row.notAfter > now)
  return hostsOf(addresses).every(host => tls.some(row => row.dnsNames.some(name => name.toLowerCase() === host)))
}

async function renewTestTls({ db, vault, dataDir, addresses, now }: FirstKeys): Promise<boolean> {
  const ci = await readTestCredential(dataDir, 'P-256', 'CI')
  if (!ci) return false
  const issuer = parseCertificate(ci.certificate)
  if (!(await readCis(db)).some(row => row.keyId === issuer.subjectKeyId)) return false
  const tls = issueTls({ ci: issuer, ciKey: ci.privateKey, dnsNames: hostsOf(addresses), oid: testSmdpOid }, issuing(now))
  const folder = testPkiFolder(dataDir, 'P-256')
  await writeCredential(folder, 'DPtls', tls)
  await importPki(db, { actor: system, now, vault }, { files: await readFolderFiles(folder), live: false })
  return true
}
