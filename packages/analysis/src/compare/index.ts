export { PARTS, type Part } from './attribution.ts';
export { changesOf } from './changes.ts';
export { type CompareOptions, compareRuns } from './compare.ts';
export type { ConfigDifference } from './differences.ts';
export { marketDifferences } from './market-differences.ts';
export type { Better } from './orientation.ts';
export { MarketsDifferError } from './same-paths.ts';
export type {
  CandidateComparison,
  ComparedRun,
  Difference,
  MetricComparison,
  PairCounts,
  PartDifference,
  RunComparison,
  Verdict as ComparisonVerdict,
} from './types.ts';
