import { initPki } from '@/lib/smdp/pki/first-keys'
import { importPki, type PkiImportReport } from '@/lib/smdp/pki/import-pki'
import { pkiOverview } from '@/lib/smdp/pki/overview'
import { readFolderFiles } from '@/lib/smdp/pki/test-pki-files'
import { type Command, command, FilePath, flag, noArguments, oneArgument, oneOf, option } from './command'
import type { Output } from './output'
import { withRuntime } from './with-runtime'

const day = (at: Date): string => at.toISOString().slice(0, 10)
const kind = (live: boolean): string => (live ? 'live' : 'test')

function tell(report: PkiImportReport, out: Output): void {
  out.answer(report, () => {
    for (const { file, name, keyId, curve, live } of report.cis)
      out.line(`${file}: trusts the ${kind(live)} CI “${name}” (${curve}, key ${keyId}).`)
    for (const { file, role, oid, curve, ciKeyId, notAfter, added } of report.credentials)
      out.line(
        `${file}: ${added ? 'takes' : 'has already'} CERT.${role} (${curve}, OID ${oid}, CI key ${ciKeyId}), valid until ${day(notAfter)}.`,
      )
    for (const { file, reason } of report.ignored) out.line(`Ignored ${file}: ${reason}`)
    for (const { file, sentence } of report.warnings) out.line(`Warning ${file ? `${file}: ` : ''}${sentence}`)
    const added = report.credentials.filter(credential => credential.added).length
    out.line(added ? 'A running server serves them within a second.' : 'There was no new certificate in it.')
  })
}

const init = command({
  name: 'pki init',
  verb: 'pki:write',
  forms: ['[--curve P-256|brainpoolP256r1]'],
  summary: 'Make the test PKI of a curve in the data folder, unless it is there, and serve it',
  options: { curve: option('CURVE', 'P-256 (default) or brainpoolP256r1', oneOf(['P-256', 'brainpoolP256r1'])) },
  arguments: noArguments,
  run: ({ options: { curve = 'P-256' }, out }) =>
    withRuntime(async ({ db, vault, env: { dataDir, smdpAddresses: addresses }, actor, now }) =>
      tell(await initPki({ db, vault, dataDir, addresses, now, actor, curve }), out),
    ),
})

const importFolder = command({
  name: 'pki import',
  verb: 'pki:write',
  forms: ['DIR [--live]'],
  summary: 'Take CIs, SM-DP+ certificates and their keys from a folder',
  notes: [
    'The files may have any names, PEM or DER: what each is, is read from its contents. If keys do not match, chains do not hold or',
    'DPauth and DPpb carry different OIDs, nothing is taken. Expired certificates are left out with a warning.',
  ],
  options: { live: flag('The CIs certify real devices; without it they are test CIs') },
  arguments: oneArgument('DIR', FilePath),
  run: async ({ options: { live }, arguments: folder, out }) => {
    const files = await readFolderFiles(folder)
    await withRuntime(async ({ db, vault, actor, now }) => tell(await importPki(db, { actor, now, vault }, { files, live }), out))
  },
})

const show = command({
  name: 'pki show',
  verb: 'settings:read',
  forms: [''],
  summary: 'Show the CIs that are trusted and the certificates that are served',
  options: { all: flag('Retired certificates too') },
  arguments: noArguments,
  run: ({ options: { all }, out }) =>
    withRuntime(async ({ db, now }) => {
      const { cis, credentials: known } = await pkiOverview(db)
      const credentials = known.filter(({ retiredAt }) => all || !retiredAt)
      out.answer({ cis, credentials }, () => {
        out.table(
          ['CI', 'Kind', 'Curve', 'Valid until', 'Key'],
          cis.map(ci => [ci.name, kind(ci.live), ci.curve, day(ci.notAfter), ci.keyId]),
        )
        out.line()
        out.table(
          ['Certificate', 'Curve', 'Valid until', 'OID', 'Names', 'CI key', ''],
          credentials.map(({ role, curve, notAfter, oid, dnsNames, ciKeyId, retiredAt }) => {
            const state = retiredAt ? 'retired' : notAfter < now ? 'expired' : ''
            return [`CERT.${role}`, curve, day(notAfter), oid, dnsNames.join(' '), ciKeyId, state]
          }),
        )
        if (!cis.some(ci => ci.live)) out.line('Only test devices accept these certificates: there is no live CI.')
      })
    }),
})

export const pkiCommands: Command[] = [init, importFolder, show]
