import { Session } from 'node:inspector/promises'

// Imported into the server before everything else when a profile is wanted: the bench says when it begins and ends.
const session = new Session()
const samplingMicroseconds = 500

async function obey(kind: string): Promise<unknown> {
  if (kind === 'stop') return (await session.post('Profiler.stop')).profile
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.setSamplingInterval', { interval: samplingMicroseconds })
  await session.post('Profiler.start')
  return { started: true }
}

process.on('message', (message: { profiler?: string }) => {
  if (message.profiler) obey(message.profiler).then(answer => process.send?.(answer))
})
process.channel?.unref()
