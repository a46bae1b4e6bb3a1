import { createHash } from 'node:crypto'
import type { DownloadOrder } from '@/lib/db/es9-rows'
import { type Card, type CardSettings, createCard, defaultSettings } from '@/lib/phone/card'
import { parseCertificate } from '@/lib/rsp/pki/certificate'
import { checkEum, readEumCertificate } from '@/lib/rsp/pki/euicc-chain'
import { type IssuedCredential, makeTestPki } from '@/lib/rsp/pki/test-pki'
import { createVault } from '@/lib/vault/vault'
import type { Credential, CredentialSnapshot } from '../credentials'
import { smdpAddresses } from '../es9/addresses'
import type { Es9Context } from '../es9/context'
import { noSessionMemory } from '../es9/session-memory'
import { boundedStrangers } from '../es9/strangers'
import { issuing, testSmdpOid } from '../pki/test-pki-files'
import { TrialStore } from './trial-store'

/** No such host: nothing is ever sent there. */
export const trialAddress = 'preflight.invalid'

export interface Trial {
  ctx: Es9Context
  store: TrialStore
  card: Card
}

/**
 * An SM-DP+ for one download and a card for one profile, both under a CI that nobody else knows. Everything is in memory and forgotten
 * with the trial: no key of the deployment has a part in it.
 */
export function trialSite(request: {
  order: DownloadOrder
  profilePackage: Buffer
  now: Date
  random: (bytes: number) => Buffer
  euicc: Partial<CardSettings>
}): Trial {
  const { order, now, random } = request
  const pki = makeTestPki({ curve: 'P-256', dnsNames: [trialAddress], oid: testSmdpOid }, { ...issuing(now), random })
  const vault = createVault(new Map([[1, random(32)]]))
  const store = new TrialStore(order, vault.seal(request.profilePackage, `profile_package:${order.iccid}`))
  const certificate = parseCertificate(pki.ci.certificate)
  const ci = { number: 1, live: false, keyId: certificate.subjectKeyId ?? '', certificate }
  const auth = credentialOf(1, ci.keyId, pki.dpAuth)
  const pb = credentialOf(2, ci.keyId, pki.dpPb)
  const credentials: CredentialSnapshot = {
    cis: [ci],
    ciByNumber: new Map([[ci.number, ci]]),
    sets: [{ ciKeyId: ci.keyId, auth, pb }],
    byNumber: new Map([auth, pb].map(credential => [credential.number, credential])),
    tls: [],
    readEum: readEumCertificate,
    checkEum,
  }
  const card = createCard({
    ciCertificates: [pki.ci.certificate],
    eumCertificate: pki.eum.certificate,
    eumPrivateKey: pki.eum.privateKey.export({ format: 'der', type: 'pkcs8' }),
    settings: request.euicc,
    random,
    now,
  })
  return {
    store,
    card,
    ctx: {
      store,
      sessions: noSessionMemory,
      vault,
      templateOf: () => Promise.reject(new Error('A trial has its package whole.')),
      credentials,
      clock: () => now,
      random,
      challengeKey: random(32),
      addresses: smdpAddresses(trialAddress),
      strangers: boundedStrangers(),
    },
  }
}

/** A device of today that has all that a package may demand: what is tried is the package, not the device. */
export function capableEuicc(saipVersion: string): Partial<CardSettings> {
  return {
    profileVersion: Number.parseInt(saipVersion, 10) > 2 ? '3.3.1' : defaultSettings.profileVersion,
    uiccCapability: Array.from({ length: 32 }, (_, bit) => bit),
  }
}

function credentialOf(number: number, ciKeyId: string, { certificate, privateKey }: IssuedCredential): Credential {
  const { publicKey, notBefore, notAfter } = parseCertificate(certificate)
  return {
    number,
    ciKeyId,
    certificate,
    privateKey,
    fingerprint: createHash('sha256').update(certificate).digest('hex'),
    oid: testSmdpOid,
    dnsNames: [],
    curve: publicKey.curve,
    notBefore,
    notAfter,
  }
}
