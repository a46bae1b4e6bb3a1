import { prepareSources, runBench } from './run-bench.mjs'

// `npm run bench:support -- --help`: what the support desk asks of a million profiles and five million events.
await runBench({
  bundles: [['lib/db/portal/bench/support.ts', 'dist/bench-support.mjs']],
  prepare: prepareSources,
})
