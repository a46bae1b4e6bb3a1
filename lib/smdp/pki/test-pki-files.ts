import { createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes, X509Certificate } from 'node:crypto'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Curve } from '@/lib/rsp/crypto/curves'
import { CURVES } from '@/lib/rsp/crypto/curves'
import type { CredentialFile } from '@/lib/rsp/pki/dp-credentials'
import { type IssuedCredential, type IssuingContext, makeTestPki } from '@/lib/rsp/pki/test-pki'

/** SM-DP+ OID of test certificates, the one of SGP.26. */
export const testSmdpOid = '2.999.10'

const folderName = { 'P-256': 'test-nist', brainpoolP256r1: 'test-brainpool' } as const

/** Where the test PKI of a curve lies; its keys never leave the data folder. */
export const testPkiFolder = (dataDir: string, curve: Curve): string => join(dataDir, 'pki', folderName[curve])

export const issuing = (now: Date): IssuingContext => ({
  now,
  random: bytes => randomBytes(bytes),
  generateKeyPair: curve => generateKeyPairSync('ec', { namedCurve: CURVES[curve].openssl }),
})

const pemOf = (certificate: Buffer): string => new X509Certificate(certificate).toString()
const keyPem = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString()

/** Writes a certificate and its key (0600) into a folder (0700). */
export async function writeCredential(folder: string, name: string, credential: IssuedCredential): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await writeFile(join(folder, `CERT_${name}.pem`), pemOf(credential.certificate), { mode: 0o600 })
  await writeFile(join(folder, `SK_${name}.pem`), keyPem(credential.privateKey), { mode: 0o600 })
}

/** Makes a complete test PKI in the data folder. @param hosts names of CERT.DPtls, without ports */
export async function writeTestPki(dataDir: string, request: { curve: Curve; hosts: string[]; now: Date }): Promise<string> {
  const folder = testPkiFolder(dataDir, request.curve)
  const pki = makeTestPki({ curve: request.curve, dnsNames: request.hosts, oid: testSmdpOid }, issuing(request.now))
  await writeCredential(folder, 'CI', pki.ci)
  await writeCredential(folder, 'EUM', pki.eum)
  await writeCredential(folder, 'DPauth', pki.dpAuth)
  await writeCredential(folder, 'DPpb', pki.dpPb)
  if (pki.dpTls) await writeCredential(folder, 'DPtls', pki.dpTls)
  return folder
}

/** All files of a folder. */
export async function readFolderFiles(folder: string): Promise<CredentialFile[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const names = entries
    .filter(entry => entry.isFile())
    .map(entry => entry.name)
    .sort()
  return Promise.all(names.map(async name => ({ name, bytes: await readFile(join(folder, name)) })))
}

/** A certificate of the test PKI in DER and its key; undefined when the folder does not have it. */
export async function readTestCredential(dataDir: string, curve: Curve, name: 'CI' | 'EUM'): Promise<IssuedCredential | undefined> {
  const folder = testPkiFolder(dataDir, curve)
  try {
    const certificate = new X509Certificate(await readFile(join(folder, `CERT_${name}.pem`))).raw
    return { certificate, privateKey: createPrivateKey(await readFile(join(folder, `SK_${name}.pem`))) }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
