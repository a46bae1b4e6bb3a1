import { cpus } from 'node:os'
import type { Cores } from './cores'

/** On what was measured. */
export interface Machine {
  processor: string
  cores: number
  node: string
  openssl: string
  platform: string
  pinned: boolean
  serverCore: number
}

export const machineOf = (cores: Cores): Machine => ({
  processor: cpus()[0]?.model.trim() ?? 'unknown processor',
  cores: cpus().length,
  node: process.versions.node,
  openssl: process.versions.openssl,
  platform: `${process.platform} ${process.arch}`,
  pinned: cores.pinned,
  serverCore: cores.server,
})
