import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'

const program = `
  import { watchForIncidents } from '@/lib/incident'
  let incidents = 0
  process.on('uncaughtExceptionMonitor', () => incidents++)
  watchForIncidents()
  process.on('message', message => {
    if (message === 'fail') setImmediate(() => { throw new Error('of the test') })
    else process.send(incidents)
  })
  process.send('ready')`

async function incidentsOf(child: ChildProcess): Promise<number> {
  const answer = once(child, 'message')
  child.send('count')
  return (await answer)[0] as number
}

test('what nothing has caught is reported, and a log that has ended is no reason to stop or to turn in a circle', async () => {
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  try {
    await once(child, 'message')
    let said = ''
    child.stderr?.setEncoding('utf8').on('data', text => {
      said += text
    })
    child.send('fail')
    await expect.poll(() => said).toMatch(/incident [0-9a-f]{8} \(uncaught exception\): Error: of the test/)

    child.stdout?.destroy()
    child.stderr?.destroy()
    child.send('fail')
    await expect.poll(() => incidentsOf(child)).toBe(2)
    // A report that fails would be the next incident, one at each turn.
    for (let turn = 0; turn < 50; turn++) expect(await incidentsOf(child)).toBe(2)
  } finally {
    child.kill()
  }
})
