import { prepareServer, runBench } from './run-bench.mjs'

// `npm run bench -- --help`: brings the server up to date as `npm start` does (with --bare only what ES9+ needs), then measures it.
await runBench({
  bundles: [
    ['lib/smdp/bench/main.ts', 'dist/bench.mjs'],
    ['lib/smdp/bench/profiler.ts', 'dist/bench-profiler.mjs'],
  ],
  prepare: prepareServer,
  role: 'measure',
})
