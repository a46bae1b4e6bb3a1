import { spawn } from 'node:child_process'

/** A step that could not be done: `output` is the end of what its tool said, `advice` what the reader can do. */
export class StepFailed extends Error {
  constructor(message, { output = '', advice = '' } = {}) {
    super(message)
    this.output = output
    this.advice = advice
  }
}

/**
 * Runs one step and shows it as one line: what it does while it lasts, what it did and how long it took at its end.
 * @param {{ doing: string, done: string }} words
 */
export async function step({ doing, done }, work, screen = process.stdout) {
  const startedAt = performance.now()
  const seconds = () => ((performance.now() - startedAt) / 1000).toFixed(1)
  const show = () => screen.write(`\r… ${doing} ${Math.floor(Number(seconds()))} s `)
  if (screen.isTTY) show()
  else screen.write(`… ${doing}\n`)
  const ticking = screen.isTTY ? setInterval(show, 1000) : undefined
  const finish = line => screen.write(screen.isTTY ? `\r\x1b[K${line}\n` : `${line}\n`)
  try {
    const result = await work()
    finish(`✓ ${done} ${seconds()} s`)
    return result
  } catch (error) {
    finish(`✗ ${doing}: failed after ${seconds()} s`)
    throw error
  } finally {
    clearInterval(ticking)
  }
}

/** Who reads what is said here may have seen enough (`| head`): the rest is lost, and the work goes on. */
export function outliveReaders() {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
}

const running = new Set()
const endings = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 }

/** Whoever ends us ends what runs for us, with all that it has started. */
function endAll(signal) {
  for (const child of running) {
    try {
      if (process.platform === 'win32') child.kill()
      else process.kill(-child.pid, 'SIGTERM')
    } catch {
      // It has ended already.
    }
  }
  process.exit(128 + endings[signal])
}

function keepRunning(child) {
  if (child.pid === undefined) return
  if (running.size === 0) for (const signal of Object.keys(endings)) process.on(signal, endAll)
  running.add(child)
  child.once('close', () => {
    running.delete(child)
    if (running.size === 0) for (const signal of Object.keys(endings)) process.off(signal, endAll)
  })
}

/**
 * Runs a command quietly and keeps what it says.
 * @param {{ env?: object, stallMs?: number, advice?: string }} options `stallMs`: ended when it says nothing for so long
 */
export function quietly(command, args, { env = {}, stallMs, advice } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
    })
    keepRunning(child)
    let output = ''
    let stalled
    const heard = () => {
      clearTimeout(stalled)
      if (stallMs) stalled = setTimeout(() => child.kill('SIGKILL'), stallMs)
    }
    heard()
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', text => {
        output = (output + text).slice(-20_000)
        heard()
      })
    }
    const name = [command, ...args].map(part => part.split('/').at(-1)).join(' ')
    const failed = how => reject(new StepFailed(`${name} ${how}`, { output, advice }))
    child.once('error', error => failed(`could not be run (${error.message})`))
    child.once('close', (code, signal) => {
      clearTimeout(stalled)
      if (code === 0) resolve(output)
      else failed(`ended with ${signal ?? code}`)
    })
  })
}

/** Tells what failed, the last lines of what its tool said, and what to do. */
export function explain(error, screen = process.stderr) {
  if (!(error instanceof StepFailed)) {
    screen.write(`${error instanceof Error ? (error.stack ?? error.message) : error}\n`)
    return
  }
  const tail = error.output.trimEnd().split('\n').slice(-25)
  if (tail.some(Boolean)) screen.write(`${tail.map(line => `  ${line}`).join('\n')}\n`)
  screen.write(`${[error.message, error.advice].filter(Boolean).join('. ')}\n`)
}
