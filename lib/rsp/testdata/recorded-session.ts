import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const folder = join(import.meta.dirname, 'session')

/** A file of the recorded session in `testdata/session`. */
export const recorded = (name: string): Buffer => readFileSync(join(folder, name))

/** A published SGP.26 test file. */
export const sgp26 = (name: string): Buffer => readFileSync(join(import.meta.dirname, 'sgp26', name))

/** A GSMA TS.48 package. */
export const ts48 = (name: (typeof TS48)[number]): Buffer => readFileSync(join(import.meta.dirname, 'profiles', name))

export const TS48 = [
  'TS48v1_A.der',
  'TS48v3_SAIP2.3_BERTLV.der',
  'TS48v4_SAIP2.1A_NoBERTLV.der',
  'TS48v5_SAIP2.3_BERTLV_SUCI.der',
] as const
