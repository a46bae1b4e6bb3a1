import { Device, verdictOf } from '../testing/device'
import { forgedCard } from '../testing/forged-card'
import { Laboratory } from '../testing/laboratory'
import { rowVersions } from './mutation/row-versions'
import { type Report, sound } from './report'

/** Strangers who begin sessions and forge answers; the database gets nothing, and a real phone gets through. */
export async function floodCases(report: Report, { short }: { short: boolean }): Promise<void> {
  const lab = await Laboratory.open()
  try {
    const many = short ? 200 : 2_000
    await report.case(`${many} × initiateAuthentication by strangers`, () => unwritten(lab, () => begin(lab, many)))
    await report.case(`${many} forged authenticateClient`, () => unwritten(lab, matchingId => forge(lab, many, matchingId)))
  } finally {
    await lab.close()
  }
}

async function unwritten(lab: Laboratory, work: (matchingId: string) => Promise<string>): Promise<string> {
  const { activationCode, matchingId } = await lab.issued()
  const before = await rowVersions(lab.db)
  const done = await work(matchingId)
  const after = await rowVersions(lab.db)
  sound(...Object.keys(after).map(table => before[table] !== after[table] && `table ${table} has changed`))
  const { outcome } = await lab.phone().download({ activationCode })
  sound(outcome !== 'installed' && 'a real phone did not get through')
  return `${done}; no row was written, and a real phone got through`
}

async function begin(lab: Laboratory, many: number): Promise<string> {
  const device = new Device(lab)
  for (let i = 0; i < many; i++) {
    const verdict = verdictOf(await device.initiate())
    sound(verdict !== 'Executed-Success' && `a stranger was answered ${verdict}`)
  }
  return `${many} sessions were begun`
}

/** Under a foreign CI, under the right CI by somebody who is no manufacturer, and with a signature of another's. */
async function forge(lab: Laboratory, many: number, matchingId: string): Promise<string> {
  const other = await Laboratory.open()
  const verdicts = new Map<string, number>()
  try {
    const [known] = lab.card().credentials
    const foreign = other.card()
    const cards = [
      { ...foreign, credentials: foreign.credentials.map(each => ({ ...each, ciKeyId: known?.ciKeyId ?? '' })) },
      forgedCard(lab, { eid: `89000000${'0'.repeat(24)}` }),
      forgedCard(lab, { euicc: { issuerKey: keyOfNobody(other) } }),
      forgedCard(lab, { eum: { issuerKey: keyOfNobody(other) } }),
      forgedCard(lab, { eum: { role: 'EUICC' } }),
    ]
    const honest = await new Device(lab).proof(matchingId)
    for (let i = 0; i < many; i++) {
      const device = new Device(lab, { ...(cards[i % cards.length] ?? lab.card()), ciCertificates: lab.card().ciCertificates })
      // What another eUICC has signed in another session.
      const proof = i % 6 === 5 ? honest : await device.proof(matchingId).catch(() => honest)
      const verdict = verdictOf(await device.sendProof(proof, device.transactionId || '00'.repeat(16)))
      verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1)
      sound(verdict === 'Executed-Success' && 'a forgery was accepted')
    }
  } finally {
    await other.close()
  }
  return [...verdicts].map(([verdict, count]) => `${count} × ${verdict}`).join(', ')
}

function keyOfNobody(lab: Laboratory) {
  const key = lab.pki.get('P-256')?.eum.privateKey
  if (!key) throw new Error('There is no PKI.')
  return key
}
