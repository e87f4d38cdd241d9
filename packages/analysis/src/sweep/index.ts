export type { ConfigOf, Refusals } from './candidates.ts';
export { SweepError } from './error.ts';
export { type Benchmark, isSweep, readSweep, type SweepManifest } from './manifest.ts';
export type { HistoryFindings } from './one-history.ts';
export { countOf, type Parameter, type Values } from './parameters.ts';
export { runSweep, type SweepOptions, type SweepProgress } from './run.ts';
export type { SearchName } from './search.ts';
export {
  type JudgedTrial,
  type Selection,
  type SelectionOptions,
  selectTrials,
  type TrialSample,
} from './selection.ts';
export type { FreshPaths, PlainEstimate, SweepSummary, TrialResult } from './summary.ts';
export { createSweep, type OpenSweep, openSweep, type SweepPlan } from './sweep.ts';
