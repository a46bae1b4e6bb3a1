import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readAll, readSingle, TlvReader, tlv } from '@/lib/rsp/tlv'
import type { CardSettings } from './card'
import { Es9Client } from './es9-client'
import { Euicc } from './euicc'
import { makeMetadata } from './scripted-metadata'
import { makeCard, makePki, type Script, ScriptedServer, scriptedAddress } from './scripted-server'

const pki = makePki()
const profilePackage = readFileSync('lib/rsp/testdata/profiles/TS48v3_SAIP2.3_BERTLV.der')

interface Attempt {
  script?: Partial<Script>
  settings?: Partial<CardSettings>
  change?: (boundProfilePackage: Buffer) => Buffer
}

async function load({ script = {}, settings = {}, change = der => der }: Attempt, euicc = new Euicc(makeCard(pki, settings))) {
  const server = new ScriptedServer(pki, { profilePackage, metadata: makeMetadata(), ...script })
  server.eid = euicc.eid
  const es9 = new Es9Client(server)
  const initiated = await es9.initiateAuthentication({
    euiccChallenge: euicc.getEuiccChallenge(),
    euiccInfo1: euicc.getEuiccInfo1(),
    smdpAddress: scriptedAddress,
  })
  const { transactionId } = initiated
  const client = await es9.authenticateClient({ transactionId, authenticateServerResponse: euicc.authenticateServer(initiated) })
  const prepareDownloadResponse = euicc.prepareDownload(client)
  const bound = await es9.getBoundProfilePackage({ transactionId, prepareDownloadResponse })
  return { euicc, transactionId, result: euicc.loadBoundProfilePackage(change(bound)) }
}

/** Loads, expects a refusal, and returns `command/reason` as the signed ProfileInstallationResult has them. */
async function refused(attempt: Attempt, loading = load(attempt)): Promise<string> {
  const { euicc, result, transactionId } = await loading
  expect(result.refusal?.message ?? 'installed').toMatch(/^[a-zA-Z].*\.$/s)
  expect(result.profile).toBeUndefined()
  expect(euicc.listNotifications().at(-1)?.der).toBe(result.profileInstallationResult.toString('base64'))
  const [data] = readAll(readSingle(result.profileInstallationResult, 0xbf37).value)
  const reader = new TlvReader(data?.value ?? Buffer.of())
  expect(reader.next(0x80).value.toString('hex').toUpperCase()).toBe(transactionId)
  const error = new TlvReader(readSingle(reader.find(0xa2)?.value ?? Buffer.of(), 0xa1).value)
  expect(error.next(0x80).value[0]).toBeDefined()
  expect(error.next(0x81).value[0]).toBe(result.refusal?.code.number)
  return `${result.refusal?.bppCommand}/${result.refusal?.code.name}`
}

const octet = (at: number, value: number) => (der: Buffer) => {
  const copy = Buffer.from(der)
  copy.writeUInt8(value, at)
  return copy
}

/** Takes the package apart, changes its parts, and puts it together again with right lengths. */
const parts = (change: (elements: Buffer[]) => Buffer[]) => (der: Buffer) =>
  tlv(0xbf36, ...change(readAll(readSingle(der, 0xbf36).value).map(element => element.raw)))

test('an honest package is installed, also with segments of any size and with dpProprietaryData', async () => {
  expect((await load({})).result.refusal).toBeUndefined()
  expect((await load({ script: { maxPlainBytes: 100 } })).result.refusal).toBeUndefined()
  expect((await load({ script: { configureIsdp: Buffer.from('bf2407b805800388370a', 'hex') } })).result.refusal).toBeUndefined()
})

describe('InitialiseSecureChannel is refused', () => {
  const channel = (secureChannel: Script['secureChannel']) => refused({ script: { secureChannel: secureChannel ?? (() => undefined) } })

  test('with a wrong smdpSign', async () => {
    const spoil = parts(([first = Buffer.of(), ...rest]) => [octet(first.length - 1, (first.at(-1) ?? 0) ^ 1)(first), ...rest])
    expect(await refused({ change: spoil })).toBe('initialiseSecureChannel/invalidSignature')
  })

  test('for another transaction, rightly signed', async () => {
    const reason = await channel(fields => {
      fields.transactionId = tlv(0x80, Buffer.alloc(16, 1))
    })
    expect(reason).toBe('initialiseSecureChannel/invalidTransactionId')
  })

  test('for another remote operation', async () => {
    const reason = await channel(fields => {
      fields.remoteOpId = tlv(0x82, Buffer.of(2))
    })
    expect(reason).toBe('initialiseSecureChannel/unsupportedRemoteOperationType')
  })

  test.each([
    ['SM4 keys', '800189810110840168'],
    ['keys of 32 octets', '800188810120840168'],
    ['no hostId', '800188810110'],
    ['an empty hostId', '8001888101108400'],
    ['a hostId of 17 octets', `8001888101108411${'00'.repeat(17)}`],
    ['a field too many', '800188810110840168850100'],
    ['fields in another order', '810110800188840168'],
  ])('with %s in the control reference template', async (_name, value) => {
    const reason = await channel(fields => {
      fields.controlRefTemplate = tlv(0xa6, Buffer.from(value, 'hex'))
    })
    expect(reason).toBe('initialiseSecureChannel/unsupportedCrtValues')
  })

  test('with an otPK.DP that is not on the curve, or compressed', async () => {
    for (const point of [Buffer.concat([Buffer.of(4), Buffer.alloc(64, 1)]), Buffer.concat([Buffer.of(2), Buffer.alloc(32, 1)])]) {
      const reason = await channel(fields => {
        fields.smdpOtpk = tlv(0x5f49, point)
      })
      expect(reason).toBe('initialiseSecureChannel/incorrectInputValues')
    }
  })

  test('with something left over, or a field missing', async () => {
    const longer = parts(([first = Buffer.of(), ...rest]) => [tlv(0xbf23, readSingle(first).value, tlv(0x85)), ...rest])
    expect(await refused({ change: longer })).toBe('initialiseSecureChannel/incorrectInputValues')
    const shorter = parts(([first = Buffer.of(), ...rest]) => [tlv(0xbf23, readSingle(first).value.subarray(3)), ...rest])
    expect(await refused({ change: shorter })).toBe('initialiseSecureChannel/incorrectInputValues')
  })
})

describe('the segments are refused', () => {
  const sequences = (change: Script['sequences'], more: Partial<Script> = {}) =>
    refused({ script: { sequences: change ?? (() => undefined), ...more } })

  test('with a wrong MAC, wherever it is', async () => {
    const spoil = (segments: Buffer[], index: number) => {
      const segment = segments[index] ?? Buffer.of()
      segments[index] = octet(segment.length - 1, (segment.at(-1) ?? 0) ^ 1)(segment)
    }
    expect(await sequences(all => spoil(all.configureIsdp, 0))).toBe('configureISDP/scp03tSecurityError')
    expect(await sequences(all => spoil(all.storeMetadata, 0))).toBe('storeMetadata/scp03tSecurityError')
    expect(await sequences(all => spoil(all.storeMetadata, 1), { maxPlainBytes: 30 })).toBe('storeMetadata2/scp03tSecurityError')
    expect(await sequences(all => spoil(all.replaceSessionKeys, 0), { randomKeys: true })).toBe('replaceSessionKeys/scp03tSecurityError')
    expect(await sequences(all => spoil(all.profileElements, 3))).toBe('loadProfileElements/scp03tSecurityError')
  })

  test('swapped, left out or repeated: the MACs are a chain', async () => {
    const swap = ({ profileElements: list }: { profileElements: Buffer[] }) =>
      list.splice(2, 2, list[3] ?? Buffer.of(), list[2] ?? Buffer.of())
    expect(await sequences(all => void swap(all))).toBe('loadProfileElements/scp03tSecurityError')
    expect(await sequences(all => void all.profileElements.splice(4, 1))).toBe('loadProfileElements/scp03tSecurityError')
    expect(await sequences(all => void all.profileElements.splice(4, 0, all.profileElements[4] ?? Buffer.of()))).toBe(
      'loadProfileElements/scp03tSecurityError',
    )
  })

  test('of more than 1020 octets', async () => {
    expect(await refused({ script: { maxPlainBytes: 1008 } })).toBe('loadProfileElements/scp03tStructureError')
  })

  test('encrypted from another counter than 1', async () => {
    const beforeSegments = (keys: { counter: number }) => {
      keys.counter = 0
    }
    expect(await refused({ script: { beforeSegments } })).toMatch(/^configureISDP\/(scp03tSecurityError|incorrectInputValues)$/)
  })

  test('of another kind than their sequence, or wrapped once more', async () => {
    expect(await sequences(all => all.storeMetadata.push(...all.profileElements.splice(0, 1)))).toBe('storeMetadata/scp03tStructureError')
    const wrap = (all: { profileElements: Buffer[] }) =>
      all.profileElements.splice(0, all.profileElements.length, tlv(0x30, ...all.profileElements))
    expect(await sequences(all => void wrap(all))).toBe('loadProfileElements/scp03tStructureError')
  })

  test('none where there must be some, or several for one command', async () => {
    expect(await sequences(all => void all.configureIsdp.splice(0))).toBe('configureISDP/scp03tStructureError')
    expect(await sequences(all => void all.storeMetadata.splice(0))).toBe('storeMetadata/scp03tStructureError')
    expect(await sequences(all => void all.profileElements.splice(0))).toBe('loadProfileElements/scp03tStructureError')
    expect(await sequences(all => void all.configureIsdp.push(all.configureIsdp[0] ?? Buffer.of()))).toBe(
      'configureISDP/scp03tStructureError',
    )
  })
})

describe('the structure of the package is refused', () => {
  test('with sequences in another order, one missing, or something after them', async () => {
    const swapped = parts(([a, b = Buffer.of(), c = Buffer.of(), ...rest]) => [a ?? Buffer.of(), c, b, ...rest])
    expect(await refused({ change: swapped })).toBe('configureISDP/scp03tStructureError')
    expect(await refused({ change: parts(elements => elements.slice(0, -1)) })).toBe('loadProfileElements/scp03tStructureError')
    expect(await refused({ change: parts(elements => [...elements, tlv(0xa4)]) })).toBe('loadProfileElements/scp03tStructureError')
  })

  test('truncated, with octets after it, with another tag, or in a longer form of length than DER has', async () => {
    const at = 'initialiseSecureChannel/scp03tStructureError'
    expect(await refused({ change: der => der.subarray(0, -1) })).toBe(at)
    expect(await refused({ change: der => Buffer.concat([der, Buffer.of(0)]) })).toBe(at)
    expect(await refused({ change: octet(1, 0x37) })).toBe(at)
    expect(await refused({ change: der => Buffer.concat([Buffer.from('bf3683', 'hex'), Buffer.of(0), der.subarray(3)]) })).toBe(at)
    expect(await refused({ change: () => Buffer.of() })).toBe(at)
  })
})

describe('the commands inside are refused', () => {
  test('ConfigureISDP with dpProprietaryData of more than 128 octets, without an OID, or of another tag', async () => {
    const configure = (plain: Buffer) => refused({ script: { configureIsdp: plain } })
    const oid = Buffer.from('800388370a', 'hex')
    expect(await configure(tlv(0xbf24, tlv(0xb8, oid, tlv(0x81, Buffer.alloc(122)))))).toBe('configureISDP/incorrectInputValues')
    expect(await configure(tlv(0xbf24, tlv(0xb8)))).toBe('configureISDP/incorrectInputValues')
    expect(await configure(tlv(0xbf25))).toBe('configureISDP/incorrectInputValues')
    expect(await configure(tlv(0xbf24, tlv(0x80)))).toBe('configureISDP/incorrectInputValues')
  })

  test('StoreMetadata that is malformed', async () => {
    expect(await refused({ script: { metadataInPackage: makeMetadata({ serviceProviderName: 'x'.repeat(33) }) } })).toBe(
      'storeMetadata/incorrectInputValues',
    )
    expect(await refused({ script: { metadataInPackage: tlv(0xbf25) } })).toBe('storeMetadata/incorrectInputValues')
  })

  test('a profile of test class, where the eUICC takes none', async () => {
    const script = { metadata: makeMetadata({ profileClass: 0 }) }
    expect(await refused({ script, settings: { rspCapability: [0] } })).toBe('storeMetadata/unsupportedProfileClass')
    expect((await load({ script })).result.refusal).toBeUndefined()
  })

  test('policy rules that the eUICC forbids, or that no owner stands for', async () => {
    const script = { metadata: makeMetadata({ mccMnc: '00f110', policyRules: [1] }) }
    expect(await refused({ script, settings: { forbiddenProfilePolicyRules: [1] } })).toBe('storeMetadata/pprNotAllowed')
    expect(await refused({ script: { metadata: makeMetadata({ policyRules: [2] }) } })).toBe('storeMetadata/pprNotAllowed')
  })

  test('an ICCID that is on the eUICC already', async () => {
    const { euicc } = await load({})
    expect(await refused({}, load({}, euicc))).toBe('storeMetadata/installFailedDueToIccidAlreadyExistsOnEuicc')
  })
})

describe('the profile package is refused', () => {
  test('when it is larger than the memory that is free', async () => {
    expect(await refused({ settings: { nonVolatileMemoryBytes: profilePackage.length - 1 } })).toBe(
      'loadProfileElements/installFailedDueToInsufficientMemoryForProfile',
    )
    expect((await load({ settings: { nonVolatileMemoryBytes: profilePackage.length } })).result.refusal).toBeUndefined()
  })

  test('when its ICCID is not that of the metadata', async () => {
    const script = { metadata: makeMetadata({ iccid: '89000123456789012358' }) }
    expect(await refused({ script })).toBe('loadProfileElements/installFailedDueToDataMismatch')
  })

  test('when its EF.IMSI is of another operator than the profile owner', async () => {
    expect(await refused({ script: { metadata: makeMetadata({ mccMnc: '130014' }) } })).toBe(
      'loadProfileElements/installFailedDueToDataMismatch',
    )
    expect((await load({ script: { metadata: makeMetadata({ mccMnc: '00f110' }) } })).result.refusal).toBeUndefined()
  })

  test('when it is no profile package', async () => {
    for (const spoilt of [Buffer.from('no package'), profilePackage.subarray(0, -1), Buffer.concat([profilePackage, profilePackage])]) {
      expect(await refused({ script: { profilePackage: spoilt } })).toBe('loadProfileElements/installFailedDueToPEProcessingError')
    }
  })

  test('when it needs a service that the eUICC lacks', async () => {
    expect(await refused({ settings: { uiccCapability: [4] } })).toBe('loadProfileElements/installFailedDueToPEProcessingError')
  })
})

describe('one-time keys', () => {
  test('survive a temporary error and are erased after a permanent one', async () => {
    const small = await load({ settings: { nonVolatileMemoryBytes: 100 } })
    expect(small.euicc.card.oneTimeKeys).toHaveLength(1)
    const wrong = await load({ script: { metadata: makeMetadata({ iccid: '89000123456789012358' }) } })
    expect(wrong.euicc.card.oneTimeKeys).toEqual([])
  })
})

test('no single changed octet of a package gets through, whatever it is', async () => {
  for (let step = 0; step < 120; step++) {
    const change = (der: Buffer) => {
      const at = step < 60 ? step * 5 : Math.floor((der.length * (step - 60)) / 60)
      return octet(at, der.readUInt8(at) ^ (1 << (step % 8)))(der)
    }
    const { result } = await load({ change })
    expect(result.refusal).toBeDefined()
  }
})
