import { z } from 'zod'

/** When the server dies, as seen from one statement or one answer. */
export const MOMENTS = ['before', 'sent', 'after', 'firstOctets', 'halfAnswer', 'answered'] as const
/**
 * `before`: a statement is about to be sent; `sent`: it is with the database, whose reply nobody reads; `after`: its reply has come;
 * `firstOctets`: some octets of the status line are out; `halfAnswer`: half of the body is; `answered`: the whole answer is.
 */
export type Moment = (typeof MOMENTS)[number]

/** What is under way when the server dies: a function of ES9+, or a verb of the operator's. */
export const VICTIMS = [
  'initiateAuthentication',
  'authenticateClient',
  'getBoundProfilePackage',
  'handleNotification',
  'cancelSession',
  'import',
  'issue',
  'cancel',
] as const
export type Victim = (typeof VICTIMS)[number]

export const Order = z.discriminatedUnion('do', [
  /** Dies at the `nth` statement (from 1), or at the answer, of the victim's next call. */
  z.object({ do: z.literal('arm'), victim: z.enum(VICTIMS), moment: z.enum(MOMENTS), nth: z.int().min(1) }),
  /** Counts the statements of the victim's calls from now on; answers how many one had at most since the last `count`. */
  z.object({ do: z.literal('count'), victim: z.enum(VICTIMS) }),
  /** Turns the clock of ES9+ away from the machine's. */
  z.object({ do: z.literal('clock'), offsetMs: z.number() }),
  z.object({ do: z.literal('stats') }),
  z.object({ do: z.literal('sweep') }),
  z.object({ do: z.literal('import'), packages: z.array(z.string()), type: z.string() }),
  z.object({ do: z.literal('issue'), type: z.string().optional(), count: z.int().optional(), iccids: z.array(z.string()).optional() }),
  z.object({ do: z.literal('cancel'), iccid: z.string(), to: z.enum(['Available', 'Unavailable']) }),
])
export type Order = z.infer<typeof Order>

export const Message = z.object({ id: z.int(), order: Order })

/** What the process has open and holds. */
export const Stats = z.object({
  rssBytes: z.number(),
  heapBytes: z.number(),
  handles: z.number(),
  connections: z.number(),
  waiting: z.number(),
})
export type Stats = z.infer<typeof Stats>

export const Reply = z.union([z.object({ id: z.int(), result: z.unknown() }), z.object({ id: z.int(), problem: z.string() })])
