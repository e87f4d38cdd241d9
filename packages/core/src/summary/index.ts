export { PairedMoments } from './paired.ts';
export * from './ratios.ts';
export * from './record.ts';
export { RunningMoments } from './running.ts';
export { EquityStatistics } from './statistics.ts';
export { normalQuantile, studentQuantile } from './student.ts';
