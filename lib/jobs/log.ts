import { Logger } from 'graphile-worker'

/**
 * The queue's own complaints in our log, one line each, without what it would add: jobs and their payloads. What goes wrong inside a
 * job is logged by whoever runs it.
 */
export const queueLogger = (): Logger =>
  new Logger(() => (level, message, meta) => {
    if ((level as string) !== 'error' || meta?.failure) return
    console.error(`${new Date().toISOString()} job queue: ${message.split('\n', 1)[0]}`)
  })
