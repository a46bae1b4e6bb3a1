import { prepareSources, runBench } from './run-bench.mjs'

// `npm run bench:import -- --help`: imports a made-up file of subscribers, and beside it lets PostgreSQL copy the same rows.
await runBench({
  bundles: [['lib/inventory/bench/main.ts', 'dist/bench-import.mjs']],
  prepare: prepareSources,
  role: 'measure',
})
