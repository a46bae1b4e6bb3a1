import { z } from 'zod'
import { requireMay } from '@/lib/accounts/actor'
import { audit } from '@/lib/accounts/audit'
import {
  deletePartnerCertificate,
  insertPartnerCertificate,
  type NewPartnerCertificate,
  ownerOfCertificate,
} from '@/lib/db/partners/partner-certificate-rows'
import { type Database, type Transaction, transaction } from '@/lib/db/pool'
import { FormError } from '@/lib/form-error'
import { readFingerprint, readPartnerCertificate } from './certificate'
import type { PartnerContext } from './context'
import { heldPartner } from './held-partner'
import { forgetCallers } from './partner-of-certificate'

/** By which a partner is to be known: a file (PEM or DER), or the SHA-256 fingerprint of its client certificate. */
export type CertificateGiven = { file: Buffer } | { fingerprint: string }

export interface AddedCertificate extends Pick<NewPartnerCertificate, 'kind' | 'fingerprint' | 'subject'> {
  notAfter: Date | null
}

/** Keeps a certificate of a partner in the transaction. @throws FormError */
export async function writeCertificate(
  tx: Transaction,
  { actor, now }: PartnerContext,
  partnerId: string,
  given: CertificateGiven,
): Promise<AddedCertificate> {
  const read = 'file' in given ? readPartnerCertificate(given.file, now) : readFingerprint(given.fingerprint)
  const { kind, fingerprint, subject, notAfter } = read
  if (await insertPartnerCertificate(tx, partnerId, read, { at: now, by: actor.name })) return { kind, fingerprint, subject, notAfter }
  const owner = await ownerOfCertificate(tx, fingerprint)
  const sentence =
    owner?.partnerId === partnerId
      ? 'This partner is known by this certificate already.'
      : `The partner ${owner?.name ?? ''} is known by this certificate already. A certificate belongs to one partner.`
  throw new FormError(sentence, { ['file' in given ? 'certificate' : 'fingerprint']: sentence })
}

/**
 * Makes a partner known by one more certificate: a client's, or a CA (CA:TRUE) for all client certificates that it issues.
 * @throws NotAllowed, FormError when it cannot be read, has expired, or some partner has it already
 */
export async function addPartnerCertificate(
  db: Database,
  ctx: PartnerContext,
  partnerId: string,
  given: CertificateGiven,
): Promise<AddedCertificate> {
  requireMay(ctx.actor, 'partner:write')
  const added = await transaction(db, async tx => {
    const partner = await heldPartner(tx, z.uuid().parse(partnerId))
    const certificate = await writeCertificate(tx, ctx, partnerId, given)
    await audit(tx, ctx.actor, 'partner:write', { target: partner.name, detail: { id: partnerId, certificateAdded: certificate } })
    return certificate
  })
  forgetCallers(db)
  return added
}

/** From then on whoever shows it is refused. @throws NotAllowed, FormError when it is gone already */
export async function removePartnerCertificate(db: Database, ctx: PartnerContext, partnerId: string, id: string): Promise<void> {
  requireMay(ctx.actor, 'partner:write')
  await transaction(db, async tx => {
    const partner = await heldPartner(tx, z.uuid().parse(partnerId))
    const gone = await deletePartnerCertificate(tx, partnerId, z.uuid().parse(id))
    if (!gone) throw new FormError('This certificate is not there any more.')
    const { kind, fingerprint, subject } = gone
    await audit(tx, ctx.actor, 'partner:write', {
      target: partner.name,
      detail: { id: partnerId, certificateRemoved: { kind, fingerprint, subject } },
    })
  })
  forgetCallers(db)
}
