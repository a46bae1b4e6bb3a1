import type { KeyObject } from 'node:crypto'
import { type Certificate, CertificateError, parseCertificate } from './certificate'
import { type EcPrivateKey, readCredentialFile } from './credential-file'
import type { CertificateRole } from './oids'
import { roleOf } from './role'

export interface CredentialFile {
  name: string
  bytes: Buffer
}

export interface FolderCertificate {
  file: string
  role: CertificateRole | 'unknown'
  certificate: Certificate
  privateKey?: KeyObject
  /** The file that the private key came from. */
  keyFile?: string
}

export interface FolderContents {
  /** Each certificate once, with its private key where the folder has it. */
  certificates: FolderCertificate[]
  unpairedKeys: { file: string }[]
}

interface Notes {
  ignored: { file: string; reason: string }[]
  problems: { file: string; sentence: string }[]
}

/** Reads the files of a folder in the order of their names and pairs certificates with keys by public key. */
export function readFolder(files: readonly CredentialFile[], notes: Notes): FolderContents {
  const certificates = new Map<string, FolderCertificate>()
  const keys = new Map<string, { file: string; privateKey: EcPrivateKey }>()
  const ignore = (file: string, reason: string) => notes.ignored.push({ file, reason })
  for (const { name: file, bytes } of [...files].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    for (const item of readCredentialFile(bytes)) {
      if (item.kind === 'other') ignore(file, item.reason)
      else if (item.kind === 'unusable') notes.problems.push({ file, sentence: item.sentence })
      else if (item.kind === 'privateKey') {
        const id = keyText(item.privateKey)
        const same = keys.get(id)
        if (same) ignore(file, `The same private key as in ${same.file}.`)
        else keys.set(id, { file, privateKey: item.privateKey })
      } else {
        const id = item.der.toString('base64')
        const same = certificates.get(id)
        const certificate = same ? same.certificate : parsed(item.der)
        if (same) ignore(file, `The same certificate as in ${same.file}.`)
        else if (typeof certificate === 'string') ignore(file, certificate)
        else certificates.set(id, { file, role: roleOf(certificate), certificate })
      }
    }
  }
  const paired = [...certificates.values()].map(found => {
    const own = keys.get(keyText(found.certificate.publicKey))
    return own ? { ...found, privateKey: own.privateKey.key, keyFile: own.file } : found
  })
  const used = new Set(paired.map(found => keyText(found.certificate.publicKey)))
  return { certificates: paired, unpairedKeys: [...keys].flatMap(([id, { file }]) => (used.has(id) ? [] : [{ file }])) }
}

const keyText = ({ curve, point }: { curve: string; point: Buffer }) => `${curve} ${point.toString('hex')}`

function parsed(der: Buffer): Certificate | string {
  try {
    return parseCertificate(der)
  } catch (error) {
    if (error instanceof CertificateError) return error.message
    throw error
  }
}
