import { readFile } from 'node:fs/promises'
import { perProcess, setPerProcess } from '@/lib/db/per-process'
import { database } from '@/lib/db/pool'
import { certificatesFromFile } from '@/lib/rsp/pki/credential-file'
import { credentials } from '../credentials'
import { createEventRegistrar, type Es12Client } from './client'
import { pemOf } from './client-identity'
import { remembering } from './left-events'
import type { EventRegistrar } from './registrar'
import type { SmdsSettings } from './settings'

/** Gives this process, whose database is open, its ES12. @returns the registrar, to be closed at the end. @throws a sentence when the file of SMDS_CA cannot be used */
export async function startEs12({ smdpAddress, smds }: { smdpAddress: string; smds: SmdsSettings }): Promise<Es12Client> {
  const ca = smds.caFile ? await readCa(smds.caFile) : undefined
  const client = remembering(database, createEventRegistrar({ credentials: () => credentials().current(), smdpAddress, smds, ca }))
  setPerProcess('es12', client)
  return client
}

async function readCa(path: string): Promise<string> {
  const bytes = await readFile(path).catch((error: Error) => {
    throw new Error(`SMDS_CA cannot be read: ${error.message}.`)
  })
  const found = certificatesFromFile(bytes)
  if (found.length === 0) throw new Error(`SMDS_CA names ${path}, in which there is no certificate: PEM is expected.`)
  return found.map(pemOf).join('')
}

/** The process's registrar. */
export const eventRegistrar = (): EventRegistrar =>
  perProcess<EventRegistrar>('es12', () => {
    throw new Error('ES12 is not started yet.')
  })
