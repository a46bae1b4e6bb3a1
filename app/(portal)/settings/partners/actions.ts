'use server'

import { z } from 'zod'
import { operatorAction } from '@/lib/action'
import { pauseCallback, removeCallback, setCallback } from '@/lib/partners/callback'
import { CallbackInput } from '@/lib/partners/callback-input'
import {
  addPartner,
  addPartnerCertificate,
  changePartner,
  PartnerEdit,
  PartnerInput,
  removePartner,
  removePartnerCertificate,
} from '@/lib/partners/partner'

const maxBytes = 100_000

/** A certificate as a person gives it: a file, or its fingerprint. */
const Given = z.union([
  z
    .object({ file: z.instanceof(Uint8Array).refine(({ length }) => length <= maxBytes, 'This file is too large for a certificate.') })
    .transform(({ file }) => ({ file: Buffer.from(file) })),
  z.object({ fingerprint: z.string().max(300) }),
])
const OfPartner = z.object({ id: z.uuid() })

export const addNewPartner = operatorAction(
  'partner:write',
  z.object({ partner: PartnerInput, certificate: Given }),
  ({ partner, certificate }, { db, actor, now, vault }) => addPartner(db, { actor, now, vault }, partner, [certificate]),
)

export const savePartner = operatorAction('partner:write', PartnerEdit, (input, { db, actor, now, vault }) =>
  changePartner(db, { actor, now, vault }, input),
)

export const endPartner = operatorAction('partner:write', OfPartner, ({ id }, { db, actor, now, vault }) =>
  removePartner(db, { actor, now, vault }, id),
)

export const addCertificate = operatorAction(
  'partner:write',
  z.object({ id: z.uuid(), certificate: Given }),
  ({ id, certificate }, { db, actor, now, vault }) => addPartnerCertificate(db, { actor, now, vault }, id, certificate),
)

export const dropCertificate = operatorAction(
  'partner:write',
  z.object({ id: z.uuid(), certificateId: z.uuid() }),
  async ({ id, certificateId }, { db, actor, now, vault }) => {
    await removePartnerCertificate(db, { actor, now, vault }, id, certificateId)
    return {}
  },
)

export const saveCallback = operatorAction(
  'partner:write',
  z.object({ id: z.uuid(), callback: CallbackInput }),
  async ({ id, callback }, { db, actor, now, vault }) => {
    await setCallback(db, { actor, now, vault }, id, callback)
    return {}
  },
)

export const dropCallback = operatorAction('partner:write', OfPartner, async ({ id }, { db, actor, now, vault }) => {
  await removeCallback(db, { actor, now, vault }, id)
  return {}
})

export const holdCallback = operatorAction(
  'partner:write',
  z.object({ id: z.uuid(), paused: z.boolean() }),
  async ({ id, paused }, { db, actor, now, vault }) => {
    await pauseCallback(db, { actor, now, vault }, id, paused)
    return { paused }
  },
)
