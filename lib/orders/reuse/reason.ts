import { z } from 'zod'

/** Why something is done that a rule speaks against, or that takes a profile away. */
export const Reason = z
  .string()
  .trim()
  .min(3, 'Say why, in a few words.')
  .max(500, 'A reason has at most 500 characters.')
  .regex(/^\P{Cc}*$/u, 'A reason is one line.')
