export { MarketExposure } from './market-exposure.ts';
export { PairedMoments } from './paired.ts';
export { PathStatistics } from './path-statistics.ts';
export * from './ratios.ts';
export * from './record.ts';
export { RunningMoments } from './running.ts';
export { EquityStatistics } from './statistics.ts';
export { normalQuantile, studentQuantile } from './student.ts';
