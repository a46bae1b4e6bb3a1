import { spawn } from 'node:child_process'
import { VaultError } from './cipher'

const timeLimitMs = 30_000
const maxBytes = 65_536

/**
 * Runs a command that prints a key in the system's shell, so that pipes and quotes mean what they mean in a terminal; its text comes from whoever
 * starts the server. What it prints, on stdout or stderr, appears in no message.
 * @param name of the setting, for messages
 * @returns its stdout
 * @throws VaultError when it fails, prints too much or does not end within 30 seconds
 */
export function printedBy(
  command: string,
  { name = 'MASTER_KEY_COMMAND', limitMs = timeLimitMs }: { name?: string; limitMs?: number } = {},
): Promise<string> {
  const grouped = process.platform !== 'win32'
  return new Promise((resolve, reject) => {
    const child = spawn(command, { shell: true, stdio: ['ignore', 'pipe', 'ignore'], detached: grouped, windowsHide: true })
    const printed: Buffer[] = []
    let bytes = 0
    let problem: string | undefined
    const end = (why: string) => {
      problem ??= why
      try {
        if (grouped && child.pid) process.kill(-child.pid, 'SIGKILL')
        else child.kill('SIGKILL')
      } catch {
        // It has ended by itself.
      }
      child.stdout.destroy()
    }
    const timer = setTimeout(() => end(`does not end within ${limitMs / 1_000} seconds`), limitMs)
    child.stdout.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      printed.push(chunk)
      if (bytes > maxBytes) end('prints far more than a key')
    })
    child.on('error', () => {
      problem ??= 'cannot be run'
      done(null)
    })
    child.on('close', done)
    function done(code: number | null): void {
      clearTimeout(timer)
      const text = Buffer.concat(printed).toString('utf8')
      for (const chunk of printed) chunk.fill(0)
      const why = problem ?? (code === null ? 'was ended by a signal' : `ends with the exit code ${code}`)
      if (!problem && code === 0) resolve(text)
      else reject(new VaultError(`${name} ${why}. Run it in a terminal as the user of this server to see what it says.`))
    }
  })
}
