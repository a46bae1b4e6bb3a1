import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'

test('every page, asset and answer keeps to itself, under plain `next start` too', () => {
  const program = `import config from './next.config.js'; console.log(JSON.stringify(await config.headers()))`
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { cwd: import.meta.dirname, encoding: 'utf8' })
  const rules: { source: string; headers: { key: string; value: string }[] }[] = JSON.parse(stdout)
  expect(rules.map(({ source }) => source)).toEqual(['/:path*'])
  expect(Object.fromEntries(rules.flatMap(({ headers }) => headers.map(({ key, value }) => [key, value])))).toEqual({
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Referrer-Policy': 'same-origin',
    'Cross-Origin-Opener-Policy': 'same-origin',
  })
})
