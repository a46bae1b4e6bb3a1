'use server'

import { z } from 'zod'
import { operatorAction } from '@/lib/action'
import { subscriberCodes } from '@/lib/inventory/subscriber-codes'
import { Iccid } from '@/lib/rsp/identifiers'

/** PINs and PUKs of one subscriber; each call stands in the audit. */
export const showCodes = operatorAction('profile:codes', z.object({ iccid: Iccid }), ({ iccid }, { db, actor, vault }) =>
  subscriberCodes(db, { actor, vault }, iccid),
)
