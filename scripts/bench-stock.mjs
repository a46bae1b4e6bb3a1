import { prepareServer, runBench } from './run-bench.mjs'

// `npm run bench:stock -- --help`: fills a stock of a million and asks for its table by each filter, sort and search.
await runBench({
  bundles: [['lib/inventory/bench-stock/main.ts', 'dist/bench-stock.mjs']],
  prepare: prepareServer,
})
