import type { z } from 'zod'

/** About this run of a job. */
export interface JobRun {
  /** The first is 1. */
  attempt: number
  /** It fails for good if this run fails. */
  isLast: boolean
  /** Set off when the server stops: what waits should give up with an error, the job is then tried again. */
  signal: AbortSignal
}

interface Definition<Payload, Context> {
  name: string
  schema: z.ZodType<Payload>
  /** Runs by itself this often, on one server of all, with `{}` as payload. */
  everyMs?: number
  run(context: Context, payload: Payload, run: JobRun): Promise<void>
}

/** A kind of work in the background that no person follows. */
export interface Job<Context> {
  name: string
  everyMs: number | undefined
  perform(context: Context, payload: unknown, run: JobRun): Promise<void>
}

/**
 * Describes jobs, which `addJob` of lib/db/jobs adds in the transaction that they belong to. They run at least once: a process may end
 * after the work and before its job is done with, so a handler must stand being run again. One that throws is tried again with growing
 * waits (about e^attempt seconds, at most six hours), and once its attempts are used up it is a dead letter; throw `TryAgain` with a
 * sentence where it is foreseen, anything else is logged as an incident.
 */
export const defineJob = <Payload, Context>(definition: Definition<Payload, Context>): Job<Context> => ({
  name: definition.name,
  everyMs: definition.everyMs,
  perform: async (context, payload, run) => definition.run(context, definition.schema.parse(payload), run),
})
