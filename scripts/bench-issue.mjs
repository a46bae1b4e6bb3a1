import { prepareSources, runBench } from './run-bench.mjs'

// `npm run bench:issue -- --help`: issues codes and makes their files, and beside it does the same changes in bare SQL and draws bare QR codes.
await runBench({
  bundles: [['lib/orders/bench/main.ts', 'dist/bench-issue.mjs']],
  prepare: prepareSources,
  role: 'measure',
})
