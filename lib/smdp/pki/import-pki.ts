import { createHash } from 'node:crypto'
import { type Actor, requireMay } from '@/lib/accounts/actor'
import { audit } from '@/lib/accounts/audit'
import { keepCi, keepCredential, raiseConfigurationVersion, readCis } from '@/lib/db/credential-rows'
import { type Database, transaction } from '@/lib/db/pool'
import { FormError } from '@/lib/form-error'
import { parseCertificate } from '@/lib/rsp/pki/certificate'
import { assembleCredentials, type CredentialFile, type ImportReport } from '@/lib/rsp/pki/dp-credentials'
import type { Vault } from '@/lib/vault/vault'

/** Key identifiers of the published SGP.26 test CIs: their private keys are public. */
const PUBLISHED_TEST_CIS = ['F54172BDF98A95D65CBEB88A38A1C11D800A85C3', 'C0BC70BA36929D43B467FF57570530E57AB8FCD8']

/** RFC 5280 §4.2.1.2 (1): the SHA-1 of the key itself, whatever identifier the certificate claims. */
const keyIdOf = (certificate: Buffer): string =>
  createHash('sha1').update(parseCertificate(certificate).publicKey.point).digest('hex').toUpperCase()

export interface PkiImport {
  files: CredentialFile[]
  /** The CIs of these files certify real devices. */
  live: boolean
}

export interface PkiContext {
  actor: Actor
  now: Date
  vault: Vault
}

/** What was taken, and what was left out with the reason. */
export type PkiImportReport = Pick<ImportReport, 'ignored' | 'warnings'> & {
  cis: { file: string; keyId: string; name: string; curve: string; live: boolean }[]
  credentials: { file: string; role: string; ciKeyId: string; oid: string; curve: string; notAfter: Date; added: boolean }[]
}

/**
 * Takes CIs and SM-DP+ credentials out of files of any name; all of them or, when one thing does not hold, none.
 * Running servers serve them within a second.
 * @throws FormError with one sentence a problem
 */
export async function importPki(db: Database, ctx: PkiContext, input: PkiImport): Promise<PkiImportReport> {
  requireMay(ctx.actor, 'pki:write')
  const known = await readCis(db)
  const report = assembleCredentials(input.files, {
    now: ctx.now,
    knownCis: known.map(ci => ({ keyId: ci.keyId, certificate: parseCertificate(ci.certificate) })),
  })
  const problems = report.problems.map(problem => (problem.file ? `${problem.file}: ${problem.sentence}` : problem.sentence))
  for (const ci of report.cis) {
    const before = known.find(row => row.keyId === ci.keyId)
    if (before && before.live !== input.live)
      problems.push(
        `${ci.file}: this CI is known as a ${before.live ? 'live' : 'test'} one; it cannot become a ${input.live ? 'live' : 'test'} one.`,
      )
    if (input.live && PUBLISHED_TEST_CIS.includes(keyIdOf(ci.certificate)))
      problems.push(`${ci.file}: this is a published SGP.26 test CI, whose private key is public. It cannot be live.`)
  }
  if (problems.length === 0 && report.cis.length + report.credentials.length === 0)
    problems.push('There is no certificate in it that this server can use.')
  if (problems.length > 0) throw new FormError(problems.join('\n'))

  const credentials = await transaction(db, async tx => {
    for (const ci of report.cis) await keepCi(tx, { ...ci, live: input.live })
    const taken: PkiImportReport['credentials'] = []
    for (const { file, role, ciKeyId, certificate, privateKey, oid, dnsNames, curve, notAfter } of report.credentials) {
      const fingerprint = createHash('sha256').update(certificate).digest('hex')
      const { notBefore } = parseCertificate(certificate)
      const sealed = ctx.vault.seal(privateKey, `credential:${fingerprint}`)
      const row = { ciKeyId, role, certificate, privateKey: sealed, fingerprint, oid, dnsNames, curve, notBefore, notAfter }
      taken.push({ file, role, ciKeyId, oid, curve, notAfter, added: await keepCredential(tx, row, ctx.now) })
    }
    await raiseConfigurationVersion(tx)
    await audit(tx, ctx.actor, 'pki:write', {
      detail: { live: input.live, cis: report.cis.map(ci => ci.keyId), credentials: taken.map(({ role, ciKeyId }) => ({ role, ciKeyId })) },
    })
    return taken
  })
  return {
    cis: report.cis.map(({ file, keyId, name, curve }) => ({ file, keyId, name, curve, live: input.live })),
    credentials,
    ignored: report.ignored,
    warnings: report.warnings,
  }
}
