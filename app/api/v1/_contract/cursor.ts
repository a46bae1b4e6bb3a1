import { z } from 'zod'
import type { Key } from '@/lib/db/portal/profile-list-walk'

const Place = z.tuple([z.number(), z.string().regex(/^[0-9]{1,20}$/)])

/** Where a page of profiles ended, as callers carry it about. */
export const cursorOf = ({ at, iccid }: Key): string => Buffer.from(JSON.stringify([at, iccid])).toString('base64url')

function placeOf(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
  } catch {
    return undefined
  }
}

export const Cursor = z
  .string()
  .max(200)
  .transform((text, context): Key => {
    const place = Place.safeParse(placeOf(text))
    if (place.success) return { at: place.data[0], iccid: place.data[1] }
    context.addIssue({ code: 'custom', message: 'It is the `next` of the page before, unchanged.' })
    return z.NEVER
  })
  .describe('The `next` of the page before')
