import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'

test('every page, asset and answer keeps to itself, under plain `next start` too', () => {
  const program = `import config from './next.config.js'; console.log(JSON.stringify(await config.headers()))`
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { cwd: import.meta.dirname, encoding: 'utf8' })
  const rules: { source: string; headers: { key: string; value: string }[] }[] = JSON.parse(stdout)
  const under = (path: string) =>
    Object.fromEntries(rules.flatMap(({ source, headers }) => (source === path ? headers.map(({ key, value }) => [key, value]) : [])))
  expect(rules.map(({ source }) => source)).toEqual(['/:path*', '/e/:path*'])
  expect(under('/e/:path*')).toEqual({ 'Referrer-Policy': 'no-referrer' })
  expect(under('/:path*')).toEqual({
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Referrer-Policy': 'same-origin',
    'Cross-Origin-Opener-Policy': 'same-origin',
  })
})
