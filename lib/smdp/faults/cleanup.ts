type Cleanup = () => unknown

const pending = new Set<Cleanup>()

/** Remembers what must be undone, also when the harness is told to stop. @returns undoes it now, once */
export function undoLater(cleanup: Cleanup): () => Promise<void> {
  pending.add(cleanup)
  return async () => {
    if (pending.delete(cleanup)) await cleanup()
  }
}

/** On Ctrl-C and SIGTERM everything that was begun is undone, the latest first, and the process ends. */
export function undoOnSignals(): void {
  const stop = async () => {
    for (const cleanup of [...pending].reverse()) await Promise.resolve(cleanup()).catch(error => console.error(error))
    process.exit(130)
  }
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
}
