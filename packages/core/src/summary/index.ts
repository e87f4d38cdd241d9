export * from './ratios.ts';
export * from './record.ts';
export { EquityStatistics } from './statistics.ts';
