import { openUpload } from '../open-upload'

/** Run as a process of its own: reads the file that the first argument names and prints what it took. */
const [path = '', pgpPrivateKey] = process.argv.slice(2)
const upload = await openUpload(path, pgpPrivateKey ? { pgpPrivateKey } : {})
const started = performance.now()
const cpu = process.cpuUsage()
let rows = 0
let problems = 0
for await (const batch of upload.batches()) {
  rows += batch.length
  for (const row of batch) if (row.problems) problems++
}
const { user, system } = process.cpuUsage(cpu)
await upload.close()
process.stdout.write(
  JSON.stringify({
    rows,
    problems,
    seconds: (performance.now() - started) / 1000,
    cpuSeconds: (user + system) / 1e6,
    peakRssBytes: process.resourceUsage().maxRSS * 1024,
  }),
)
