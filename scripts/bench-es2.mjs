import { prepareServer, runBench } from './run-bench.mjs'

// `npm run bench:es2 -- --help`: brings the server up to date as `npm start` does, then has a partner order by ES2+, and bare SQL make the same changes.
await runBench({
  bundles: [
    ['lib/smdp/es2/bench/main.ts', 'dist/bench-es2.mjs'],
    ['lib/smdp/bench/profiler.ts', 'dist/bench-profiler.mjs'],
  ],
  prepare: prepareServer,
  role: 'measure',
})
