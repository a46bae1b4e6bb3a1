import { z } from 'zod'

const unitMs = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const

const expected = 'A date (2026-12-31), a date and time (2026-12-31T18:00) or a duration (12h, 30d, 4w) is expected.'

/**
 * Until when something holds, as a person types it. A date means the end of that day and a time without a zone this machine's;
 * a duration counts from `now`.
 */
export const Expiry = (now: Date) =>
  z.string().transform((text, context): Date => {
    const [, count, unit] = /^(\d{1,5})([mhdw])$/.exec(text) ?? []
    if (count && unit) return new Date(now.getTime() + Number(count) * unitMs[unit as keyof typeof unitMs])
    const [, date, time] = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:?\d\d)?))?$/.exec(text) ?? []
    const moment = new Date(date ? `${date}T${time ?? '23:59:59.999'}` : Number.NaN)
    // A day that the month does not have would become one of the next month.
    const exists = date !== undefined && new Date(`${date}T00:00:00Z`).toJSON()?.startsWith(date)
    if (exists && !Number.isNaN(moment.getTime())) return moment
    context.issues.push({ code: 'custom', message: expected, input: text })
    return z.NEVER
  })
