import { existsSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { addCredential, type Card, type CardIssuer, createCard, readCard, writeCard } from '@/lib/phone/card'
import { parseCertificate } from '@/lib/rsp/pki/certificate'
import { readTestCredential } from '@/lib/smdp/pki/test-pki-files'
import { program } from './usage'

export const defaultCardPath = (dataDir: string): string => join(dataDir, 'phone', 'card.json')

interface TestIssuer extends CardIssuer {
  ciKeyId: string
}

/** The manufacturers of the test PKIs in the data folder, one for each curve. */
async function testIssuers(dataDir: string): Promise<TestIssuer[]> {
  const issuers: TestIssuer[] = []
  for (const curve of ['P-256', 'brainpoolP256r1'] as const) {
    const [ci, eum] = await Promise.all([readTestCredential(dataDir, curve, 'CI'), readTestCredential(dataDir, curve, 'EUM')])
    if (!ci || !eum) continue
    issuers.push({
      ciKeyId: parseCertificate(ci.certificate).subjectKeyId ?? '',
      ciCertificates: [ci.certificate],
      eumCertificate: eum.certificate,
      eumPrivateKey: eum.privateKey.export({ format: 'der', type: 'pkcs8' }),
    })
  }
  return issuers
}

/** A card that trusts all test CIs of the data folder and has a certificate under each. @throws a sentence when there is none */
export async function newCard(dataDir: string, eid?: string): Promise<Card> {
  const [first, ...others] = await testIssuers(dataDir)
  if (!first) throw new Error(`There is no test PKI in ${dataDir}. Start the server once (npm start), or run: ${program} pki init`)
  const card = createCard({ ...first, ...(eid === undefined ? {} : { eid }) })
  return others.reduce((made, issuer) => addCredential(made, issuer), card)
}

function knownCard(path: string): Card {
  try {
    return readCard(path)
  } catch (error) {
    if (error instanceof SyntaxError) throw new Error(`${path} is not the card of a virtual phone.`)
    throw error
  }
}

/**
 * Sees to it that the card is there: made on its first use, and given a certificate under a test CI that was made since.
 * @throws a sentence when the file is no card, is another eUICC's, or there is no test PKI to make one from
 */
export async function ensureCard(path: string, { dataDir, eid }: { dataDir: string; eid?: string | undefined }): Promise<void> {
  if (!existsSync(path)) {
    const card = await newCard(dataDir, eid)
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    writeCard(path, card)
    return
  }
  const card = knownCard(path)
  if (eid !== undefined && eid !== card.eid) throw new Error(`${path} is the card of the eUICC ${card.eid}. Name another file with --card.`)
  const known = new Set(card.credentials.map(({ ciKeyId }) => ciKeyId.toUpperCase()))
  const missing = (await testIssuers(dataDir)).filter(({ ciKeyId }) => !known.has(ciKeyId))
  if (missing.length > 0)
    writeCard(
      path,
      missing.reduce((made, issuer) => addCredential(made, issuer), card),
    )
}
