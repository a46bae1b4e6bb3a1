import { z } from 'zod'
import { isLoopback } from '@/lib/env-fields'
import { defaultPoints, POINT_NAMES } from './notification-points'

/** Where operators take in ES2+.HandleDownloadProgressInfo, SGP.22 §6.5.2. */
export const progressPath = '/gsma/rsp2/es2plus/handleDownloadProgressInfo'

const Pem = z.string().trim().max(100_000, 'This file is too large for certificates.')

const expected = 'An address such as https://bss.example.com is expected.'

/** Absolute; without a path of its own it gets the one of the specification. */
export const CallbackUrl = z
  .string({ error: expected })
  .trim()
  .max(1_000, 'An address has at most 1000 characters.')
  .transform((text, context) => {
    const no = (message: string) => {
      context.addIssue({ code: 'custom', message })
      return z.NEVER
    }
    const url = URL.canParse(text) ? new URL(text) : undefined
    if (!url || !/^https?:$/.test(url.protocol)) return no(expected)
    if (url.username || url.password) return no('An address has no user name or password: a partner knows this server by its certificate.')
    if (url.search || url.hash) return no('An address ends before a question mark or #.')
    return url.pathname === '/' ? `${url.origin}${progressPath}` : url.href
  })

/** http:// beyond this very machine: everybody on the way reads and changes what is told. */
export const isInTheClear = (url: string): boolean => {
  const { protocol, hostname } = new URL(url)
  return protocol === 'http:' && !isLoopback(hostname)
}

const pointSentence = 'A point has a whole number from 0 to 9999.'

/** The number of each point that is wanted; those left out are not told. */
const PointNumbers = z.partialRecord(z.enum(POINT_NAMES), z.int({ error: pointSentence }).min(0, pointSentence).max(9_999, pointSentence))

/** How a partner is told of its downloads. */
export const CallbackInput = z
  .object({
    url: CallbackUrl,
    /** Somebody has said that an address without TLS is meant */
    inTheClear: z.boolean().default(false),
    points: PointNumbers.default(defaultPoints),
    /** PEM of the CAs that its server's certificate comes from; undefined: the system's */
    trustedCa: Pem.optional(),
    /** What this server shows: its own TLS certificate, one made for this partner, or what it has shown so far */
    client: z
      .discriminatedUnion('shows', [
        z.object({ shows: z.literal('ours') }),
        z.object({ shows: z.literal('own'), certificate: Pem, key: Pem }),
        z.object({ shows: z.literal('kept') }),
      ])
      .default({ shows: 'ours' }),
  })
  .refine(({ url, inTheClear }) => inTheClear || !isInTheClear(url), {
    path: ['url'],
    message: 'Without TLS everybody on the way can read and change what is told. Give an https:// address, or say that this is meant.',
  })
export type CallbackInput = z.infer<typeof CallbackInput>
