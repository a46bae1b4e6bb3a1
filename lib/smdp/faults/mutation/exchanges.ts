import { sign } from 'node:crypto'
import { readAll, readSingle, tlv } from '@/lib/rsp/tlv'
import { Device, octetsOf, verdictOf } from '../../testing/device'
import type { Laboratory } from '../../testing/laboratory'
import type { Chance } from '../chance'
import { changeStructure } from './der-mutations'

/** A message that the server would accept as it is, and how to change it. */
export interface Exchange {
  name: string
  /** The message itself */
  der: Buffer
  body(der: Buffer): Record<string, unknown>
  /** What an accepted message still has, octet by octet, when nobody signed it again: what is signed, and the signatures */
  signed: Buffer[]
  /** Elements that an accepted message still has when the eUICC itself has signed another one */
  bound: Buffer[]
  /** Changed where it is signed, and signed again. */
  signedAgain?: (chance: Chance) => Buffer
  /** With a changed certificate that its issuer has signed again. */
  certifiedAgain?: (chance: Chance) => Buffer
  /** Writes that the protocol allows though nothing is signed */
  unsignedWrites: string[]
}

export const EXCHANGES = [
  'initiateAuthentication',
  'authenticateClient',
  'authenticateClient, error',
  'getBoundProfilePackage',
  'getBoundProfilePackage, confirmation code',
  'getBoundProfilePackage, error',
  'cancelSession',
  'handleNotification, installation result',
  'handleNotification, other',
] as const
export type ExchangeName = (typeof EXCHANGES)[number]

const confirmationCode = '8642'

const raw = (value: Buffer): Buffer[] => readAll(value).map(member => member.raw)

const withTag = (parts: Buffer[], tag: number): Buffer[] => parts.filter(part => readSingle(part).tag === tag)

/** A device with an order that serves it for many sessions. */
interface Lasting {
  device: Device
  matchingId: string
  uses: number
}

const mostUses = 400

/** Makes exchanges against a laboratory; devices and orders are used as long as they last. */
export class Exchanges {
  private readonly lasting = new Map<string, Lasting>()
  private holder: Lasting | undefined

  constructor(private readonly lab: Laboratory) {}

  /** Types with many attempts, so that orders last. */
  static async prepare(lab: Laboratory): Promise<Exchanges> {
    await lab.addType({ name: 'patient', downloadLimit: 1_000, confirmationLimit: 100 })
    return new Exchanges(lab)
  }

  async make(name: ExchangeName): Promise<Exchange> {
    if (name === 'initiateAuthentication') return this.initiate()
    if (name === 'authenticateClient') return this.authenticate()
    if (name === 'handleNotification, installation result') return this.installationResult()
    if (name === 'handleNotification, other') return this.otherNotification()
    const code = name === 'getBoundProfilePackage, confirmation code' ? confirmationCode : undefined
    const device = await this.authenticated(code)
    const error = (tag: number) => this.errorOf(name, tag, device)
    if (name === 'authenticateClient, error') return error(0xbf38)
    if (name === 'getBoundProfilePackage, error') return error(0xbf21)
    if (name === 'cancelSession') return this.cancel(device)
    return this.prepared(device, code)
  }

  private async fresh(code?: string): Promise<Lasting> {
    const { matchingId } = await this.lab.issued({ type: 'patient', ...(code ? { confirmationCode: code } : {}) })
    return { device: new Device(this.lab), matchingId, uses: 0 }
  }

  /** A device and an order that begin sessions again and again. */
  private async last(code = ''): Promise<Lasting> {
    const known = this.lasting.get(code)
    const lasting = known && ++known.uses < mostUses ? known : await this.fresh(code)
    this.lasting.set(code, lasting)
    return lasting
  }

  private initiate(): Exchange {
    const { euicc } = new Device(this.lab)
    const euiccChallenge = euicc.getEuiccChallenge().toString('base64')
    return {
      name: 'initiateAuthentication',
      der: euicc.getEuiccInfo1(),
      body: der => ({ euiccChallenge, euiccInfo1: der.toString('base64'), smdpAddress: 'smdp.example.com' }),
      signed: [],
      bound: [],
      unsignedWrites: [],
    }
  }

  private async authenticate(): Promise<Exchange> {
    const { device, matchingId } = await this.last()
    const der = await device.proof(matchingId)
    const { transactionId } = device
    const parts = raw(readSingle(readSingle(der).value, 0xa0).value)
    const [signed = Buffer.alloc(0)] = parts
    const members = raw(readSingle(signed).value)
    return {
      name: 'authenticateClient',
      der,
      body: changed => ({ transactionId, authenticateServerResponse: changed.toString('base64') }),
      signed: parts,
      bound: [...withTag(members, 0x80), ...withTag(members, 0x84)],
      signedAgain: chance => {
        const changed = changeStructure(chance, signed)
        return tlv(0xbf38, tlv(0xa0, changed, device.sign(changed), ...parts.slice(2)))
      },
      certifiedAgain: chance => tlv(0xbf38, tlv(0xa0, ...this.recertified(chance, parts, 2))),
      unsignedWrites: [],
    }
  }

  private async authenticated(code?: string): Promise<Device> {
    for (let tries = 0; ; tries++) {
      const { device, matchingId } = await this.last(code)
      const verdict = verdictOf(await device.authenticate(matchingId))
      if (verdict === 'Executed-Success') return device
      // What was done to the order before has ended it.
      this.lasting.delete(code ?? '')
      if (tries > 3) throw new Error(`No session can be had: ${verdict}`)
    }
  }

  private prepared(device: Device, code?: string): Exchange {
    const { transactionId, client } = device
    if (!client) throw new Error('The device is not authenticated.')
    const der = device.prepare(code ? { confirmationCode: code } : {})
    const parts = raw(readSingle(readSingle(der).value, 0xa0).value)
    const [signed = Buffer.alloc(0)] = parts
    const members = raw(readSingle(signed).value)
    const signature2 = octetsOf(client, 'smdpSignature2')
    return {
      name: 'getBoundProfilePackage',
      der,
      body: changed => ({ transactionId, prepareDownloadResponse: changed.toString('base64') }),
      signed: parts,
      bound: [...withTag(members, 0x80), ...(code ? withTag(members, 0x04) : [])],
      signedAgain: chance => {
        const changed = changeStructure(chance, signed)
        return tlv(0xbf21, tlv(0xa0, changed, device.sign(changed, signature2)))
      },
      unsignedWrites: [],
    }
  }

  private cancel(device: Device): Exchange {
    const { transactionId } = device
    const der = device.euicc.cancelSession('postponed')
    const parts = raw(readSingle(readSingle(der).value, 0xa0).value)
    const [signed = Buffer.alloc(0)] = parts
    const members = raw(readSingle(signed).value)
    return {
      name: 'cancelSession',
      der,
      body: changed => ({ transactionId, cancelSessionResponse: changed.toString('base64') }),
      signed: parts,
      bound: [...withTag(members, 0x80), ...withTag(members, 0x81)],
      signedAgain: chance => {
        const changed = changeStructure(chance, signed)
        return tlv(0xbf41, tlv(0xa0, changed, device.sign(changed)))
      },
      unsignedWrites: [],
    }
  }

  /** What the eUICC says when it refuses the server: unsigned in SGP.22. */
  private errorOf(name: ExchangeName, tag: number, device: Device): Exchange {
    const { transactionId } = device
    const der = tlv(tag, tlv(0xa1, tlv(0x80, Buffer.from(transactionId, 'hex')), tlv(0x02, Buffer.of(2))))
    const member = tag === 0xbf38 ? 'authenticateServerResponse' : 'prepareDownloadResponse'
    return {
      name: name.split(',')[0] ?? '',
      der,
      body: changed => ({ transactionId, [member]: changed.toString('base64') }),
      signed: [],
      bound: [],
      unsignedWrites: tag === 0xbf21 ? ['note'] : [],
    }
  }

  private async installationResult(): Promise<Exchange> {
    const { device, matchingId } = await this.fresh()
    const der = device.load(await device.downloaded(matchingId)).profileInstallationResult
    const parts = raw(readSingle(der).value)
    const [data = Buffer.alloc(0)] = parts
    return {
      name: 'handleNotification',
      der,
      body: changed => ({ pendingNotification: changed.toString('base64') }),
      signed: parts,
      bound: withTag(raw(readSingle(data).value), 0x80),
      signedAgain: chance => {
        const changed = changeStructure(chance, data)
        return tlv(0xbf37, changed, device.sign(changed))
      },
      unsignedWrites: [],
    }
  }

  private async otherNotification(): Promise<Exchange> {
    const { device } = await this.installed()
    const [profile] = device.euicc.listProfiles()
    if (profile?.state === 'Enabled') device.euicc.disableProfile(profile.iccid)
    else device.euicc.enableProfile(profile?.iccid ?? '')
    const der = Buffer.from(device.euicc.listNotifications().at(-1)?.der ?? '', 'base64')
    const parts = raw(readSingle(der).value)
    const [metadata = Buffer.alloc(0)] = parts
    return {
      name: 'handleNotification',
      der,
      body: changed => ({ pendingNotification: changed.toString('base64') }),
      signed: parts,
      bound: [...withTag(raw(readSingle(metadata).value), 0x5a), ...withTag(raw(readSingle(metadata).value), 0x0c)],
      signedAgain: chance => {
        const changed = changeStructure(chance, metadata)
        return tlv(0x30, changed, device.sign(changed), ...parts.slice(2))
      },
      certifiedAgain: chance => tlv(0x30, ...this.recertified(chance, parts, 2)),
      unsignedWrites: [],
    }
  }

  /** A device on which a profile is installed. */
  private async installed(): Promise<Lasting> {
    if (this.holder && ++this.holder.uses < mostUses / 4) return this.holder
    this.holder = await this.fresh()
    const { device, matchingId } = this.holder
    await device.notify(device.load(await device.downloaded(matchingId)).profileInstallationResult)
    return this.holder
  }

  /** CERT.EUICC, or CERT.EUM behind it, changed and signed by its issuer. */
  private recertified(chance: Chance, parts: Buffer[], first: number): Buffer[] {
    const pki = this.lab.pki.get('P-256')
    if (!pki) throw new Error('There is no PKI.')
    const at = first + chance.below(2)
    const [tbs = Buffer.alloc(0), algorithm = Buffer.alloc(0)] = raw(readSingle(parts[at] ?? Buffer.alloc(0)).value)
    const changed = changeStructure(chance, tbs)
    const key = at === first ? pki.eum.privateKey : pki.ci.privateKey
    const signature = sign('sha256', changed, { key, dsaEncoding: 'der' })
    return parts.with(at, tlv(0x30, changed, algorithm, tlv(0x03, Buffer.of(0), signature)))
  }
}
