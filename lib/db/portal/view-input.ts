import { z } from 'zod'
import { PROFILE_STATES, RUNTIME_STATES } from '@/lib/rsp/lifecycle'

/** A view of the stock, as it is handed to a task; `ProfileFilters` once it is parsed. */
export const ViewInput = z.object({
  search: z.string().max(200).default(''),
  states: z.array(z.enum(PROFILE_STATES)).default([]),
  type: z.string().optional(),
  batch: z
    .string()
    .regex(/^[0-9]{1,18}$/)
    .optional(),
  addedFrom: z.coerce.date().optional(),
  addedBefore: z.coerce.date().optional(),
  runtimeStates: z.array(z.enum(RUNTIME_STATES)).default([]),
})
export type ViewInput = z.infer<typeof ViewInput>
