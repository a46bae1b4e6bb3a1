import { peStatusName } from '@/lib/rsp/decode/names'
import { readAll, readInteger, readSingle, TlvError } from '@/lib/rsp/tlv'

/** PEStatus of EUICCResponse (TCA Interoperable Profile): what the eUICC made of one profile element. */
export interface PeStatus {
  status: number
  meaning: string
  /** Identification of the profile element */
  identification?: number
  offset?: number
}

const mostStatuses = 20

/**
 * EUICCResponse ::= SEQUENCE { peStatus [0] SEQUENCE OF PEStatus, profileInstallationAborted [1] NULL OPTIONAL, statusMessage [2] OPTIONAL }
 * Cards send it nearly empty or worse: what cannot be read is not told.
 */
export function readSimaResponse(simaResponse: Uint8Array): PeStatus[] {
  try {
    const list = readAll(readSingle(simaResponse, 0x30).value).find(member => member.tag === 0xa0)
    return list
      ? readAll(list.value)
          .slice(0, mostStatuses)
          .map(row => peStatus(row.value))
      : []
  } catch (error) {
    if (error instanceof TlvError) return []
    throw error
  }
}

/** PEStatus ::= SEQUENCE { status [0] INTEGER, identification [1] UInt15 OPTIONAL, additional-information [2], offset [3] INTEGER OPTIONAL } */
function peStatus(value: Buffer): PeStatus {
  const members = new Map(readAll(value).map(member => [member.tag, member.value]))
  const number = (tag: number) => {
    const octets = members.get(tag)
    return octets && readInteger(octets)
  }
  const status = number(0x80) ?? 0
  const identification = number(0x81)
  const offset = number(0x83)
  return {
    status,
    meaning: peStatusName(status),
    ...(identification === undefined ? {} : { identification }),
    ...(offset === undefined ? {} : { offset }),
  }
}
