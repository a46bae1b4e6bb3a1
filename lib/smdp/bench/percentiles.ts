export interface Percentiles {
  p50: number
  p95: number
  p99: number
}

export function percentilesOf(sorted: Float64Array): Percentiles {
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) }
}
